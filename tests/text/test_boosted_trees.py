"""Boosted trees that are asked as splits, held to walking down them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.clean._extractor_training import flattened
from gristmill.text.boosted_trees import DEEPEST, LANES, Trees, probabilities, splits_of

Node = dict[str, Any]
COLUMNS = 5
FEW = st.sampled_from([-1.5, 0.0, 0.25, 2.0])


def node(column: int, threshold: float, left: Node, right: Node) -> Node:
    return {"split_feature": column, "threshold": threshold, "left_child": left, "right_child": right}


leaves = st.floats(-2, 2, width=32).map(lambda value: {"leaf_value": value})
nodes = st.recursive(
    leaves, lambda below: st.builds(node, st.integers(0, COLUMNS - 1), FEW, below, below), max_leaves=100
)


def walked(row: list[float], tree: Node) -> float:
    while "leaf_value" not in tree:
        tree = tree["right_child" if row[tree["split_feature"]] > tree["threshold"] else "left_child"]
    return float(np.float32(tree["leaf_value"]))


def logistic(rows: np.ndarray, trees: list[Node]) -> np.ndarray:
    sums = np.zeros(len(rows))
    for tree in trees:
        sums += [walked(row, tree) for row in rows.tolist()]
    return 1 / (1 + np.exp(-sums))


def asked(rows: np.ndarray, trees: list[Node]) -> np.ndarray:
    return probabilities(rows, splits_of(flattened([{"tree_structure": tree} for tree in trees])))


@settings(max_examples=60)
@given(st.lists(nodes, max_size=4), st.lists(st.tuples(*[FEW | st.just(np.nan)] * COLUMNS), max_size=8))
def test_splits_give_what_walking_the_trees_gives(trees: list[Node], given_rows: list[tuple[float, ...]]) -> None:
    rows = np.array(given_rows, np.float32).reshape(-1, COLUMNS)
    np.testing.assert_allclose(asked(rows, trees), logistic(rows, trees), rtol=1e-12)


def whole_tree(depth: int, rng: np.random.Generator) -> Node:
    if not depth:
        return {"leaf_value": float(rng.normal())}
    below = [whole_tree(depth - 1, rng) for _ in range(2)]
    return node(int(rng.integers(COLUMNS)), float(rng.normal()), *below)


@pytest.mark.parametrize("depth", [4, 5, 6, 8])
@pytest.mark.parametrize("count", [1, LANES - 1, LANES, 2 * LANES + 1])
def test_trees_of_more_leaves_than_a_word_has_bits_and_any_number_of_rows_are_walked_alike(
    depth: int, count: int
) -> None:
    rng = np.random.default_rng(depth)
    rows = rng.normal(size=(count, COLUMNS)).astype(np.float32)
    trees = [whole_tree(depth, rng) for _ in range(3)]
    np.testing.assert_allclose(asked(rows, trees), logistic(rows, trees), rtol=1e-12)


def stairs(depth: int) -> Trees:
    """A tree that has a leaf on the left of each step, and the next step on its right."""
    places = np.arange(2 * depth + 1)
    steps = (places % 2 == 0) & (places < 2 * depth)
    return Trees(
        np.zeros(1, np.uint32),
        np.zeros(1, np.uint8),
        np.zeros(len(places), np.uint16),
        np.where(steps, 0, np.inf).astype(np.float32),
        np.where(steps, places + 1, places).astype(np.uint32),
        places.astype(np.float32) / len(places),
    )


def test_a_tree_that_is_too_deep_is_refused() -> None:
    deep = splits_of(stairs(DEEPEST))
    np.testing.assert_allclose(probabilities(np.ones((1, 1), np.float32), deep), 1 / (1 + np.exp(-1 + 1 / 511)))
    with pytest.raises(ValueError, match="deeper"):
        splits_of(stairs(DEEPEST + 1))
