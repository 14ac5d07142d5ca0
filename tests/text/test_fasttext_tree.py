"""The search that leaves branches out finds what a look at every leaf finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.fasttext_file import huffman
from gristmill.text.fasttext_tree import LOG_FLOOR, best_label, branches


def products(left, right, outputs, hidden):
    """The product of probabilities on the way to each leaf, in plain Python of single precision."""
    one, leaves = np.float32(1), (len(left) + 1) // 2
    chances = np.ones(len(left), np.float32)
    for node in range(len(left) - 1, leaves - 1, -1):
        activation = np.float32(0)
        for weight, value in zip(outputs[node - leaves], hidden, strict=True):
            activation += weight * value
        share = one / (one + np.exp(-activation))
        chances[left[node]] = chances[node] * (one - share + LOG_FLOOR)
        chances[right[node]] = chances[node] * (share + LOG_FLOOR)
    return chances[:leaves]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(0, 99), st.sampled_from([0.0, 0.01, 1.0, 9.0])
)
def test_the_likeliest_leaf_is_found(counts, seed, spread):
    source = np.random.default_rng(seed)
    left, right = huffman(sorted(counts, reverse=True))
    outputs = (source.normal(size=(len(counts), 5)) * spread).astype(np.float32)
    hidden = source.normal(size=5).astype(np.float32)
    wanted = products(left, right, outputs, hidden)
    label, chance = best_label(left, right, outputs, hidden, branches(len(left)))
    assert chance == pytest.approx(wanted[label], rel=1e-5)
    assert wanted[label] == pytest.approx(wanted.max(), rel=1e-5)


@pytest.mark.parametrize("labels", [1, 2, 7, 64])
def test_the_first_of_equal_leaves_is_taken(labels):
    left, right = huffman([1] * labels)
    outputs, hidden = np.zeros((labels, 16), np.float32), np.ones(16, np.float32)
    label, _ = best_label(left, right, outputs, hidden, branches(len(left)))
    assert label == int(products(left, right, outputs, hidden).argmax())
