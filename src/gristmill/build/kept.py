"""What the stores of a build that was stopped hold for the next run of it, told in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gristmill.build.parts import PartInfo
from gristmill.build.publish import PublishJob, is_published
from gristmill.build.unit import UnitJob


def kept_of_pass(jobs: Sequence[UnitJob], passes: int) -> str:
    """How far a pass came, by the parts of it that are whole."""
    number = jobs[0].number if jobs else 0
    name = f"pass {number + 1} of {passes}"
    parts = [info for job in jobs for info in _whole(job)]
    if not parts:
        return f"all before {name}, nothing of it yet" if number else f"nothing of {name} yet"
    read, size = sum(info.raw_bytes for info in parts), sum(job.unit.size for job in jobs)
    share = f", {min(read / size, 1):.0%} of the bytes" if size else ""
    records = sum(info.rows for info in parts)
    return f"{_several(records, 'record')} in {_several(len(parts), 'part')} of {name}{share}"


def kept_of_delivery(jobs: Sequence[PublishJob]) -> str:
    """All passes, and those parts that were delivered."""
    return f"every pass; {sum(map(is_published, jobs)):,} of {_several(len(jobs), 'part')} delivered"


def _whole(job: UnitJob) -> Iterator[PartInfo]:
    """The parts that need not be taken through the pass again; a unit is worked on part by part."""
    part = 0
    while info := PartInfo.load(job.place, part):
        if not job.place.path(f"verdicts{job.number}", part).exists():
            return
        yield info
        if info.last:
            return
        part += 1


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
