"""The kernel that measures letters against plain Python, on random and awkward text."""

from __future__ import annotations

from collections import Counter
from math import log2

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.characters import flags_of
from gristmill.text.flat import flat
from gristmill.text.letters import SIZE, STEPS, letter_table, letters
from gristmill.text.scripts import CAPITAL, ELSE, GREEK, LATIN, MARK, OTHER, PLACE_SHIFT, SCRIPT, script_table

ALPHABET = "aeinrstbcdkz AEß_1.\n-éа\u0301жщбλόγςЖ中ש\x00"
text = st.one_of(st.text(alphabet=ALPHABET, max_size=60), st.text(max_size=40))
MOST = 5.0


def entry(char: str) -> int:
    return int(flags_of(ord(char), script_table()))


def plain(value: str) -> tuple[list[int], float]:
    """The same in plain Python: words are what stands between characters that are neither letters nor marks."""
    counts = [0, 0, 0, 0, 0]
    at = 0
    while at < len(value):
        end = at
        while end < len(value) and entry(value[end]) & (SCRIPT | MARK):
            end += 1
        run = value[at:end].lstrip("".join(c for c in set(value) if entry(c) & MARK))
        entries = [entry(c) for c in run if not entry(c) & MARK]
        counts[0] += len(entries)
        before = value[at - 1] if at and at + len(value[at:end]) - len(run) == at else ""
        after = value[end] if end < len(value) else ""
        scripts = {one & SCRIPT for one in entries}
        code = any(c == "_" or "0" <= c <= "9" for c in (before, after) if c)
        small = not any(one & CAPITAL for one in entries[1:])
        places = [one >> PLACE_SHIFT for one in entries]
        if len(entries) > 1 and len(scripts) == 1 and not code and small and ELSE not in places:
            script = scripts.pop()
            if script < OTHER:
                row = [0, 0, *places, 0]
                table = letter_table()[script - LATIN]
                surprise = sum(int(table[row[k], row[k + 1], row[k + 2]]) for k in range(len(row) - 2))
                counts[1] += len(entries)
                counts[2] += surprise
                if len(entries) >= 4:
                    spelled = "".join("v" if p in (1, 5, 9, 15, 21, 23, 25) else "c" for p in places)
                    counts[3] += 1
                    run_on = script == LATIN and "cccccc" in spelled
                    counts[4] += run_on or surprise > MOST * STEPS * (len(entries) + 1)
        at = max(end, at + 1)
    raw = Counter(b for b in value.encode() if b > 32)
    total = raw.total()
    return counts, -sum(n / total * log2(n / total) for n in raw.values())


@given(st.lists(text, min_size=1, max_size=3))
@settings(max_examples=500, deadline=None)
def test_the_kernel_measures_as_plain_python_does(texts: list[str]) -> None:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    found = letters(data, offsets, np.arange(len(texts)), MOST)
    for k, value in enumerate(texts):
        counts, entropy = plain(value)
        assert [int(column[k]) for column in found[:5]] == counts
        assert found.entropy[k] == pytest.approx(entropy)


def test_the_model_holds_chances_that_add_up() -> None:
    chances = 2.0 ** (-letter_table().astype(float) / STEPS)
    assert letter_table().shape == (3, SIZE, SIZE, SIZE)
    sums = chances.sum(axis=-1)
    # A letter that never follows is told as sixteen bits at most, so rows of rare letters add up to a little more.
    assert 0.95 < sums.min() <= sums.max() < 1.05


def test_common_letters_surprise_less_than_rare_ones() -> None:
    table = letter_table()
    t, h, q = (ord(c) - 96 for c in "thq")
    assert table[0, 0, t, h] < table[0, 0, t, q]
    assert table[GREEK - LATIN].min() < table[GREEK - LATIN].max()
