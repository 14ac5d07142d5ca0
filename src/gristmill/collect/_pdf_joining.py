"""Lines of a printed paragraph as one text: hyphens at their ends undone, addresses and Chinese words put together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gristmill.collect._folding import is_unspaced
from gristmill.collect._pdf_words import HYPHEN

_LEADERS = re.compile(r"(?: \.){4,} ")
"""What leads to the number of a page in a list of contents."""


def joined(lines: Sequence[str]) -> str:
    """Lines as one.

    A hyphen stays before a capital or a digit, and after another hyphen. An address of the web goes on without a
    space, and so do Chinese and Japanese. Leaders of lists of contents go.
    """
    parts: list[str] = []
    for line in filter(None, lines):
        if not parts:
            parts.append(line)
            continue
        before = parts[-1]
        if before.endswith((HYPHEN, "-")) and not _in_address(before, line):
            parts[-1] = before[:-1]
            parts.append(line if _is_cut(before[:-1], line) else "-" + line)
        elif _in_address(before, line) or (is_unspaced(before[-1]) and is_unspaced(line[0])):
            parts.append(line)
        else:
            parts += (" ", line)
    return _LEADERS.sub(" ", "".join(parts)).replace(HYPHEN, "-").replace("\xad", "")


def _is_cut(stem: str, line: str) -> bool:
    """Whether a hyphen between them cuts a word, and is not of it."""
    inside = stem.rpartition(" ")[2].replace("\xad", "").lstrip("([{«»“„‘'\"")
    return line[:1].islower() and len(inside) > 1 and inside.isalpha()


def _in_address(before: str, line: str) -> bool:
    """Whether an address of the web goes on in the next line."""
    last = before[before.rfind(" ") + 1 :]
    if "://" not in last:
        return False
    return last.endswith(("/", "_", "=", "&", "?", "#", "%")) or (last.endswith((".", "-")) and line[:1].islower())
