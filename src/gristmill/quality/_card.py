"""The card of a trained classifier: what it was made of, how well it does, and how to make it again."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

_ESCAPED = "\\`*_[]|#"


def markdown(card: Mapping[str, Any]) -> str:
    """The card for people. Names in it come from files and texts, and are escaped."""
    lines = [f"# Classifier {_plain(card['name'])}", ""]
    lines += [
        f"A linear model over hashed n-grams, trained by Gristmill {card['version']} on {card['texts']} texts.",
        "",
    ]
    lines += _table(("field", "value"), [(key, _plain(value)) for key, value in _about(card).items()])
    lines += ["## Training data", ""]
    columns = sorted({column for counts in card["counts"].values() for column in counts})
    rows = [(_plain(label), *(counts.get(name, 0) for name in columns)) for label, counts in card["counts"].items()]
    lines += _table(("label", *columns), rows)
    lines += ["Sources:", "", *(f"- {_plain(label)}: {_plain(source)}" for label, source in card["sources"]), ""]
    lines += ["## On held-out texts", ""]
    held = card["held out"]
    single = {key: value for key, value in held.items() if not isinstance(value, dict | list)} | held.get("at 0.5", {})
    lines += _table(("figure", "value"), [(key, _figure(value)) for key, value in single.items()])
    for title, key in (("By threshold", "thresholds"), ("Reliability", "reliability")):
        if held.get(key):
            lines += [f"### {title}", "", *_dicts(held[key])]
    if "labels" in held:
        lines += ["### By label", "", *_dicts([{"label": label, **row} for label, row in held["labels"].items()])]
    lines += ["### By slice", "", *_dicts(card["slices"])]
    lines += ["## Most weighted words", ""]
    for label, words in card["words"].items():
        lines += [f"- {_plain(label)}: " + ", ".join(f"{_plain(word)} ({weight:g})" for word, weight in words)]
    lines += ["", "## To make it again", "", f"    {html.escape(_one_line(card['command']), quote=False)}", ""]
    return "\n".join(lines)


def _about(card: Mapping[str, Any]) -> dict[str, Any]:
    named = {"labels": ", ".join(card["labels"]), "positive": card["positive"], "licence": card["licence"]}
    settings = {key: ", ".join(f"{k} {v}" for k, v in card[key].items()) for key in ("features", "settings", "groups")}
    return {**named, **settings, "training set": card["digest"], "model": card["model"]}


def _dicts(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return _table(names, [tuple(_figure(row.get(name)) for name in names) for row in rows])


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    shown = ["| " + " | ".join(map(str, row)) + " |" for row in (columns, *rows)]
    return [shown[0], "|" + "---|" * len(columns), *shown[1:], ""]


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else _plain(value)


def _one_line(value: Any) -> str:
    return "".join(char if char.isprintable() else " " for char in str(value))


def _plain(value: Any) -> str:
    """Text with no power over Markdown or HTML."""
    line = html.escape(_one_line(value), quote=False)
    return "".join(f"\\{char}" if char in _ESCAPED else char for char in line)
