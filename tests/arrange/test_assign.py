"""Groups to splits: exact shares, fixed thresholds, time, and what an earlier build had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.arrange._assign import by_shares, by_threshold, by_time
from gristmill.build.split_summary import spanning
from gristmill.contracts.splitting import IN_GAP, NO_TIME, UNDATED, Groups
from gristmill.text.apportion import apportioned

SHARES = (0.8, 0.1, 0.1)
WEIGHTS = st.lists(st.integers(1, 50), min_size=0, max_size=300)


def groups(
    weights: list[int], seed: int = 0, strata: list[int] | None = None, times: list[int] | None = None
) -> Groups:
    draw = np.random.RandomState(seed)
    count = len(weights)
    time = np.array(times if times is not None else [NO_TIME] * count, np.int64)
    return Groups(
        np.arange(count, dtype=np.uint64),
        draw.randint(0, 1 << 63, count).astype(np.uint64) << np.uint64(1),
        np.array(weights, float),
        np.array(strata if strata is not None else [0] * count, np.uint64),
        time,
        time,
        np.full(count, -1, np.int64),
    )


def dealt_plainly(weights: list[float], shares: list[float]) -> list[int]:
    """`apportioned` without a kernel."""
    given_, seen, out = [0.0] * len(shares), 0.0, []
    for weight in weights:
        seen += weight
        wants = [share * seen - got for share, got in zip(shares, given_, strict=True)]
        out.append(wants.index(max(wants)))
        given_[out[-1]] += weight
    return out


@given(WEIGHTS)
def test_the_kernel_deals_as_plain_python_does(weights: list[int]) -> None:
    dealt = apportioned(np.array(weights, float), np.array(SHARES))
    assert dealt.tolist() == dealt_plainly(weights, list(SHARES))


@given(WEIGHTS, st.lists(st.integers(1, 9), min_size=2, max_size=6), st.integers(0, 99), st.integers(1, 4))
def test_no_split_is_ahead_of_its_share_by_more_than_its_largest_group(
    weights: list[int], parts: list[int], seed: int, strata: int
) -> None:
    shares = [part / sum(parts) for part in parts]
    made = groups(weights, seed, [k % strata for k in range(len(weights))])
    split = by_shares(made, shares)
    for at, share in enumerate(shares):
        mine = made.weight[split == at]
        assert mine.sum() <= share * made.weight.sum() + mine.max(initial=0) + 1e-6
    assert ((split >= 0) & (split < len(shares))).all()


def test_groups_of_one_are_dealt_out_to_the_record() -> None:
    counts = np.bincount(by_shares(groups([1] * 1000), SHARES))
    assert counts.tolist() == [800, 100, 100]


def test_every_stratum_has_its_shares_to_within_a_group() -> None:
    strata = [0] * 700 + [1] * 200 + [2] * 100
    split = by_shares(groups([1] * 1000, strata=strata), SHARES)
    for stratum, size in enumerate((700, 200, 100)):
        counts = np.bincount(split[np.array(strata) == stratum], minlength=3)
        assert np.abs(counts - size * np.array(SHARES)).max() <= 1


def test_large_groups_and_small_ones_have_the_same_shares() -> None:
    weights = [1] * 1000 + [20] * 100
    split = by_shares(groups(weights), SHARES)
    for size in (1, 20):
        mine = split[np.array(weights) == size]
        assert np.bincount(mine, minlength=3) / len(mine) == pytest.approx(SHARES, abs=0.02)


def test_a_group_larger_than_a_split_goes_where_most_room_is() -> None:
    split = by_shares(groups([400] + [1] * 600), SHARES)
    assert split[0] == 0
    assert np.bincount(split, [400] + [1] * 600).tolist() == [800, 100, 100]


def test_one_group_of_all_records_is_trained_on() -> None:
    assert by_shares(groups([500]), SHARES).tolist() == [0]


def test_another_seed_gives_another_assignment() -> None:
    one, other = (by_shares(groups([1] * 200, seed), SHARES) for seed in (1, 2))
    assert (one != other).any()


@given(WEIGHTS, st.data())
def test_what_was_held_out_before_stays_held_out(weights: list[int], data: st.DataObject) -> None:
    before = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=len(weights), max_size=len(weights))), np.int64)
    made = replace(groups(weights), before=before)
    for split in (by_shares(made, SHARES), by_threshold(made, SHARES)):
        assert (split[before >= 0] >= before[before >= 0]).all()


@settings(max_examples=200)
@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=40), st.data())
def test_with_fixed_thresholds_more_members_only_hold_out_more(places: list[int], data: st.DataObject) -> None:
    """A group that grows, or joins another, has a lower lowest hash: it stays, or goes to a split named later."""
    made = groups([1] * len(places))
    one = by_threshold(replace(made, place=np.array(places, np.uint64)), SHARES)
    lower = [data.draw(st.integers(0, place)) for place in places]
    other = by_threshold(replace(made, place=np.array(lower, np.uint64)), SHARES)
    assert (other >= one).all()


def test_thresholds_hold_the_shares_on_average() -> None:
    counts = np.bincount(by_threshold(groups([1] * 20_000), SHARES)) / 20_000
    assert counts == pytest.approx(SHARES, abs=0.01)


DAY = 86_400_000_000


def test_time_decides_by_the_latest_member() -> None:
    times = [0, 9, 10, 19, 20, 99, NO_TIME]
    made = groups([1] * 7, times=[t if t == NO_TIME else t * DAY for t in times])
    assert by_time(made, [10 * DAY, 20 * DAY], 0, IN_GAP, UNDATED).tolist() == [0, 0, 1, 1, 2, 2, UNDATED]
    assert by_time(made, [10 * DAY, 20 * DAY], DAY, IN_GAP, 0).tolist() == [0, IN_GAP, 1, IN_GAP, 2, 2, 0]
    assert by_time(made, [10 * DAY, 20 * DAY], DAY, 0, UNDATED).tolist() == [0, 0, 1, 0, 2, 2, UNDATED]


def test_what_an_earlier_build_held_out_is_held_out_in_the_gap_too() -> None:
    made = replace(groups([1], times=[9 * DAY]), before=np.array([1]))
    assert by_time(made, [10 * DAY], 2 * DAY, IN_GAP, UNDATED).tolist() == [1]


def test_groups_on_both_sides_of_a_border_are_counted() -> None:
    made = groups([1, 1, 1], times=[5, 15, NO_TIME])
    made = replace(made, earliest=np.array([5, 5, np.iinfo(np.int64).max]))
    assert spanning(made, [10]) == 1
