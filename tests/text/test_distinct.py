"""Distinct values of long arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.distinct import distinct_values


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_every_value_is_given_once_ascending(values: list[int]) -> None:
    assert distinct_values(np.array(values, np.uint64)).tolist() == sorted(set(values))
