"""`gristmill train-classifier`: a model for the step `classifier`, with its card, from labelled texts."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from gristmill import __version__
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli._trained_folder import may_write, write_trained
from gristmill.cli.figures import count, several, size
from gristmill.errors import InputError
from gristmill.quality._card import markdown
from gristmill.quality._linear_model import LinearModel
from gristmill.quality._models import NAME
from gristmill.quality._training import Settings, fit
from gristmill.quality._training_set import LabelledTexts, Sampling
from gristmill.quality._weighted_words import weighted_words
from gristmill.recipe.sources import Source, sources_of
from gristmill.text.hashed_features import Shape

_POSITIVE, _NEGATIVE = "positive", "negative"
_MOST_LABELS = 1000

Labelled = tuple[str | None, str]
"""A label (None: each record says its own) and where its texts are."""


def train_classifier(
    sources: tuple[str, ...],
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    named: tuple[str, ...],
    label_from: str | None,
    column: str,
    to: Path,
    force: bool,
    licence: str,
    seed: int,
    epochs: int,
    rate: float,
    bits: int,
    characters: tuple[int, int],
    words: int,
    text_bytes: int,
    most_mb: int,
) -> None:
    """Train a classifier of texts, calibrate it, measure it on texts held out, and write it with its card."""
    if characters[0] > characters[1]:
        raise click.UsageError("--characters takes the shortest and the longest n-gram, the shorter first")
    wanted = _wanted(sources, positive, negative, named, label_from)
    may_write(to, NAME, force)
    shape = Shape(bits, *characters, words, text_bytes)
    settings = Settings(epochs=epochs, rate=rate, seed=seed)
    with heard():
        texts = _sampled(wanted, label_from, column, Sampling(text_bytes, most_mb << 20, seed))
        terminal.say(f"training on {several(len(texts.label), 'text')}: {', '.join(map(_told, _counts(texts)))} ...")
        model, figures = fit(texts, shape, settings)
        card = {
            "name": to.name,
            "version": __version__,
            "labels": model.labels,
            "positive": model.positive,
            "licence": licence,
            "texts": len(texts.label),
            "counts": texts.counts,
            "sources": [(label or f"by {label_from}", source) for label, source in wanted],
            "features": shape._asdict(),
            "settings": {"epochs": epochs, "rate": rate, "decay": settings.decay, "seed": seed},
            "digest": texts.digest(),
            "words": weighted_words(model, texts),
            "command": _command(),
            **figures,
        }
    _write(to, model, card)
    _tell(card["held out"])
    terminal.say(f"wrote {to} ({size((to / NAME).stat().st_size)}); card.md says what it is")
    terminal.say(f"next, in a recipe: - classifier: {{model: {to.name}, min_score: 0.5}}")


def _wanted(
    sources: tuple[str, ...],
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    named: tuple[str, ...],
    field: str | None,
) -> list[Labelled]:
    """Labels and sources, the positive label last: its probability is the score."""
    if bool(sources) != (field is not None):
        raise click.UsageError("SOURCES and --label-from go together: whose field holds the label?")
    if bool(positive) != bool(negative):
        raise click.UsageError("--positive and --negative go together; other labels are given by --label NAME=GLOB")
    wanted: list[Labelled] = [(None, source) for source in sources]
    wanted += [(_NEGATIVE, source) for source in negative] + [(_POSITIVE, source) for source in positive]
    for one in named:
        label, equals, source = one.partition("=")
        if not (label and equals and source):
            raise click.UsageError(f"--label takes NAME=GLOB, and this is {one!r}")
        wanted.append((label, source))
    if not wanted:
        raise click.UsageError("what is to be told apart? Give --positive and --negative, --label, or --label-from")
    if field is None and len({label for label, _ in wanted}) < 2:
        raise click.UsageError(f"there is one label alone, {wanted[0][0]}: a classifier tells at least two apart")
    return wanted


def _sampled(wanted: list[Labelled], field: str | None, column: str, sampling: Sampling) -> LabelledTexts:
    kinds: dict[str, dict[str, Any]] = {kind: {"text": column} for kind in ("parquet", "jsonl", "csv")} | {"text": {}}
    unread = 0
    labels: dict[str, None] = {}
    for label, source in wanted:
        for found in sources_of((source,), Path.cwd(), kinds):
            unread += _take(found, label, field, sampling, labels)
    if unread:
        terminal.warn(f"{several(unread, 'record')} could not be read and are not trained on")
    if not labels:
        raise InputError(", ".join(source for _, source in wanted), "has no text to train on")
    if len(labels) > _MOST_LABELS:
        raise InputError("the labels", f"are {len(labels)}, and at most {_MOST_LABELS} are told apart: is it a class?")
    given = [label for label, _ in wanted if label is not None]
    for label in given:
        if label not in labels:
            raise InputError(f"the label {label}", "has no record that can be read")
    return sampling.taken(list(dict.fromkeys(given)) if field is None else sorted(labels))


def _take(source: Source, label: str | None, field: str | None, sampling: Sampling, labels: dict[str, None]) -> int:
    """Put the texts of a source into the sample; how many records could not be read."""
    unread = 0
    for unit in source.reader.units(str(Path.cwd())):
        for chunk in source.reader.read(unit):
            unread += len(chunk.problems)
            names = chunk.batch.column("source").to_pylist()
            places = chunk.batch.column("position").to_pylist()
            for text, name, place, more in zip(
                chunk.batch.column("text").to_pylist(), names, places, _metadata(chunk.batch), strict=True
            ):
                own = _own_label(more.get(field), f"{name}, at {place}", field) if label is None and field else label
                language = more.get("language")
                labels.setdefault(str(own))
                sampling.add(str(own), text or "", name, language if isinstance(language, str) else None)
    return unread


def _metadata(batch: Any) -> Iterator[dict[str, Any]]:
    for text in batch.column("metadata").to_pylist():
        yield orjson.loads(text) if text else {}


def _own_label(value: Any, place: str, field: str) -> str:
    """The label of a record: a name, a whole number, or true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int) and value != "":
        return str(value)
    said = "no label (null or nan)" if value is None or value == "" else f"{value!r}, which is no class,"
    raise InputError(place, f"has {said} in the field {field!r}: leave such records out")


def _counts(texts: LabelledTexts) -> list[tuple[str, int]]:
    return [(label, counts["used"]) for label, counts in texts.counts.items()][:10]


def _told(one: tuple[str, int]) -> str:
    return f"{one[0]} {count(one[1])}"


def _command() -> str:
    return shlex.join(["gristmill", *sys.argv[1:]])


def _write(to: Path, model: LinearModel, card: dict[str, Any]) -> None:
    data = model.dump()
    card["model"] = hashlib.sha256(data).hexdigest()
    write_trained(to, NAME, data, card, markdown(card))


def _tell(held: dict[str, Any]) -> None:
    figures = {"accuracy": held["accuracy"], "auc": held.get("auc"), "macro f1": held.get("macro f1")}
    figures |= {name: held.get("at 0.5", {}).get(name) for name in ("precision", "recall")}
    figures["calibration error"] = held["calibration error"]
    told = ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if value is not None)
    terminal.say(f"on {several(held['texts'], 'text')} held out: {told}")
