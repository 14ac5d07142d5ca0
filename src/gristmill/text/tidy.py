"""Texts without invisible characters, stray white space and odd line ends, and a count of what was invisible."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import ALPHA, HAN, MARK, PICTOGRAPHIC, RECOMPOSES, Table, characters, decode, flags_of
from gristmill.text.characters import previous as start_of_previous
from gristmill.text.eight_bytes import eight, is_printable
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part

CONTROL, ZERO_WIDTH, BIDI, TAG = range(4)
"""Kinds of invisible characters, as columns of `Tidied.removed`."""
VISIBLE, JOINER, SELECTOR = -1, -2, -3

NARROW_NO_BREAK_SPACE, MATHEMATICAL_SPACE = 0x202F, 0x205F
NEXT_LINE, LINE_SEPARATOR, PARAGRAPH_SEPARATOR = 0x85, 0x2028, 0x2029
BLACK_FLAG, CANCEL_TAG = 0x1F3F4, 0xE007F

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


class Tidied(NamedTuple):
    """Row `i` of those asked is now `data[offsets[i]:offsets[i + 1]]`."""

    data: Bytes
    offsets: Offsets
    removed: Counts  # one row for each text, one column for each kind
    changed: Mask  # whether the text is another than it was
    recomposes: Mask  # whether it has characters that form NFC may write otherwise


@part
def _is_ignorable(code: int) -> bool:
    """Default_Ignorable_Code_Point from U+2070 on, but for selectors and tags."""
    if code < 0x10000:
        return code in (0x3164, 0xFEFF, 0xFFA0) or 0xFFF0 <= code <= 0xFFF8
    return 0x1BCA0 <= code <= 0x1BCA3 or 0x1D173 <= code <= 0x1D17A or 0xE0000 <= code <= 0xE0FFF


@part
def _kind(code: int) -> int:
    """What an invisible character is: Default_Ignorable_Code_Point, Bidi_Control, or no character at all.

    The fillers of old Korean syllables (U+115F, U+1160) are visible here: they hold their place in a syllable.
    """
    kind = VISIBLE
    if code < 0xA0:
        kind = CONTROL if code < 0x20 or code >= 0x7F else VISIBLE
    elif code < 0x2000:
        if code in (0xAD, 0x34F, 0x17B4, 0x17B5, 0x180E):
            kind = ZERO_WIDTH
        elif 0x180B <= code <= 0x180F:
            kind = SELECTOR
        elif code == 0x61C:
            kind = BIDI
    elif code < 0x2070:
        if code in (0x200C, 0x200D):
            kind = JOINER
        elif code in (0x200E, 0x200F) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            kind = BIDI
        elif code == 0x200B or code >= 0x2060:
            kind = ZERO_WIDTH
    elif 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        kind = SELECTOR
    elif 0xE0000 <= code <= 0xE007F:
        kind = TAG
    elif _is_ignorable(code):
        kind = ZERO_WIDTH
    elif 0xFFF9 <= code <= 0xFFFC or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        kind = CONTROL
    return kind


@part
def _shapes(kind: int, code: int, before: int, after: int, table: Table) -> bool:
    """Whether a joiner or variation selector says how a visible character beside it is drawn.

    Joiners do between letters of scripts from Arabic to Mongolian, and join emoji; a selector does after one
    character that is no ASCII letter. Anywhere else they say nothing, and can hide a message.
    """
    flags = flags_of(before, table)
    if kind == JOINER:
        if 0x600 <= before <= 0x18AF and flags & (ALPHA | MARK):
            return True
        drawn = flags & PICTOGRAPHIC or before == 0xFE0F or 0x1F3FB <= before <= 0x1F3FF
        return code == 0x200D and drawn != 0 and flags_of(after, table) & PICTOGRAPHIC != 0
    if code >= 0xE0100:
        return flags & HAN != 0
    keycap = 0x30 <= before <= 0x39 or before == 0x23 or before == 0x2A
    return keycap or (before >= 0xA1 and _kind(before) == VISIBLE)


@part
def _end_of_flag(data: Bytes, at: int, stop: int) -> int:
    """Where the tags end that begin at `at` and make the black flag before them that of a region; -1: none do."""
    for letters in range(8):
        if at >= stop:
            return -1
        code, at = decode(data, at, stop)
        if code == CANCEL_TAG:
            return at if 3 <= letters <= 6 else -1
        if not (0xE0061 <= code <= 0xE007A or 0xE0030 <= code <= 0xE0039):
            return -1
    return -1


@part
def _in_context(
    kind: int, code: int, data: Bytes, after: int, stop: int, out: Bytes, line: int, position: int, table: Table
) -> tuple[int, int]:
    """The kind of an invisible character by what stands around it, and where what it begins ends."""
    before = 0
    if position > line:
        before = decode(out, start_of_previous(out, position, line), position)[0]
    if kind == TAG and before == BLACK_FLAG:
        end = _end_of_flag(data, after - 4, stop)
        return (VISIBLE, end) if end > 0 else (TAG, after)
    if kind in (JOINER, SELECTOR):
        following = 0
        if after < stop:
            following = decode(data, after, stop)[0]
        return VISIBLE if _shapes(kind, code, before, following, table) else ZERO_WIDTH, after
    return kind, after


@small_part
def _breaks(code: int) -> int:
    """How many line ends a character is."""
    if code == PARAGRAPH_SEPARATOR:
        return 2
    return 1 if 10 <= code <= 13 or code in (NEXT_LINE, LINE_SEPARATOR) else 0


@small_part
def _is_space(code: int) -> bool:
    """Spaces of any width but the ideographic one, which indents."""
    return code == 0xA0 or 0x2000 <= code <= 0x200A or code in (NARROW_NO_BREAK_SPACE, MATHEMATICAL_SPACE)


@part
def _end_line(out: Bytes, begin: int, line: int, at: int, blank: int, most_blank: int) -> int:
    """Where the text ends once the line from `line` to `at` is ended; a blank one too many is not there."""
    while at > line and (out[at - 1] == 0x20 or out[at - 1] == 9):
        at -= 1
    if at > line or (line > begin and blank < most_blank):
        out[at] = 10
        at += 1
    return at


@part
def _tidy(
    data: Bytes,
    start: int,
    stop: int,
    strip: bool,
    most_blank: int,
    table: Table,
    out: Bytes,
    begin: int,
    removed: Counts,
) -> tuple[int, bool, bool]:
    """Write one text to `out` from `begin` on: where it ends, whether it differs, whether it may be other than NFC."""
    position = line = begin
    blank = 0
    replaced = recomposes = False
    at = start
    while at < stop:
        if at + 8 <= stop and is_printable(eight(data, at)) and data[at] != 0x7F:
            width = 1
            while width < 8 and data[at + width] != 0x7F:
                width += 1
            for k in range(width):
                out[position + k] = data[at + k]
            at += width
            position += width
            continue
        code, after = decode(data, at, stop)
        breaks = _breaks(code)
        if breaks:
            replaced |= code != 10
            if code == 13 and after < stop and data[after] == 10:
                after += 1
            for _ in range(breaks):
                ended = _end_line(out, begin, line, position, blank, most_blank)
                blank = 0 if ended > line + 1 else blank + 1
                position = line = ended
            at = after
            continue
        if _is_space(code):
            out[position] = 0x20
            position += 1
            at = after
            continue
        kind = VISIBLE if code == 9 else _kind(code)
        if kind != VISIBLE:
            kind, after = _in_context(kind, code, data, after, stop, out, line, position, table)
            if kind != VISIBLE:
                removed[kind] += 1
                if strip:
                    at = after
                    continue
        recomposes |= flags_of(code, table) & RECOMPOSES != 0
        for k in range(at, after):
            out[position] = data[k]
            position += 1
        at = after
    position = _end_line(out, begin, line, position, 0, 0)
    while position > begin and out[position - 1] == 10:
        position -= 1
    return position, replaced or position - begin != stop - start, recomposes


@kernel
def _tidy_all(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    strip: bool,
    most_blank: int,
    table: Table,
    out: Bytes,
    bounds: Offsets,
    removed: Counts,
    changed: Mask,
    recomposes: Mask,
) -> None:
    at = bounds[0]
    for k in range(len(rows)):
        at, changed[k], recomposes[k] = _tidy(
            data, offsets[rows[k]], offsets[rows[k] + 1], strip, most_blank, table, out, at, removed[k]
        )
        bounds[k + 1] = at


def tidied(data: Bytes, offsets: Offsets, rows: Offsets, *, strip: bool, most_blank: int) -> Tidied:
    """Tidy the asked rows.

    Lines end in a line feed, without white space before it; at most `most_blank` blank lines stand in a row, and
    none at the ends of a text; every space but a tab and the ideographic one is U+0020. Invisible characters are
    counted, and removed where `strip`.
    """
    count = len(rows)
    removed = np.zeros((count, 4), np.int64)
    changed, recomposes = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    bounds = np.zeros(count + 1, np.int64)
    # Nothing grows, but for the line feed that ends the last line for a moment.
    out = np.empty(int((offsets[rows + 1] - offsets[rows]).sum()) + 1, np.uint8)
    _tidy_all(data, offsets, rows, strip, most_blank, characters(), out, bounds, removed, changed, recomposes)
    return Tidied(out[: bounds[-1]], bounds, removed, changed, recomposes)
