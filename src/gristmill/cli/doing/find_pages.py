"""`gristmill find-pages`: what an index of web archives has, and indexes of archives that have none."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click
import orjson

from gristmill.build.store import write_whole
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import count, several, size
from gristmill.collect._cdx import Entry
from gristmill.collect._cdx_making import entries
from gristmill.collect._cdx_query import Query
from gristmill.collect._files import is_local, members
from gristmill.collect.cdx import Cdx
from gristmill.collect.common_crawl import CommonCrawl
from gristmill.collect.warc import Warc
from gristmill.errors import InputError, OutputError
from gristmill.recipe.entries import Faults, settings
from gristmill.recipe.tree import parse

Q = TypeVar("Q", bound=Query)

_SHOWN = 20


def find_pages(
    sources: tuple[str, ...],
    crawl: tuple[str, ...],
    host: tuple[str, ...],
    url: tuple[str, ...],
    mime: tuple[str, ...],
    status: tuple[int, ...],
    language: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    service: str | None,
    to: Path | None,
    most: int,
    force: bool,
) -> None:
    """Show how many pages SOURCES have of what is asked for, and how much they weigh, before anything is fetched."""
    if not sources and not crawl:
        raise click.UsageError("name sources, or a crawl with --crawl")
    if to is not None and to.exists() and not force:
        raise OutputError(f"{to} is there already: name another with --to, or write over it with --force")
    given: dict[str, object] = {
        "hosts": list(host),
        "urls": list(url),
        "mime": list(mime),
        "status": list(status),
        "languages": list(language),
        "since": since and since.date().isoformat(),
        "until": until and until.date().isoformat(),
    }
    asked = {name: value for name, value in given.items() if value}
    found: list[Entry] = []
    pages: Counter[str] = Counter()
    weights: Counter[str] = Counter()
    broken = 0
    with heard():
        for entry in _entries(sources, crawl, asked, service):
            if entry is None:
                broken += 1
                continue
            key = entry.urlkey.partition(")")[0]
            pages[key] += 1
            weights[key] += entry.length
            if to is not None:
                found.append(entry)
            if pages.total() > most:
                raise InputError(
                    ", ".join((*sources, *crawl)), f"more than {count(most)} pages are asked for; see --most"
                )
    _show(pages, weights)
    if broken:
        terminal.warn(f"{several(broken, 'line')} of the index cannot be read")
    if to is not None:
        archives = (service or CommonCrawl.model_fields["service"].default) if crawl else _write_from(found, to)
        _write(found, to)
        where = f", archives: {archives}" if archives != "." else ""
        terminal.say(f"wrote {to}; next, in a recipe: - cdx: {{paths: [{to.name}]{where}}}")


def _entries(
    sources: tuple[str, ...], crawl: tuple[str, ...], asked: dict[str, object], service: str | None
) -> Iterator[Entry | None]:
    """All that is asked for, archives of this machine by their whole paths; None for a line that cannot be read."""
    for source in sources:
        query = _made(Cdx, {**asked, "paths": [source]})
        for member in members((source,), str(Path.cwd()), (*Cdx.suffixes, *Warc.suffixes)):
            folder, _, name = member.path.rpartition("/")
            if member.path.lower().endswith(Warc.suffixes):
                listed: Iterator[Entry | None] = (one for one in entries(member, name) if not query.why_not(one))
            else:
                listed = _looked_up(query.model_copy(update={"paths": (member.path,)}))
            for one in listed:
                yield one and (one._replace(filename=f"{folder}/{one.filename}") if is_local(member.path) else one)
    if crawl:
        more = {"service": service} if service else {}
        yield from _looked_up(_made(CommonCrawl, {**asked, "crawl": list(crawl), **more}))


def _looked_up(query: Cdx | CommonCrawl) -> Iterator[Entry | None]:
    for unit in query.units(str(Path.cwd())):
        for one in query.asked(unit):
            if not one.left:
                yield one.entry


def _made(kind: type[Q], given: dict[str, object]) -> Q:
    """The options of the command as those of an input, with its sentences for what is wrong."""
    tree = parse(orjson.dumps(given).decode(), "find-pages")
    wrong = Faults(tree, "find-pages")
    made = settings(kind, tree, (), "find-pages", wrong)
    if made is None:
        raise click.UsageError("; ".join(fault.message for fault in wrong.found))
    return made


def _write_from(found: list[Entry], to: Path) -> str:
    """Name archives of this machine from the folder that holds them all; gives that folder, seen from the index."""
    folders = {one.filename.rpartition("/")[0] for one in found if one.filename.startswith("/")}
    if not folders:
        return "."
    base = os.path.commonpath(folders)
    found[:] = [one._replace(filename=one.filename.removeprefix(f"{base.rstrip('/')}/")) for one in found]
    return os.path.relpath(base, to.absolute().parent)


def _write(found: list[Entry], to: Path) -> None:
    try:
        write_whole(to, b"".join(sorted(one.line for one in found)))
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror or error}") from error


def _host(key: str) -> str:
    """`org,example:8080` as people write it."""
    host, colon, port = key.partition(":")
    return ".".join(reversed(host.split(","))) + colon + port


def _show(pages: Counter[str], weights: Counter[str]) -> None:
    rows = [
        (_host(key), count(number), size(weights[key]))
        for key, number in sorted(pages.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
    ]
    if rows:
        terminal.table(("host", "pages", "in the archives"), rows, right=("pages", "in the archives"))
    if len(pages) > _SHOWN:
        terminal.say(f"and {several(len(pages) - _SHOWN, 'more host')}")
    terminal.say(f"{several(pages.total(), 'page')} of {several(len(pages), 'host')}, {size(weights.total())} to fetch")
