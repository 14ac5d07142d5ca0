"""Groups of equal keys that came in pieces, made whole again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from gristmill.build.piece_tasks import unsplit
from gristmill.engine.groups import whole_groups


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80), st.integers(4, 40), st.integers(1, 20))
@example([3] * 50, 4, 7)
@example([1, 1, 2, 2, 2, 2, 2, 2, 2, 3], 4, 10)
def test_each_group_comes_once_and_whole(keys: list[int], most: int, batch: int) -> None:
    rows = list(range(len(keys)))
    batches = [
        pa.record_batch(
            [pa.array(keys[at : at + batch], pa.uint64()), pa.array(rows[at : at + batch], pa.int64())], ["key", "row"]
        )
        for at in range(0, len(keys), batch)
    ]
    found: dict[int, list[int]] = {}
    for some, members in unsplit(whole_groups(batches, most)):
        for key in np.unique(some).tolist():
            assert key not in found
            found[key] = members[some == key].tolist()
    assert found == {key: [row for row in rows if keys[row] == key] for key in set(keys) if keys.count(key) > 1}
