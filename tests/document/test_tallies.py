"""Thresholds in the report: the counts they promise are the counts that rules give."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.build.finished import Finished
from gristmill.contracts.rules import Rule
from gristmill.document.axis import choose
from gristmill.document.tallies import Tally, tallies
from gristmill.document.what_if import counts
from made_build import RULES, Page, make_build

WORDS = ["the", "cat", "and", "dog", "of", "have", "been", "to", "a", "house", "with", "###", "...", "under"]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = np.random.default_rng(7)
    pages = [
        Page(" ".join(draw.choice(WORDS, int(draw.lognormal(4, 1)))), position=at, language="en" if at % 5 else "xx")
        for at in range(400)
    ]
    return make_build(tmp_path_factory.mktemp("tallies") / "made", pages, similarity=2.0)


@pytest.fixture(scope="module")
def counted(build: Path) -> list[Tally]:
    with Finished(build) as finished:
        return tallies(finished)


@pytest.fixture(scope="module")
def signals(build: Path) -> pa.Table:
    return pq.read_table(build / "ledger" / "signals")


def test_every_bounded_number_is_tallied(counted: list[Tally]) -> None:
    named = [tally.signal.name for tally in counted]
    assert named == ["word_count", "mean_word_length", "symbol_ratio", "stop_words"]


def test_another_threshold_breaks_as_many_as_the_rule_with_that_threshold(
    counted: list[Tally], signals: pa.Table
) -> None:
    for tally in counted:
        values = signals.column(f"gopher_quality.{tally.signal.name}").combine_chunks()
        for side in tally.sides:
            for bound in (*tally.axis.edges, side.bound):
                low, high = (bound, None) if side.end == "low" else (None, bound)
                rule = Rule("other", tally.signal.name, low, high, open_low=side.opened, open_high=side.opened)
                assert side.broken(tally.all, bound) == rule.broken_by(values).sum()


def test_what_a_rule_alone_breaks_is_what_no_other_rule_of_the_step_breaks(
    counted: list[Tally], signals: pa.Table
) -> None:
    columns = {
        name: signals.column(f"gopher_quality.{name}").combine_chunks()
        for name in ("word_count", "mean_word_length", "symbol_ratio", "stop_words")
    }
    for tally in counted:
        for side, alone in zip(tally.sides, tally.alone, strict=True):
            if side.rule.low is not None and side.rule.high is not None:
                continue  # its other end counts as another rule, which the reasons of a rule do not tell apart
            others = [rule for rule in RULES["gopher_quality"] if rule.reason != side.rule.reason]
            broken = np.zeros(len(signals), bool)
            for rule in others:
                broken |= rule.broken_by(columns[rule.signal])
            own = next(rule for rule in RULES["gopher_quality"] if rule.reason == side.rule.reason)
            assert side.broken(alone, side.bound) == (own.broken_by(columns[own.signal]) & ~broken).sum()
            assert alone.total == (~broken & np.asarray(columns[own.signal].is_valid())).sum()


def test_bins_hold_every_measured_record(counted: list[Tally], signals: pa.Table) -> None:
    for tally in counted:
        column = signals.column(f"gopher_quality.{tally.signal.name}")
        assert tally.all.total == len(column) - column.null_count


numbers = st.floats(-1e9, 1e9, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["share", "count", "number"]),
    st.tuples(numbers, numbers, numbers).map(sorted),
    st.lists(numbers, max_size=3),
)
def test_an_axis_rises_and_is_no_longer_than_a_chart_can_show(
    kind: str, spread: list[float], thresholds: list[float]
) -> None:
    if kind != "number":
        spread = [abs(value) for value in sorted(map(abs, spread))]
        thresholds = [abs(value) for value in thresholds]
    if kind == "share":
        spread, thresholds = ([min(v / 1e9, 1.0) for v in group] for group in (spread, thresholds))
    axis = choose(kind, spread, thresholds)
    assert 2 <= len(axis.edges) < 200
    assert all(left < right for left, right in zip(axis.edges, axis.edges[1:], strict=False))
    assert all(math.isfinite(axis.at(edge)) for edge in axis.edges)
    assert axis.at(axis.edges[0]) == pytest.approx(0)
    assert axis.at(axis.edges[-1]) == pytest.approx(100)


def test_a_moved_threshold_passes_on_what_a_build_with_it_passes_on(
    build: Path, counted: list[Tally], signals: pa.Table
) -> None:
    with Finished(build) as finished:
        passed = next(e.records_out for e in finished.manifest.funnel if e.step == "gopher_quality")
    word_count = signals.column("gopher_quality.word_count").combine_chunks()
    found = counts(counted[0], 0, passed)
    assert found.kept[found.now] == passed
    for bound, kept in zip(found.bounds, found.kept, strict=True):
        rules = [Rule("too_few_words", "word_count", low=bound), *RULES["gopher_quality"][1:]]
        stays = np.asarray(word_count.is_valid())
        for rule in rules:
            stays &= ~rule.broken_by(signals.column(f"gopher_quality.{rule.signal}").combine_chunks())
        assert kept == stays.sum()
