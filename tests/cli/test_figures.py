"""Numbers, tables and forecasts as they are printed."""

from __future__ import annotations

import pytest

from gristmill.cli import terminal
from gristmill.cli._forecast import show
from gristmill.cli.figures import count, duration, several, share, size
from gristmill.recipe.forecast import Forecast, StepForecast


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "99.9 kB"), (999_499, "999 kB"), (999_999, "1.0 MB"),
     (1.5e9, "1.5 GB"), (2.5e15, "2,500.0 TB")],
)  # fmt: skip
def test_sizes_have_two_or_three_digits_and_a_unit(number: float, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (89, "89 s"), (90, "2 min"), (3599, "1 h 0 min"), (12_000, "3 h 20 min")],
)
def test_durations_are_as_exact_as_people_need(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_counts_and_shares() -> None:
    assert count(1234567) == "1,234,567"
    assert share(1, 3) == "33.3 %"
    assert share(0, 0) == "-"
    assert (several(1, "file"), several(2000, "file")) == ("1 file", "2,000 files")


def test_a_table_is_aligned_and_figures_end_flush(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("step", "out"), [("a", "10"), ("longer", "1,000")], right=("out",))
    assert capsys.readouterr().out == "step      out\na          10\nlonger  1,000\n"


def test_a_table_without_rows_is_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("step", "out"), [])
    assert capsys.readouterr().out == "step  out\n"


def test_a_forecast_says_what_would_stay_and_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    steps = (StepForecast("extract", 2000, 1900, 30.0), StepForecast("gopher_quality", 1900, 950, 2.0))
    forecast = Forecast(100, False, 2000, 950, 40.0, 812.0, 15.0, steps)
    show(forecast)
    said = capsys.readouterr().out
    assert "Forecast, from a sample of 100 records" in said
    assert ["gopher_quality", "~1,900", "~950", "50.0", "%", "2.0", "s"] in [line.split() for line in said.splitlines()]
    assert "~950 of ~2,000 records would be kept (47.5 %), in about 40 s, with 812 MB of memory and 15.0 MB" in said
    assert forecast.as_json()["steps"][1]["records_out"] == 950
