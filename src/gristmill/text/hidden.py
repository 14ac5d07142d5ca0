"""Counts characters that hide text from a reader: tags, runs of zero width, selectors, overrides, look-alikes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import Table, decode, flags_of, previous
from gristmill.text.eight_bytes import eight, is_printable
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.scripts import (
    AS_CYRILLIC,
    AS_GREEK,
    AS_LATIN,
    CAPITAL,
    COMMON,
    CYRILLIC,
    GREEK,
    LATIN,
    MARK,
    OTHER,
    SCRIPT,
    script_table,
)

TAGS, ZERO_WIDTH, ZERO_WIDTH_RUN, SELECTORS, OVERRIDES, EMBEDDINGS, HOMOGLYPHS = range(7)
"""What is counted; of ZERO_WIDTH_RUN the longest one."""

KINDS = 7
_BLACK_FLAG, _CANCEL_TAG, _OMICRON = 0x1F3F4, 0xE007F, 0x3BF


class Hidden(NamedTuple):
    """For each asked row its counts, a column for each kind, and where in the data the first of it begins, or -1."""

    counts: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]


@part
def _add(counts: Offsets, first: Offsets, kind: int, at: int) -> None:
    counts[kind] += 1
    if first[kind] < 0:
        first[kind] = at


@part
def _is_joiner(code: int) -> bool:
    return code == 0x200C or code == 0x200D


@part
def _is_zero_width(code: int) -> bool:
    """Spaces and joiners without width, marks of direction, invisible operators, Hangul fillers and the like."""
    if code < 0x2000:
        return code in (0x34F, 0x115F, 0x1160, 0x180E)
    if code < 0x2070:
        return 0x200B <= code <= 0x200F or 0x2060 <= code <= 0x2064
    return code in (0x3164, 0xFEFF, 0xFFA0)


@part
def _has_a_use(code: int, before: int) -> bool:
    """Joiners and fillers beside letters that are no ASCII, line-break spaces in scripts without spaces, direction."""
    if code in (0x200E, 0x200F, 0x115F, 0x1160):
        return True
    if code == 0x200B:
        return 0xE00 <= before < 0xF00 or 0x1000 <= before < 0x10A0 or 0x1780 <= before < 0x1800
    return _is_joiner(code) and before >= 0x80


@part
def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


@part
def _is_letter(before: int) -> bool:
    """An ASCII letter or space: none has variants."""
    return before == 0x20 or (0x61 <= before | 0x20 <= 0x7A and before < 0x80)


@part
def _is_right_to_left(code: int) -> bool:
    if code < 0x900:
        return code >= 0x590
    return 0xFB1D <= code <= 0xFDFF or 0xFE70 <= code < 0xFEFF or 0x10800 <= code < 0x11000 or 0x1E800 <= code < 0x1F000


@part
def _end_of_flag(data: Bytes, at: int, stop: int) -> int:
    """Where the tags end that begin at `at` and name the region of a flag; `at` itself where they do not."""
    end = at
    for letters in range(8):
        if end >= stop:
            return at
        code, end = decode(data, end, stop)
        if code == _CANCEL_TAG:
            return end if 3 <= letters <= 6 else at
        if not (0xE0061 <= code <= 0xE007A or 0xE0030 <= code <= 0xE0039):
            return at
    return at


@part
def _word_start(data: Bytes, at: int, start: int, table: Table) -> int:
    """Where the letters before `at` begin that are Latin."""
    while at > start:
        before = previous(data, at, start)
        entry = flags_of(decode(data, before, at)[0], table)
        if entry & SCRIPT != LATIN and not entry & MARK:
            break
        at = before
    return at


@part
def _word(data: Bytes, at: int, stop: int, table: Table, seen: Offsets) -> int:
    """Where the word ends that begins at `at`; `seen` says of what letters it is."""
    seen[:] = 0
    before = COMMON
    was_capital = False
    while at < stop:
        code, after = decode(data, at, stop)
        entry = flags_of(code, table)
        script = entry & SCRIPT
        if entry & MARK:
            at = after
            continue
        if script in (COMMON, OTHER):
            break
        capital = entry & CAPITAL != 0
        if before not in (COMMON, script):
            seen[4] += 1  # from one script to another
            letters = seen[LATIN] + seen[GREEK] + seen[CYRILLIC]
            seen[5] += was_capital != capital and (letters > 1 or not was_capital)  # and from one case to another
        seen[script] += 1
        seen[6] += script != LATIN and entry & AS_LATIN != 0
        seen[7] += entry & AS_CYRILLIC != 0
        seen[8] += entry & AS_GREEK != 0
        seen[9] += script == GREEK and not capital and code != _OMICRON
        before = script
        was_capital = capital
        at = after
    return at


@part
def _is_mixed(seen: Offsets) -> bool:
    """Whether letters of one script stand for those of another: all that are in the minority look like the others.

    What is glued together is none: one change of script with a change of case (SMSка), or one small Greek letter at
    an end (νmax), as in formulas.
    """
    latin, others = seen[LATIN], seen[GREEK] + seen[CYRILLIC]
    if latin == 0 or latin + others < 3:
        return False
    if seen[4] == 1 and (seen[5] == 1 or (seen[GREEK] == 1 and seen[CYRILLIC] == 0 and seen[9] == 1)):
        return False
    if seen[6] == others:
        return True
    looks_alike = seen[7] if seen[CYRILLIC] else seen[8]
    return bool(latin < others and looks_alike == latin)


@part
def _end_line(counts: Offsets, first: Offsets, line: Offsets) -> None:
    """Embeddings from right to left in a line with no letter that is written so."""
    if line[0] and not line[1]:
        if counts[EMBEDDINGS] == 0:
            first[EMBEDDINGS] = line[2]
        counts[EMBEDDINGS] += line[0]
    line[:] = 0


@part
def _look(
    data: Bytes, start: int, stop: int, table: Table, seen: Offsets, line: Offsets, counts: Offsets, first: Offsets
) -> None:
    at = start
    before = run = 0
    begin = start  # of the run
    while at < stop:
        if at + 8 <= stop and is_printable(eight(data, at)):
            at += 8
            before = int(data[at - 1])
            run = 0
            continue
        code, after = decode(data, at, stop)
        if code < 0x80:
            if code == 10:
                _end_line(counts, first, line)
            run = 0
        elif _is_zero_width(code):
            if run == 0:
                begin = at
            run += 1
            if run > counts[ZERO_WIDTH_RUN]:
                counts[ZERO_WIDTH_RUN] = run
                first[ZERO_WIDTH_RUN] = begin
            if not _has_a_use(code, before):
                _add(counts, first, ZERO_WIDTH, at)
        else:
            run = 0
            if 0xE0000 <= code <= 0xE007F:
                end = _end_of_flag(data, at, stop) if before == _BLACK_FLAG else at
                if end == at:
                    _add(counts, first, TAGS, at)
                after = max(after, end)
            elif _is_selector(code):
                if _is_selector(before) or _is_letter(before):
                    _add(counts, first, SELECTORS, at)
            elif code in (0x202D, 0x202E):
                _add(counts, first, OVERRIDES, at)
            elif code in (0x202B, 0x2067):
                line[0] += 1
                line[2] = at if line[0] == 1 else line[2]
            elif _is_right_to_left(code):
                line[1] = 1
            elif flags_of(code, table) & SCRIPT in (GREEK, CYRILLIC):
                word = _word_start(data, at, start, table)
                after = _word(data, word, stop, table, seen)
                if _is_mixed(seen):
                    _add(counts, first, HOMOGLYPHS, word)
                code = decode(data, previous(data, after, start), after)[0]
        before = code
        at = after
    _end_line(counts, first, line)


@kernel
def _count(data: Bytes, offsets: Offsets, rows: Offsets, table: Table) -> tuple[Offsets, Offsets]:
    counts = np.zeros((len(rows), KINDS), np.int64)
    first = np.full((len(rows), KINDS), -1, np.int64)
    seen = np.zeros(10, np.int64)
    line = np.zeros(3, np.int64)
    for k in range(len(rows)):
        _look(data, offsets[rows[k]], offsets[rows[k] + 1], table, seen, line, counts[k], first[k])
    return counts, first


def hidden(data: Bytes, offsets: Offsets, rows: Offsets) -> Hidden:
    """Count what hides text in the asked rows.

    TAGS: U+E0000 to U+E007F outside flags. ZERO_WIDTH: characters without width that shape no letter and part no
    words; ZERO_WIDTH_RUN: the most of any use in a row. SELECTORS: variation selectors behind another one, a space
    or an ASCII letter. OVERRIDES: U+202D and U+202E. EMBEDDINGS: U+202B and U+2067 in a line without a letter that is
    written from right to left. HOMOGLYPHS: words of Latin and Greek or Cyrillic letters of which some stand for others.
    """
    return Hidden(*_count(data, offsets, rows, script_table()))
