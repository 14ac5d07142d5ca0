"""What every engine owes: results, reports, workers that die, stand still or raise, and rows that meet."""

from __future__ import annotations

import errno
import time

import pytest
from engine_tasks import complain, die_on_seven, find_the_disk_full, square, stand_still_on_three, trip, worker_pid

from gristmill.engine.engine import Engine
from gristmill.engine.teams import Where, team
from gristmill.errors import BuildError, GristmillError, InputError


@pytest.fixture(scope="module", params=["local", "ray"])
def engine(request, tmp_path_factory):
    if request.param == "ray":
        pytest.importorskip("ray")
    engine = Engine(team(Where(request.param), 2, tmp_path_factory.mktemp("shared"), None))
    yield engine
    engine.close()


def nothing(_):
    return None


def no_death(death):
    raise AssertionError(death)


def test_every_job_has_its_result_and_its_reports(engine):
    seen = []
    results = engine.run(square, range(10), on_report=seen.append, on_death=no_death)
    assert sorted(results) == [n * n for n in range(10)]
    assert sorted(seen) == [("seen", n) for n in range(10)]


def test_two_workers_share_the_work_and_are_used_again(engine):
    first = set(engine.run(worker_pid, range(1, 5), on_report=nothing, on_death=no_death))
    second = set(engine.run(worker_pid, range(1, 5), on_report=nothing, on_death=no_death))
    assert len(first) == 2
    assert first == second


def test_a_dead_worker_is_replaced_and_its_job_changed_by_whoever_asked(engine):
    deaths = []

    def on_death(death):
        deaths.append(death)
        return 70 if death.times == 2 else death.job

    results = sorted(engine.run(die_on_seven, range(5, 10), on_report=nothing, on_death=on_death))
    assert results == [5, 6, 8, 9, 70]
    assert [(d.job, d.times, d.first, d.last, d.stuck) for d in deaths] == [(7, 1, 7, 8, False), (7, 2, 7, 8, False)]
    assert "signal 11 (SIGSEGV)" in deaths[0].cause


def test_a_worker_that_stands_still_is_killed(engine):
    deaths = []

    def on_death(death):
        deaths.append(death)
        return 30

    results = engine.run(stand_still_on_three, range(1, 5), on_report=nothing, on_death=on_death, tick_limit=1.0)
    assert sorted(results) == [1, 2, 4, 30]
    assert [(d.stuck, d.cause) for d in deaths] == [(True, "took longer than 1 s")]


def test_an_error_of_ours_keeps_its_sentence_and_exit_code(engine):
    with pytest.raises(GristmillError, match=r"a\.jsonl: is not there") as caught:
        list(engine.run(complain, [1], on_report=nothing, on_death=no_death))
    assert caught.value.exit_code == InputError.exit_code


def test_a_defect_in_a_task_is_named_as_one_and_keeps_its_trace(engine):
    with pytest.raises(BuildError, match="defect") as caught:
        list(engine.run(trip, [1], on_report=nothing, on_death=no_death))
    assert "ZeroDivisionError" in caught.value.__notes__[0]


def test_a_task_that_cannot_write_says_where_and_why(engine):
    with pytest.raises(OSError, match="No space left on device") as caught:
        list(engine.run(find_the_disk_full, [1], on_report=nothing, on_death=no_death))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "/shared/part")


def test_an_error_gives_up_what_else_is_at_work_and_the_engine_goes_on(engine):
    jobs = [3, *range(10, 14)]  # the first would stand still for a minute
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"):
        for result in engine.run(stand_still_on_three, jobs, on_report=nothing, on_death=no_death):
            raise RuntimeError(f"{result} is enough")
    assert sorted(engine.run(square, range(4), on_report=nothing, on_death=no_death)) == [0, 1, 4, 9]
    assert time.monotonic() - began < 30
