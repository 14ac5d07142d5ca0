"""`gristmill crawl`: the pages of a stated list of sites as web archives, politely."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gristmill.cli import terminal
from gristmill.cli.figures import count, several, size
from gristmill.errors import MissingExtra

if TYPE_CHECKING:
    from gristmill.crawl.run import Progress


@click.command()
@click.argument("sites", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--out", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write."
)
@click.option(
    "--former",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of an earlier crawl: only what changed since is fetched. May come again.",
)
def crawl(sites: Path, out: Path, former: tuple[Path, ...]) -> None:
    """Visit the SITES of a YAML file and write what they answer as web archives.

    \b
    contact: https://example.org/bot      # or mailto:..., sent with each request
    sites:
      - start: [https://docs.example.org/]

    It heeds robots.txt (where that cannot be had, nothing is fetched), asks each host for one thing at a time and
    waits between two requests. OUT gets pages-*.warc.gz, policies-*.warc.gz (robots.txt, ai.txt, tdmrep.json,
    sitemaps), log.jsonl with what was left out, and crawl.json. A crawl that was stopped goes on with the same command.
    """
    try:
        from gristmill.crawl import run
        from gristmill.crawl.sites import load_sites
    except ImportError as error:
        raise MissingExtra("gristmill crawl", error.name or "scrapy", "crawl") from error
    for name in ("scrapy", "twisted", "asyncio"):
        logging.getLogger(name).addHandler(logging.NullHandler())  # or Python prints what they warn of
    listed = load_sites(sites)
    watched = sys.stderr.isatty()
    try:
        done = run.crawl(listed, out, former, _Telling() if watched else None)
    finally:
        click.echo(err=True) if watched else None
    progress = done.progress
    fetched = f"fetched {several(progress.pages, 'page')} ({size(progress.bytes)})"
    terminal.say(f"{fetched}, {count(progress.unchanged)} of them unchanged" if former else fetched)
    for why, times in sorted(done.counts.items(), key=lambda one: (-one[1], one[0]))[:20]:
        terminal.say(f"  {count(times)} {why}")
    if not done.finished:
        terminal.say(
            f"the time is over; the same command goes on ({several(progress.waiting, 'url')} known and not fetched)"
        )
    terminal.say(f"wrote {out}; log.jsonl says what was left out")
    if progress.pages:
        terminal.say(f"next: gristmill policies '{out}/policies-*.warc.gz' --to sites.policies")


class _Telling:
    """How far it is, on one line of the terminal that is written over."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        line = f"{several(progress.pages, 'page')}, {size(progress.bytes)}; {count(progress.waiting)} urls wait"
        self._width = max(self._width, len(line))
        click.echo(f"\r{line:<{self._width}}", err=True, nl=False)
