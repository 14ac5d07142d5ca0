"""What was read and what is left of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gristmill.build.finished import Finished
from gristmill.document.mixture import section
from made_build import Page, make_build


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ([2002, 2003], "Every record bears a time."),
        ([2002, 2003, None], "1 record bears no time."),
        ([102, 2002, 2003, 2100, None, None], "2 records bear no time, 2 records bear a wrong one: before 1000 "),
        ([999, 1000, 2002], "Every record bears a time, 1 record bears a wrong one: before 1000 or after 2099."),
    ],
)
def test_years_that_no_text_is_of_are_counted_and_not_drawn(tmp_path: Path, years: list[int | None], said: str) -> None:
    times = [None if year is None else datetime(year, 5, 1, tzinfo=UTC) for year in years]
    pages = [Page(f"Text number {at}.", position=at, time=time) for at, time in enumerate(times)]
    with Finished(make_build(tmp_path / "made", pages)) as build:
        drawn = section(build).body.partition("<h4>Years")[2]
    assert said in drawn
    for year in years:
        assert (f"<title>{year}: 1 read" in drawn) == (year is not None and 1000 <= year <= 2099)


def test_where_no_time_is_usable_there_are_no_years(tmp_path: Path) -> None:
    with Finished(make_build(tmp_path / "made", [Page("One."), Page("Two.", position=1)])) as build:
        assert "Years" not in section(build).body
