"""What is said to be kept of a build that was stopped."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gristmill.build.kept import kept_of_pass
from gristmill.build.parts import PartInfo, Place
from gristmill.build.store import Store
from gristmill.build.unit import UnitJob


def job(folder: Path, unit: str, *, whole: int, begun: int, number: int = 0) -> UnitJob:
    """A unit of 200 bytes: so many parts are through the pass, and so many more were read for an earlier one."""
    place = Place(Store(folder, False), unit, {"base": ("base", "b"), f"verdicts{number}": ("verdicts", "v")})
    for part in range(whole + begun):
        for store in ("base", f"verdicts{number}")[: 2 if part < whole else 1]:
            path = place.path(store, part)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        PartInfo(1, 1_000, 1_000 * (part + 1), part == 1, 100, {}).save(place, part)
    return cast(UnitJob, SimpleNamespace(place=place, number=number, unit=SimpleNamespace(size=200)))


@pytest.mark.parametrize(
    ("number", "units", "said"),
    [
        (0, [(0, 0), (0, 0)], "nothing of pass 1 of 2 yet"),
        (1, [(0, 2), (0, 2)], "all before pass 2 of 2, nothing of it yet"),
        (0, [(1, 0), (0, 0)], "1,000 records in 1 part of pass 1 of 2, 25% of the bytes"),
        (1, [(2, 0), (1, 1)], "3,000 records in 3 parts of pass 2 of 2, 75% of the bytes"),
    ],
)
def test_parts_are_counted_that_are_through_the_pass(
    tmp_path: Path, number: int, units: list[tuple[int, int]], said: str
) -> None:
    jobs = [job(tmp_path, str(at), whole=whole, begun=begun, number=number) for at, (whole, begun) in enumerate(units)]
    assert kept_of_pass(jobs, 2) == said
