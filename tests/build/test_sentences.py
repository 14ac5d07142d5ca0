"""Rows of the ledger as sentences."""

from __future__ import annotations

import pytest

from gristmill.build.ledger import DROPPED
from gristmill.build.sentences import said_of_fate

TWO = "lines (lines is 1, asked is <= 0.3); words (words is 2, asked is <= 0.3)"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([], "it gave no reason"),
        (["lines", "words"], TWO),
        (["lines", "words", "grams"], f"{TWO}; and 1 more rule, marked below"),
        (["lines", "words", "grams", "marks"], f"{TWO}; and 2 more rules, marked below"),
    ],
)
def test_two_broken_rules_are_told_and_the_others_counted(broken: list[str], said: str) -> None:
    reasons = [
        {"reason": name, "signal": f"step.{name}", "value": float(at), "label": None, "bound": "<= 0.3"}
        for at, name in enumerate(broken, 1)
    ]
    record = {"file": None, "fate": DROPPED, "step": "step", "reasons": reasons}
    assert said_of_fate(record) == f"Dropped by step: {said}."
