"""The choice of blocks by the expected F measure, against trying every choice there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.clean._main_content import FAVOR, falling, precision_weight
from gristmill.text.expected_f1 import best_blocks
from gristmill.text.html_layout import UNSPACED, WORDS, WORDS_END

BLOCKS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.floats(0, 1)), min_size=1, max_size=7)
Numbers = npt.NDArray[np.float64]


def f_measure(taken: npt.NDArray[np.bool_], words: Numbers, shares: Numbers, beta: float) -> float:
    """Of content and words as they are expected to be."""
    content, wanted = (words * shares)[taken].sum(), (words * shares).sum()
    whole = words[taken].sum() + beta**2 * wanted
    return float((1 + beta**2) * content / whole) if whole else 0.0


@given(BLOCKS, st.sampled_from(sorted(FAVOR.values())))
def test_no_other_choice_of_blocks_has_a_greater_expected_f(found: list[tuple[int, int, float]], beta: float) -> None:
    table = np.zeros((len(found), WORDS_END + 1), np.int32)
    table[:, WORDS], table[:, UNSPACED] = zip(*[one[:2] for one in found], strict=True)
    words = (table[:, WORDS] + table[:, UNSPACED] // 2).astype(np.float64)
    shares = np.array([one[2] for one in found])
    taken = best_blocks(table, shares, falling(shares), precision_weight(beta))
    choices = (np.array(choice) for choice in product((False, True), repeat=len(found)))
    best = max(f_measure(choice, words, shares, beta) for choice in choices)
    assert f_measure(taken, words, shares, beta) == pytest.approx(best, abs=1e-6)
