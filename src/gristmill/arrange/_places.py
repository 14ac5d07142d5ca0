"""How many places each stratum gets of those that are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


def in_proportion(sizes: Counts, places: int) -> Counts:
    """Places by size, to within one: the largest remainders get what is left, of equal ones the earlier stratum."""
    total = int(sizes.sum())
    if places >= total:
        return sizes.copy()
    exact = [places * size for size in sizes.tolist()]  # in whole numbers: no remainder is rounded
    given = np.array([share // total for share in exact], np.int64)
    left = places - int(given.sum())
    order = sorted(range(len(sizes)), key=lambda k: (-(exact[k] % total), k))
    given[order[:left]] += 1
    return given


def in_turn(strata: Counts, count: int, places: int) -> Counts:
    """Places as the strata take turns, one record each, the best first: equal shares as long as there are records.

    `strata` are those of all records from the best to the last.
    """
    order = np.argsort(strata, kind="stable")
    own = np.bincount(strata, minlength=count)
    begins = np.cumsum(own) - own
    turn = np.empty(len(strata), np.int64)
    turn[order] = np.arange(len(strata)) - begins[strata[order]]
    first = np.argsort(turn, kind="stable")[:places]
    return np.bincount(strata[first], minlength=count)


def as_given(names: Sequence[str | None], sizes: Counts, quotas: Mapping[str, int]) -> Counts:
    """Places by name, no more than there are records; a stratum that is not named gets none."""
    asked = np.array([quotas.get(name, 0) if name is not None else 0 for name in names], np.int64)
    return np.minimum(asked, sizes)
