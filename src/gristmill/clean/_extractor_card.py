"""The card of a trained model of main content: what it was made of, how well it does, and how to make it again."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

_ESCAPED = "\\`*_[]|#"


def markdown(card: Mapping[str, Any]) -> str:
    """The card for people. Names in it come from files, and are escaped."""
    lines = [
        f"# Model of main content {_plain(card['name'])}",
        "",
        "Gradient-boosted trees over the blocks of a page, in two stages, with tables of the log-odds of class tokens,"
        f" words and short blocks by hash. Trained by Gristmill {_plain(card['version'])}. It holds numbers and no text"
        f" of any page; a token, word or block of fewer than {card['fewest pages']} pages counts nothing in it.",
        "",
        *_table(("field", "value"), [(key, _plain(value)) for key, value in card["about"].items()]),
        "## On pages of sites not trained on",
        "",
        f"Each page is measured by models that saw none of its domain ({card['folds']} folds by domain, chosen by the"
        " seed). Precision, recall and F measures of words, averaged over pages: `recall` aims at F2, `balanced` at F1,"
        " `precision` at F0.5. `best blocks` takes the blocks that are mainly content; no choice of blocks can do much"
        " better.",
        "",
        *_table(
            ("system", "pages", "count", "precision", "recall", "F1", "F0.5", "F2"),
            [(*(_plain(row[key]) for key in ("system", "pages", "count")), *map(_share, _measures(row)))
             for row in card["figures"]],
        ),
        "## How far its shares can be trusted",
        "",
        "Of the words in blocks that are given about one share of content, how much is content, by the same folds. The"
        f" mean distance of the two is {_share(card['calibration error'])}.",
        "",
        *_table(
            ("expected", "content", "of all words"),
            [tuple(map(_share, row.values())) for row in card["calibration"] if row["words"]],
        ),
        "## To make it again",
        "",
        f"    {html.escape(card['command'], quote=False)}",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _measures(row: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(row[name] for name in ("precision", "recall", "f1", "f0.5", "f2"))


def _share(value: float) -> str:
    return f"{value:.3f}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    shown = ["| " + " | ".join(row) + " |" for row in (columns, *rows)]
    return [shown[0], "|" + "---|" * len(columns), *shown[1:], ""]


def _plain(value: Any) -> str:
    """Text with no power over Markdown or HTML."""
    line = "".join(char if char.isprintable() else " " for char in str(value))
    return "".join(f"\\{char}" if char in _ESCAPED else char for char in html.escape(line, quote=False))
