"""Ctrl-C where Python throws away what is raised."""

from __future__ import annotations

import signal
import sys
import threading
import time

import pytest

from gristmill.cli._interrupts import heard


class Raises:
    """Raises when it is thrown away, as a callback does in the middle of a fork or of compiling."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def test_ctrl_c_in_a_callback_comes_again_and_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), heard():
        Raises(KeyboardInterrupt())
        time.sleep(5)
    assert capsys.readouterr().err == ""


def test_other_errors_in_callbacks_are_told_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "unraisablehook", told.append)
        with heard():
            Raises(ValueError("a defect"))
    assert [lost.exc_type for lost in told] == [ValueError]
    assert capsys.readouterr().err == ""


def test_everything_is_as_before_afterwards() -> None:
    before = sys.unraisablehook, signal.getsignal(signal.SIGALRM)
    with heard():
        assert sys.unraisablehook is not before[0]
    assert (sys.unraisablehook, signal.getsignal(signal.SIGALRM)) == before


def test_in_another_thread_it_does_nothing() -> None:
    seen = []

    def run() -> None:
        with heard():
            seen.append(signal.getsignal(signal.SIGALRM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGALRM)]
