"""What is tried next where a worker died over a job, until the record that does it stands alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gristmill.build.unit import UnitJob
from gristmill.engine.protocol import Death
from gristmill.errors import BuildError

READINGS = 3
"""How often a remote unit is read before its rest is given up: what stands still may be a network that recovers."""


def isolate(death: Death) -> UnitJob:
    """Try again; then record by record; then without the record that does it, or what cannot be read after it."""
    job: UnitJob = death.job
    reading = death.first == death.last
    remote = "://" in job.unit.members[0].path
    if (death.times == 1 and not death.stuck) or (reading and remote and death.times < READINGS):
        return job
    if reading:
        tried = replace(job, lost_from=(death.first, death.cause))
    elif death.last - death.first == 1:
        tried = replace(job, poison={**job.poison, death.first: f"this record {death.cause}"})
    else:
        tried = replace(job, suspect=(death.first, death.last))
    if tried == job:
        source = job.unit.members[0].source
        raise BuildError(f"working on {source} {death.cause} again and again, whatever is set aside; is there memory?")
    return tried


def retry(death: Death) -> Any:
    if death.times >= 3:
        raise BuildError(f"writing the build {death.cause} three times; is there enough memory?")
    return death.job
