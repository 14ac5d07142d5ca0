"""How a file of code looks: its lines, and what kinds of characters it has; one scan of each text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import ALNUM, ALPHA, DECIMAL, MARK, SPACE, Table, decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.lines import line_end_width

Counts = npt.NDArray[np.int64]


class CodeShapes(NamedTuple):
    """One entry for each asked row; lengths are in characters, lines are those of `str.splitlines`."""

    characters: Counts
    alphanumeric: Counts
    alphabetic: Counts
    digits: Counts
    lines: Counts
    longest: Counts
    in_lines: Counts  # characters of all lines without their ends
    breaks: Counts  # line feeds
    tokens: Counts  # runs of letters, marks, digits and `_`, and of others that are no White_Space of Unicode


@kernel
def _shapes(data: Bytes, offsets: Offsets, rows: Offsets, table: Table) -> Counts:
    out = np.zeros((9, len(rows)), np.int64)
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        characters = alphanumeric = alphabetic = digits = lines = longest = in_lines = breaks = tokens = 0
        length = 0
        run = 0  # 1 in a run of word characters, 2 in one of others, 0 in white space
        while at < stop:
            byte = data[at]
            wide = line_end_width(data, at, stop)
            if wide > 0:
                breaks += byte == 10 or (wide == 2 and byte == 13)
                characters += 2 if wide == 2 and byte == 13 else 1
                lines += 1
                in_lines += length
                longest = max(longest, length)
                length = 0
                tokens += byte >= 28 and byte < 32 and run != 2
                run = 2 if byte >= 28 and byte < 32 else 0
                at += wide
                continue
            if byte < 0x80:
                code = int(byte)
                at += 1
            else:
                code, at = decode(data, at, stop)
            flags = flags_of(code, table)
            characters += 1
            length += 1
            alphanumeric += flags & ALNUM != 0
            alphabetic += flags & ALPHA != 0
            digits += flags & DECIMAL != 0
            is_word = flags & (ALPHA | DECIMAL | MARK) != 0 or code == 0x5F
            kind = 1 if is_word else 0 if flags & SPACE != 0 and code != 31 else 2
            tokens += kind != 0 and kind != run
            run = kind
        if length > 0:
            lines += 1
            in_lines += length
            longest = max(longest, length)
        out[0, k], out[1, k], out[2, k], out[3, k], out[4, k] = characters, alphanumeric, alphabetic, digits, lines
        out[5, k], out[6, k], out[7, k], out[8, k] = longest, in_lines, breaks, tokens
    return out


def code_shapes(data: Bytes, offsets: Offsets, rows: Offsets, table: Table) -> CodeShapes:
    """Measure each asked row."""
    return CodeShapes(*_shapes(data, offsets, rows, table))
