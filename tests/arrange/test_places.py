"""Places of strata: in proportion, in turn, as given."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.arrange._places import as_given, in_proportion, in_turn


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(0, 400))
def test_places_in_proportion_are_within_one_of_their_share_and_never_more_than_there_are(
    sizes: list[int], places: int
) -> None:
    found = in_proportion(np.array(sizes), places).tolist()
    total = sum(sizes)
    assert sum(found) == min(places, total)
    for size, given_ in zip(sizes, found, strict=True):
        assert given_ <= size
        if places < total:
            assert abs(given_ - Fraction(places * size, total)) < 1


@given(st.lists(st.integers(0, 4), max_size=40), st.integers(0, 50))
def test_strata_take_turns_until_all_places_are_filled(strata: list[int], places: int) -> None:
    found = in_turn(np.array(strata, np.int64), 5, places).tolist()
    left = list(enumerate(strata))
    plain = [0] * 5
    for _ in range(places):
        if not left:
            break
        turn = min(plain[stratum] for _, stratum in left)
        at, stratum = next((at, stratum) for at, stratum in left if plain[stratum] == turn)
        plain[stratum] += 1
        left.remove((at, stratum))
    assert found == plain


def test_given_quotas_are_cut_to_what_there_is_and_values_without_one_get_none() -> None:
    assert as_given(["de", "en", None, "fr"], np.array([3, 9, 4, 5]), {"de": 7, "en": 2, "zz": 1}).tolist() == [
        3,
        2,
        0,
        0,
    ]
