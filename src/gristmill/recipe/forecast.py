"""What a dry run on a sample says of a build: what each step would pass on, time, memory and disk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StepForecast:
    """A line of the recipe: what the whole build would bring to it and what it would pass on."""

    step: str
    records_in: int
    records_out: int
    seconds: float  # of one core


@dataclass(frozen=True, slots=True)
class Forecast:
    """Figures of the whole build, scaled up from `sampled` records by their share of the bytes to read.

    `seconds` are those of the build but for its report, with so many `workers`.
    """

    sampled: int
    whole: bool  # the sample is all there is, so that the counts are exact
    read: int
    kept: int
    seconds: float
    peak_mb: float | None  # of all processes together; None where the system does not tell
    disk_mb: float
    steps: tuple[StepForecast, ...]
    quarantined: int = 0
    workers: int = 1
    compares: bool = False  # a step judges records by others, of which a sample has but a part
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As `run.json` keeps it, to be compared with the outcome."""
        return asdict(self)
