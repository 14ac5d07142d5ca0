"""How surprising the letters of a text are, each behind the two before it, where its script is one of three."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import Table, decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.scripts import CAPITAL, COMMON, ELSE, LATIN, MARK, OTHER, PLACE_SHIFT, SCRIPT, script_table

SCRIPTS, SIZE, STEPS = 3, 34, 16
"""Latin, Greek and Cyrillic; places of an alphabet with 0 for the end of a word; steps of a bit."""

LEAST_WORD = 4
CONSONANTS = 6  # so many in a row stand in no word of the Latin script but a few compounds

_VOWELS = 1 << 1 | 1 << 5 | 1 << 9 | 1 << 15 | 1 << 21 | 1 << 23 | 1 << 25  # a e i o u w (in Welsh) y
_BYTES = 256

Bits = npt.NDArray[np.uint8]


@cache
def letter_table() -> Bits:
    """Sixteenths of a bit for script, two letters and the next, read once; made by tools/make_letter_model.py."""
    with (files("gristmill.text") / "letters.npz").open("rb") as file, np.load(file) as arrays:
        table: Bits = arrays["table"]
    return table


class Letters(NamedTuple):
    """For each asked row: letters of any script; of the words that were looked at the letters, the bits of surprise
    times 16, and for those of four letters or more how many there are and how many are like no word; and the entropy
    of its bytes but white space, in bits."""

    letters: Offsets
    scored: Offsets
    surprise: Offsets
    words: Offsets
    unlike: Offsets
    entropy: npt.NDArray[np.float64]


@part
def _word(data: Bytes, at: int, stop: int, scripts: Table, table: Bits, most: int, counts: Offsets) -> int:
    """Count the word that begins at `at` into `counts`: where it ends.

    It is looked at where its letters are all of one script that has a model, and of the alphabet that most languages of
    it share, marks aside, and small but for the first.
    """
    first = a = b = COMMON
    letters = surprise = run = longest = 0
    plain = True
    while at < stop:
        code, after = decode(data, at, stop)
        entry = np.int64(flags_of(code, scripts))
        script = int(entry & SCRIPT)
        if entry & MARK == 0:
            if script == COMMON:
                plain = plain and code != 0x5F and not 0x30 <= code <= 0x39
                break
            place = int(entry >> PLACE_SHIFT)
            if letters == 0:
                first = script
            plain = plain and script == first and place != ELSE and (letters == 0 or entry & CAPITAL == 0)
            letters += 1
            if plain and script < OTHER:
                surprise += table[script - LATIN, a, b, place]
                run = 0 if _VOWELS >> place & 1 else run + 1
                longest = max(longest, run)
            a, b = b, place
        at = after
    counts[0] += letters
    if plain and LATIN <= first < OTHER and letters > 1:
        surprise += table[first - LATIN, a, b, 0]
        counts[1] += letters
        counts[2] += surprise
        if letters >= LEAST_WORD:
            counts[3] += 1
            counts[4] += surprise > most * (letters + 1) or (first == LATIN and longest >= CONSONANTS)
    return at


@part
def _entropy(data: Bytes, start: int, stop: int, histogram: Offsets) -> float:
    histogram[:] = 0
    total = 0
    for at in range(start, stop):
        if data[at] > 0x20:
            histogram[data[at]] += 1
            total += 1
    entropy = 0.0
    for count in histogram:
        if count:
            entropy -= count / total * np.log2(count / total)
    return entropy


@kernel
def _measure(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    scripts: Table,
    table: Bits,
    most: int,
    counts: Offsets,
    entropy: npt.NDArray[np.float64],
) -> None:
    histogram = np.zeros(_BYTES, np.int64)
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        entropy[k] = _entropy(data, at, stop, histogram)
        blocked = False  # by a digit or a low line before: a name of code, no word
        while at < stop:
            code, after = decode(data, at, stop)
            entry = np.int64(flags_of(code, scripts))
            if entry & SCRIPT == COMMON:
                blocked = 0x30 <= code <= 0x39 or code == 0x5F
                at = after
            elif blocked:
                while at < stop and flags_of(decode(data, at, stop)[0], scripts) & (SCRIPT | MARK):
                    counts[k, 0] += flags_of(decode(data, at, stop)[0], scripts) & MARK == 0
                    at = decode(data, at, stop)[1]
            else:
                at = _word(data, at, stop, scripts, table, most, counts[k])


def letters(data: Bytes, offsets: Offsets, rows: Offsets, most: float) -> Letters:
    """Measure the asked rows. A word is like none where its letters surprise by more than `most` bits on average."""
    counts = np.zeros((len(rows), 5), np.int64)
    entropy = np.zeros(len(rows))
    _measure(data, offsets, rows, script_table(), letter_table(), round(most * STEPS), counts, entropy)
    columns = np.ascontiguousarray(counts.T)
    return Letters(columns[0], columns[1], columns[2], columns[3], columns[4], entropy)
