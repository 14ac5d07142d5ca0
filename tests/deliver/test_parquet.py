"""Row groups of Parquet files end where their texts come to so many bytes, however the rows come."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.deliver.parquet import _GROUP_BYTES, Parquet

HALF = _GROUP_BYTES // 2
SIZES = [HALF, HALF, 1, 0, _GROUP_BYTES - 1, 2 * _GROUP_BYTES, 0, 5, HALF, HALF - 6, 1, 1]
GROUPS = [2, 3, 1, 5, 1]
"""How many rows of these sizes each group has: it ends with the row that fills it."""


@pytest.mark.parametrize("cuts", [[12], [1] * 12, [5, 7], [3, 1, 6, 2]])
def test_a_row_group_ends_with_the_row_that_fills_it(cuts: list[int], tmp_path: Path) -> None:
    batch = pa.record_batch({"text": pa.array([None if not size else "x" * size for size in SIZES], pa.large_string())})
    writer = Parquet(level=1).open(tmp_path / "part.parquet", batch.schema)
    start = 0
    for rows in cuts:
        writer.write(batch.slice(start, rows))
        start += rows
    writer.close()
    told = pq.read_metadata(tmp_path / "part.parquet")
    assert [told.row_group(group).num_rows for group in range(told.num_row_groups)] == GROUPS
