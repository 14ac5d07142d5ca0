"""The statistics of removals, held to values worked out elsewhere and to plain sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.document.disparity import Disparity, adjusted, disparity, exact_p


def one(strata: Sequence[tuple[int, ...]]) -> Disparity:
    """A comparison, from strata of (went, stayed) of the group and (went, stayed) of the rest."""
    a, b, c, d = np.array(strata, np.int64).T
    return disparity(a[None], (a + b)[None], (a + c)[None], (a + b + c + d)[None])


def test_one_stratum_gives_the_plain_ratio_and_its_usual_interval() -> None:
    # 30 of 100 against 10 of 100: ratio 3, log interval by 1/30 - 1/100 + 1/10 - 1/100.
    found = one([(30, 70, 10, 90)])
    error = math.sqrt(1 / 30 - 1 / 100 + 1 / 10 - 1 / 100)
    assert found.ratio[0] == pytest.approx(3)
    assert (found.low[0], found.high[0]) == pytest.approx(
        (3 * math.exp(-1.959964 * error), 3 * math.exp(1.959964 * error))
    )
    assert found.survival[0] == pytest.approx(0.7 / 0.9)
    # (|30 - 20| - 0.5)^2 / (100 * 100 * 40 * 160 / (200^2 * 199)) = 11.2249, whose tail is 0.00080710.
    assert found.p[0] == pytest.approx(0.00080710, rel=1e-4)


def test_admissions_to_berkeley_show_nothing_within_departments() -> None:
    # Bickel, Hammel and O'Connell 1975, as R has it in UCBAdmissions; men admitted, men rejected, women admitted ...
    berkeley = [
        (512, 313, 89, 19),
        (353, 207, 17, 8),
        (120, 205, 202, 391),
        (138, 279, 131, 244),
        (53, 138, 94, 299),
        (22, 351, 24, 317),
    ]
    found = one(berkeley)
    # R's mantelhaen.test(UCBAdmissions): X-squared = 1.4269 (1.5246 without the correction), p-value = 0.2323.
    assert found.p[0] == pytest.approx(0.2323, abs=5e-5)
    assert found.low[0] < 1 < found.high[0]
    pooled = one([tuple(np.sum(berkeley, axis=0))])
    assert pooled.ratio[0] > 1.4
    assert pooled.p[0] < 1e-15


def test_few_records_are_tested_exactly() -> None:
    # Fisher's tea: 3 of 4 against 1 of 4; one tail is 17/70 (Agresti 2002, table 3.8).
    assert exact_p(*(np.array([x]) for x in (3, 4, 4, 8))) == pytest.approx(2 * 17 / 70)
    assert one([(3, 1, 1, 3)]).p[0] == pytest.approx(2 * 17 / 70)


def test_strata_in_which_all_or_none_went_say_nothing() -> None:
    alone = one([(8, 4, 3, 9)])
    beside = one([(8, 4, 3, 9), (50, 0, 70, 0), (0, 40, 0, 9), (7, 3, 0, 0)])
    for name in ("went", "informative", "expected", "ratio", "low", "high", "survival", "p"):
        assert getattr(beside, name)[0] == pytest.approx(getattr(alone, name)[0])


def test_where_none_of_the_rest_went_the_interval_still_begins_somewhere() -> None:
    found = one([(30, 70, 0, 300)])
    assert math.isinf(found.ratio[0])
    assert 2 < found.low[0] < found.high[0]
    assert found.p[0] < 1e-10


def test_nothing_to_compare_gives_no_p() -> None:
    assert math.isnan(one([(0, 0, 5, 5)]).p[0])
    assert math.isnan(one([(0, 9, 0, 5)]).p[0])


def _exactly(strata: list[tuple[int, int, int, int]]) -> float:
    """The exact test with fractions and no logarithm."""
    chances = {0: Fraction(1)}
    for a, b, c, d in strata:
        n1, m, n = a + b, a + c, a + b + c + d
        here = {
            k: Fraction(math.comb(m, k) * math.comb(n - m, n1 - k), math.comb(n, n1)) for k in range(min(n1, m) + 1)
        }
        summed: dict[int, Fraction] = {}
        for left, chance in chances.items():
            for right, other in here.items():
                summed[left + right] = summed.get(left + right, Fraction(0)) + chance * other
        chances = summed
    total = sum(stratum[0] for stratum in strata)
    above = sum(chance for k, chance in chances.items() if k >= total)
    below = sum(chance for k, chance in chances.items() if k <= total)
    return float(min(Fraction(1), 2 * min(above, below)))


tables = st.lists(st.tuples(*[st.integers(1, 12)] * 4), min_size=1, max_size=3)


@given(tables)
def test_the_exact_test_is_that_of_plain_fractions(strata: list[tuple[int, int, int, int]]) -> None:
    a, b, c, d = np.array(strata).T
    assert exact_p(a, a + b, a + c, a + b + c + d) == pytest.approx(_exactly(strata), abs=1e-9)


@given(tables)
def test_swapping_group_and_rest_turns_the_ratio_over_and_keeps_p(strata: list[tuple[int, int, int, int]]) -> None:
    there, back = one(strata), one([(c, d, a, b) for a, b, c, d in strata])
    assert there.ratio[0] == pytest.approx(1 / back.ratio[0])
    assert there.low[0] == pytest.approx(1 / back.high[0])
    assert there.p[0] == pytest.approx(back.p[0], abs=1e-9)
    assert there.low[0] <= there.ratio[0] <= there.high[0]


@given(tables)
def test_chi_squared_is_near_the_exact_test_where_much_is_expected(strata: list[tuple[int, int, int, int]]) -> None:
    many = [tuple(40 * x for x in stratum) for stratum in strata]
    a, b, c, d = np.array(many).T
    exact = exact_p(a, a + b, a + c, a + b + c + d)
    assert one(many).p[0] == pytest.approx(exact, abs=0.02)


def test_q_is_that_of_the_worked_example() -> None:
    # Benjamini and Hochberg 1995, section 3.2: of these fifteen, four are found at 0.05.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    q = adjusted(np.array(p))
    assert int((q <= 0.05).sum()) == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    assert q[-1] == 1


@given(st.lists(st.floats(0, 1) | st.just(math.nan), max_size=30))
def test_q_is_never_below_p_and_keeps_its_order(p: list[float]) -> None:
    q = adjusted(np.array(p))
    known = ~np.isnan(np.array(p))
    assert (np.isnan(q) == ~known).all()
    assert (q[known] >= np.array(p)[known] - 1e-15).all()
    order = np.argsort(np.array(p)[known], kind="stable")
    assert (np.diff(q[known][order]) >= 0).all()


def test_chance_is_named_no_more_often_than_the_rate_allows() -> None:
    random = np.random.default_rng(11)
    named = 0
    for _ in range(100):
        came = random.integers(20, 400, (20, 4))
        rest = random.integers(20, 2000, (20, 4))
        rate = random.uniform(0.02, 0.5, 4)
        went, others = random.binomial(came, rate), random.binomial(rest, rate)
        found = disparity(went, came, went + others, came + rest)
        named += bool((adjusted(found.p) <= 0.05).any())
    # Where nothing differs, a build names something with a chance of at most 5 %: 12 or more of 100 has one of 0.4 %.
    assert named <= 11
