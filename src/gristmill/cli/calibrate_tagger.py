"""`gristmill calibrate-tagger`: what the scores of a tagger of names are worth, for `redact_personal_data`."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
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


@click.command("calibrate-tagger")
@click.argument("model")
@click.argument("sources", nargs=-1, required=True)
@click.option("--text", "column", default="text", show_default=True, help="The field that holds the text.")
@click.option("--spans", default="spans", show_default=True, help="The field that holds the labelled spans.")
@click.option("--group", metavar="FIELD", help="Texts of one value of this field stay in one fold, as of one template.")
@click.option("--licence", default="not stated", help="What the card says of the licence of the data.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Of the folds.")
@click.option("--force", is_flag=True, help="Write over a calibration that is there.")
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
    """Learn from labelled texts how often finds of the tagger MODEL of a score are right, and keep it beside the model.

    \b
    gristmill calibrate-tagger model.onnx labelled.jsonl

    Each record has a text and a list of spans, all names, addresses and organisations of some kind that are in it:
    {"start": 4, "end": 12, "label": "PERSON"}, in characters. A find is right where it overlaps a label of its kind.
    Kinds without labels, or with few finds, keep their scores. From then on min_tag_score is the least chance of being
    right. The file MODEL.calibration.json holds two numbers a kind, and its card: the data, and the mean distance
    between score and share that was right (ECE), before and after, by folds that the lines were not fitted on. The same
    texts and options give the same bytes.
    """
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
