"""Mojibake: UTF-8 that was once read as another encoding, found by RE2 in all lines and repaired by ftfy in few.

Robyn Speer, ftfy 6, https://ftfy.readthedocs.io. ftfy looks at a line with one large pattern, at some 7 MB/s; RE2
looks at 500 MB/s with the same one, and leaves to ftfy the lines that look bad.
"""

from __future__ import annotations

from functools import cache

import ftfy
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import BADNESS_RE

LF = "\n"
LONGEST_LINE = 1 << 20  # characters; a longer line is no prose, and is left as it is

UNICODE_CLASSES = {r"\w": r"[\p{L}\p{N}_]", r"\s": r"[\s\x0b\x1c-\x1f\x85\p{Z}]"}
"""What Python means by a class where RE2 means ASCII alone."""


def as_re2(verbose: str) -> str:
    """A verbose pattern of Python's `re` as RE2 takes it: without white space and comments, its classes as Unicode."""
    out: list[str] = []
    in_class = in_comment = escaped = False
    for char in verbose:
        if escaped:
            out.append(UNICODE_CLASSES.get(f"\\{char}", f"\\{char}"))
            escaped = False
        elif in_comment:
            in_comment = char != LF
        elif char == "\\":
            escaped = True
        elif in_class or not (char.isspace() or char == "#"):
            in_class = char != "]" if in_class else char == "["
            out.append(char)
        else:
            in_comment = char == "#"
    return "".join(out)


@cache
def _pattern() -> str:
    return as_re2(BADNESS_RE.pattern)


def looks_bad(lines: pa.Array) -> np.ndarray:
    """Which lines `ftfy.badness.is_bad` says are mojibake; a line has no line feed in it."""
    found = pc.fill_null(pc.match_substring_regex(lines, _pattern()), False)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def repair(texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The texts with their mojibake repaired line by line, and how many lines of each were."""
    counts = np.zeros(len(texts), np.int64)
    bad = np.flatnonzero(pc.fill_null(pc.match_substring_regex(texts, f"(?m){_pattern()}"), False))
    if not len(bad):
        return texts, counts
    lists = pc.split_pattern(texts.take(pa.array(bad)), LF)
    lines = lists.flatten()
    bounds = np.concatenate([[0], np.cumsum(pc.list_value_length(lists).to_numpy())])
    repaired: dict[int, list[str]] = {}
    for at in np.flatnonzero(looks_bad(lines)).tolist():
        line = lines[at].as_py()
        better = ftfy.fix_encoding(line) if len(line) <= LONGEST_LINE else line
        if better != line:
            row = int(np.searchsorted(bounds, at, "right")) - 1
            own = repaired.setdefault(row, lines[bounds[row] : bounds[row + 1]].to_pylist())
            own[at - int(bounds[row])] = better
            counts[bad[row]] += 1
    if not repaired:
        return texts, counts
    mask = np.zeros(len(texts), np.bool_)
    mask[bad[sorted(repaired)]] = True
    whole = pa.array([LF.join(repaired[row]) for row in sorted(repaired)], texts.type)
    return pc.replace_with_mask(texts, pa.array(mask), whole), counts
