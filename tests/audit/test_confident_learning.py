"""Likely label errors, as cleanlab finds them, and by properties that hold of any probabilities."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.audit._confident_learning import Method, confident, joint, likely_errors, suggested, thresholds

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "confident_learning.json").read_text())
METHODS: tuple[Method, ...] = get_args(Method)
Drawn = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: f"{len(case['thresholds'])} labels")
@pytest.mark.parametrize("method", METHODS)
def test_it_finds_what_cleanlab_finds(case: dict[str, object], method: Method) -> None:
    shares, labels = np.array(case["shares"]), np.array(case["given"])
    assert np.allclose(thresholds(shares, labels), case["thresholds"])
    assert np.flatnonzero(likely_errors(shares, labels, method)).tolist() == case["found"][method]  # type: ignore[index]


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    labels = draw(st.integers(2, 5))
    given_labels = draw(st.lists(st.integers(0, labels - 1), min_size=1, max_size=40))
    raw = draw(st.lists(st.floats(0.01, 1), min_size=labels * len(given_labels), max_size=labels * len(given_labels)))
    shares = np.array(raw).reshape(-1, labels)
    return shares / shares.sum(axis=1, keepdims=True), np.array(given_labels)


@given(drawn())
@settings(max_examples=200)
def test_the_joint_counts_every_record_once_under_its_given_label(case: Drawn) -> None:
    shares, labels = case
    estimate = joint(shares, labels)
    assert estimate.sum(axis=1).tolist() == np.bincount(labels, minlength=shares.shape[1]).tolist()
    assert (estimate >= 0).all() and (estimate == np.round(estimate)).all()


@given(drawn(), st.sampled_from(METHODS))
@settings(max_examples=200)
def test_a_label_that_the_model_finds_likeliest_is_never_an_error(case: Drawn, method: Method) -> None:
    shares, labels = case
    found = likely_errors(shares, labels, method)
    assert not (found & (shares.argmax(axis=1) == labels)).any()
    assert (suggested(shares, labels) != labels).all()


def test_labels_never_given_and_no_record_at_all_find_nothing() -> None:
    shares = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0]])
    labels = np.array([0, 0])
    assert confident(shares, labels).tolist() == [0, -1]
    for method in METHODS:
        assert not likely_errors(shares, labels, method).any()
        assert not len(likely_errors(np.zeros((0, 3)), np.zeros(0, np.int64), method))
