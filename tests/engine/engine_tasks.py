"""Tasks that do to their worker what the job says, for engines to be tried with."""

from __future__ import annotations

import errno
import os
import signal
import time

from gristmill.errors import InputError


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


def find_the_disk_full(job, context):
    raise OSError(errno.ENOSPC, "No space left on device", "/shared/part")
