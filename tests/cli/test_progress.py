"""What a build says while it runs."""

from __future__ import annotations

import pytest

from gristmill.build.run import Began
from gristmill.build.unit import Progress
from gristmill.cli._progress import Show


def test_a_line_has_records_bytes_rate_time_left_and_what_each_step_took_out() -> None:
    show = Show(["extract", "language", "gopher_quality"])
    show(Began("pass 1 of 1", 100_000_000))
    show(Progress(1000, 20_000_000, {-1: 600, 0: 10, 2: 390}, {}))
    show(Progress(500, 5_000_000, {-1: 300, 1: 100, 2: 100}, {}))
    assert show.line(5.0) == (
        "  1,500 records, 25.0 MB of 100 MB, 5.0 MB/s, 15 s left; out: extract 10, language 100, gopher_quality 490"
    )


def test_a_new_stage_begins_to_count_anew(capsys: pytest.CaptureFixture[str]) -> None:
    show = Show(["language"])
    show(Progress(1000, 20_000_000, {0: 10}, {}))
    show(Began("deliver", 0))
    show(("published", 40))
    assert show.line(2.0) == "  40 records, 20/s"
    assert capsys.readouterr().out == "deliver\n"


def test_where_no_terminal_is_a_build_says_a_line_of_its_own_every_few_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show = Show([])
    show.shown -= 10
    show(Progress(3, 30, {}, {}))
    show(Progress(3, 30, {}, {}))
    assert capsys.readouterr().err.count("records") == 1


def test_a_small_file_that_comes_first_foretells_nothing() -> None:
    show = Show([])
    show(Began("pass 1 of 1", 4_000_000))
    show(Progress(5, 2_400, {}, {}))
    assert show.line(4.0) == "  5 records, 2.4 kB of 4.0 MB, 600 B/s"
    assert show.line(60.0).endswith(" left")  # by then it is the rate that there is
