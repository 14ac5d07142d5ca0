"""`gristmill explain`: what became of a record, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import orjson

from gristmill.build.explain import explain as explained
from gristmill.build.finished import Finished
from gristmill.build.lookup import MOST_HITS, Hit, find
from gristmill.build.replay import replay
from gristmill.cli import terminal
from gristmill.cli._account import show


def explain(build: Path, what: str, as_json: bool) -> None:
    """Show what became of a record of BUILD, and why."""
    with Finished(build) as finished:
        hits = find(finished, what)
        if len(hits) > 1:
            _list(hits, as_json)
            return
        explanation = explained(finished, hits[0].rid, replay)
    if as_json:
        _print_json(asdict(explanation))
    else:
        show(explanation)


def _list(hits: list[Hit], as_json: bool) -> None:
    if as_json:
        _print_json([asdict(hit) for hit in hits])
        return
    some = f"the first {MOST_HITS} of the records" if len(hits) == MOST_HITS else f"{len(hits)} records"
    terminal.say(f"{some} with this {hits[0].by}; explain one of them by its rid:")
    rows = [(hit.rid[:12], _fate(hit), hit.snippet or hit.url or hit.id or "") for hit in hits]
    terminal.table(("rid", "fate", "record"), rows)


def _fate(hit: Hit) -> str:
    return f"{hit.fate} by {hit.step}" if hit.step else hit.fate


def _print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
