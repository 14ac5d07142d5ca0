from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_run import batch, run
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View
from gristmill.dedup.exact_duplicates import ExactDuplicates


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(alphabet="ab \n", max_size=3), st.text(max_size=20)), max_size=25))
def test_of_equal_texts_the_first_stays(texts: list[str | None]) -> None:
    first: dict[str, int] = {}
    wanted = {k: first[text] for k, text in enumerate(texts) if text and first.setdefault(text, k) != k}
    went, cluster = run(ExactDuplicates(), texts)
    assert {lost: kept for lost, (kept, _) in went.items()} == wanted
    assert all(cluster[lost] == kept for lost, kept in wanted.items())


def test_the_best_ranked_copy_stays() -> None:
    went, cluster = run(ExactDuplicates(), ["a", "b", "a", "a"], np.array([2, 0, 1, 3]))
    assert went == {0: (2, 1.0), 3: (2, 1.0)}
    assert cluster.tolist() == [0, 1, 0, 0]


def test_simplified_texts_differ_in_case_marks_numbers_and_punctuation() -> None:
    texts = ["Café, 3.50!", "cafe 12", "CAFÉ (7)", "cafe", "cafe 1 2"]
    assert {lost: kept for lost, (kept, _) in run(ExactDuplicates(normalise="simplified"), texts)[0].items()} == {
        1: 0,
        2: 0,
    }
    assert run(ExactDuplicates(), texts)[0] == {}


def test_texts_with_nothing_to_compare_are_left_alone() -> None:
    texts = ["", None, "", "...", "???"]
    assert run(ExactDuplicates(), texts)[0] == {}
    assert run(ExactDuplicates(normalise="simplified"), texts)[0] == {}


def test_equal_keys_alone_drop_nothing() -> None:
    evidence = Evidence(np.array([7, 8, 7, 8], np.uint64), np.arange(5))
    settled = ExactDuplicates().settle(np.zeros(3, np.int64), np.arange(1, 4), np.arange(4), evidence)
    assert dict(zip(settled.lost.tolist(), settled.kept.tolist(), strict=True)) == {2: 0, 3: 1}
    assert settled.cluster.tolist() == [0, 1, 0, 1]


def test_the_two_halves_of_a_hash_have_nothing_in_common() -> None:
    view = View(batch([f"text {k}" for k in range(2000)]))
    keys, others = ExactDuplicates().sketch(view).keys, ExactDuplicates().evidence(view)[0]
    shared = np.bitwise_count(keys ^ others)
    assert len(set(keys.tolist())) == len(set(others.tolist())) == 2000
    assert abs(float(shared.mean()) - 32) < 0.5
