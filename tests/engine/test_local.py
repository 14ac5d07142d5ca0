"""The team on this machine: its template, its idle workers, and deaths at bad moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from engine_tasks import square, worker_pid

from gristmill.engine.engine import Engine
from gristmill.engine.local import LocalTeam, import_path
from gristmill.errors import BuildError


@pytest.fixture
def engine():
    engine = Engine(LocalTeam(2))
    yield engine
    engine.close()


def nothing(_):
    return None


def no_death(death):
    raise AssertionError(death)


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
    for pid in (engine.team._template.pid, *workers):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    with pytest.raises(BuildError, match="what was finished is kept: run the same command to go on"):
        list(engine.run(square, [1], on_report=nothing, on_death=no_death))


def warm_up_for_long():
    time.sleep(60)


def test_ctrl_c_while_the_template_warms_up_is_not_kept_waiting():
    engine = Engine(LocalTeam(1, warm=(__name__, "warm_up_for_long", ())))
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


def test_a_folder_of_scripts_may_hold_what_is_called_like_a_part_of_python(tmp_path, monkeypatch):
    (tmp_path / "encodings.py").write_text("raise SystemExit(3)")
    (tmp_path / "plugin.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": import_path()}
    assert subprocess.run([sys.executable, "-c", "import plugin"], env=environment).returncode == 0
