"""Charts whose labels can be read."""

from __future__ import annotations

import pytest

from gristmill.document.charts import _TICK_SHARE, Tick, columns


@pytest.mark.parametrize("ticks", [3, 12, 32, 100])
def test_no_label_stands_in_another(ticks: int) -> None:
    every = [Tick(100 * (at + 0.5) / ticks, str(1993 + at)) for at in range(ticks)]
    drawn = columns([], every)
    right = -_TICK_SHARE
    for tick in every:
        for anchor, before in (("start", 0.0), ("middle", 0.5), ("end", 1.0)):
            if f'text-anchor="{anchor}">{tick.label}<' in drawn:
                assert tick.at - before * _TICK_SHARE >= right
                right = tick.at + (1 - before) * _TICK_SHARE
    assert right > 75  # the axis is labelled to its end
