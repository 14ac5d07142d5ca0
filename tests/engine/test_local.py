"""The local engine: workers that die, stand still, raise; and the exchange."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pyarrow as pa
import pytest

from gristmill.engine.exchange import exchange
from gristmill.engine.local import LocalEngine
from gristmill.errors import BuildError, GristmillError, InputError


def square(job, context):
    context.tick(job, job + 1)
    context.report(("seen", job))
    return job * job


def die_on_seven(job, context):
    context.tick(job, job + 1)
    if job == 7:
        os.kill(os.getpid(), signal.SIGSEGV)
    return job


def stand_still_on_three(job, context):
    context.tick(job, job + 1)
    if job == 3:
        time.sleep(60)
    return job


def complain(job, context):
    raise InputError("a.jsonl", "is not there")


def trip(job, context):
    return 1 // 0


def worker_pid(job, context):
    time.sleep(0.2)
    return os.getpid()


@pytest.fixture
def engine(tmp_path):
    engine = LocalEngine(2, tmp_path)
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


def say_half_a_word_and_die(job, context):
    if job == 7:
        os.write(context._pipe.fileno(), b"\0\0\1\0half")
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def test_a_worker_that_dies_in_the_middle_of_a_message_is_dead_like_others(engine):
    results = engine.run(say_half_a_word_and_die, [7], on_report=nothing, on_death=lambda death: 70)
    assert list(results) == [70]


def test_a_worker_that_is_killed_while_it_has_nothing_to_do_is_replaced(engine):
    first = set(engine.run(worker_pid, range(1, 5), on_report=nothing, on_death=no_death))
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    second = set(engine.run(worker_pid, range(1, 5), on_report=nothing, on_death=no_death))
    assert len(second) == 2
    assert not first & second


def test_a_template_that_is_killed_ends_the_run_and_says_how_to_go_on(engine):
    workers = set(engine.run(worker_pid, range(1, 5), on_report=nothing, on_death=no_death))
    for pid in (engine._template.pid, *workers):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    with pytest.raises(BuildError, match="what was finished is kept: run the same command to go on"):
        list(engine.run(square, [1], on_report=nothing, on_death=no_death))


def warm_up_for_long():
    time.sleep(60)


def test_ctrl_c_while_the_template_warms_up_is_not_kept_waiting(tmp_path):
    engine = LocalEngine(1, tmp_path, warm=(__name__, "warm_up_for_long", ()))
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(engine.run(square, [1], on_report=nothing, on_death=no_death))
        engine.close()
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert time.monotonic() - began < 10


def test_rows_of_equal_key_meet_once_in_whole_groups(tmp_path):
    rng = np.random.default_rng(0)
    keys = rng.integers(0, 5000, 20_000).astype(np.uint64)
    rows = np.arange(20_000, dtype=np.int64)
    batches = (
        pa.record_batch([pa.array(keys[i : i + 777]), pa.array(rows[i : i + 777])], ["key", "row"])
        for i in range(0, 20_000, 777)
    )

    def link(keys, rows):
        same = keys[1:] == keys[:-1]
        return rows[:-1][same], rows[1:][same]

    found = [(a, b) for low, high in exchange(batches, link, tmp_path, 64) for a, b in zip(low, high, strict=True)]
    expected = set()
    for key in np.unique(keys):
        members = np.sort(rows[keys == key])
        expected |= set(zip(members[:-1].tolist(), members[1:].tolist(), strict=True))
    assert found == sorted(expected)
    assert not list(tmp_path.iterdir())


def test_an_exchange_of_nothing_gives_nothing(tmp_path):
    assert list(exchange(iter(()), lambda k, r: (r, r), tmp_path, 64)) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), BuildError("a part is gone"), OSError(28, "full")])
def test_an_error_of_the_rows_that_come_to_an_exchange_stays_what_it_is(tmp_path, error):
    def rows():
        yield pa.record_batch([pa.array([1], pa.uint64()), pa.array([1], pa.int64())], ["key", "row"])
        raise error

    with pytest.raises(type(error)) as caught:
        list(exchange(rows(), lambda k, r: (r, r), tmp_path, 64))
    assert caught.value is error


def test_ctrl_c_in_the_middle_of_a_query_is_ctrl_c(tmp_path):
    def rows():
        os.kill(os.getpid(), signal.SIGINT)
        for start in range(0, 50_000_000, 100_000):
            keys = pa.array(np.arange(start, start + 100_000, dtype=np.uint64))
            yield pa.record_batch([keys, keys.cast(pa.int64())], ["key", "row"])

    with pytest.raises(KeyboardInterrupt):
        list(exchange(rows(), lambda k, r: (r, r), tmp_path, 64))
