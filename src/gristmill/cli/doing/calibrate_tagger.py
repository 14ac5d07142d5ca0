"""`gristmill calibrate-tagger`: what the scores of a tagger of names are worth, for `redact_personal_data`."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from gristmill import __version__
from gristmill.build.store import write_whole
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import count, several
from gristmill.contracts.list_files import ListFile, find_lists
from gristmill.contracts.reader import Reader
from gristmill.errors import InputError, OutputError
from gristmill.protect._labelled_spans import Span, finds_of, spans_of
from gristmill.protect._tag_calibration import FEWEST, FOLDS, SUFFIX, Find, digest_of, dump, fit
from gristmill.protect._taggers import bare_files_of, tagger
from gristmill.recipe.sources import sources_of


def calibrate_tagger(
    model: str,
    sources: tuple[str, ...],
    column: str,
    spans: str,
    group: str | None,
    licence: str,
    seed: int,
    force: bool,
) -> None:
    """Learn from labelled texts how often finds of the tagger of a score are right, and keep it beside the model."""
    to = Path(model.rstrip("/") + SUFFIX)
    if to.exists() and not force:
        raise OutputError(f"{to} is there already: write over it with --force")
    found = find_lists(Path.cwd(), bare_files_of(Path.cwd(), model), None, None)
    if found.faults:
        raise InputError(*found.faults[0].split(": ", 1))
    with heard():
        finds, labels, texts = _finds(found.files, sources, _Fields(column, spans, group))
    lines, figures = fit(finds, labels, seed)
    if not lines:
        raise InputError(", ".join(sources), f"has no kind that is labelled and found {FEWEST} times: {_told(figures)}")
    card = {
        "version": __version__,
        "sources": sources,
        "licence": licence,
        "texts": texts,
        "kinds": figures,
        "folds": FOLDS,
        "seed": seed,
        "command": shlex.join(["gristmill", *sys.argv[1:]]),
    }
    try:
        write_whole(to, dump(digest_of(found.files), lines, card))
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror}") from error
    for kind in figures:
        terminal.say(_line(kind, figures[kind]))
    terminal.say(f"wrote {to}; redact_personal_data takes it with the model from now on")


class _Fields(NamedTuple):
    """Where a record has its text, its spans and what it must not be parted from."""

    text: str
    spans: str
    group: str | None


def _finds(
    files: tuple[ListFile, ...], sources: tuple[str, ...], fields: _Fields
) -> tuple[list[Find], Counter[str], int]:
    """What the tagger finds in all texts, how many labels there are of each kind, and how many texts."""
    tag = tagger(files)
    finds: list[Find] = []
    labels: Counter[str] = Counter()
    texts = unread = 0
    kinds = {kind: {"text": fields.text} for kind in ("jsonl", "parquet")}
    for source in sources_of(sources, Path.cwd(), kinds):
        for chunk in _chunks(source.reader):
            unread += len(chunk.problems)
            records = list(_labelled(chunk.batch, fields))
            for record, tagged in zip(records, tag([one.text for one in records]), strict=True):
                labels.update(span.kind for span in record.labels)
                finds += finds_of(record.text, record.group, record.labels, tagged)
            texts += len(records)
            terminal.say(f"tagged {several(texts, 'text')} ...")
    if unread:
        terminal.warn(f"{several(unread, 'record')} could not be read and are left out")
    return finds, labels, texts


def _chunks(reader: Reader) -> Iterator[Any]:
    for unit in reader.units(str(Path.cwd())):
        yield from reader.read(unit)


class _Labelled(NamedTuple):
    text: str
    group: str | None
    labels: list[Span]


def _labelled(batch: Any, fields: _Fields) -> Iterator[_Labelled]:
    columns = (batch.column(name).to_pylist() for name in ("text", "metadata", "source", "position"))
    for text, metadata, name, place in zip(*columns, strict=True):
        more = orjson.loads(metadata) if metadata else {}
        try:
            labels = spans_of(more.get(fields.spans))
        except ValueError as error:
            raise InputError(f"{name}, at {place}", f"its field {fields.spans!r} {error}") from error
        tied = None if fields.group is None else orjson.dumps(more.get(fields.group)).decode()
        yield _Labelled(text or "", tied, labels)


def _line(kind: str, figures: dict[str, Any]) -> str:
    said = (
        f"{kind}: {count(figures['labels'])} labels, {count(figures['finds'])} finds, {count(figures['right'])} right"
    )
    if "calibration error after" not in figures:
        return f"{said}; too few to calibrate"
    before, after = figures["calibration error before"], figures["calibration error after"]
    return f"{said}; calibration error {before:.3f} before, {after:.3f} after"


def _told(figures: dict[str, Any]) -> str:
    return "; ".join(_line(kind, figures[kind]) for kind in figures) or "no labels"
