"""From the build of a sample to the whole: counts by bytes of source, time and memory by rules that were fitted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gristmill.build.certificate import refusal
from gristmill.build.funnel import READ_STEP, Funnel
from gristmill.build.publish import DELIVERING
from gristmill.build.run import EXCHANGING
from gristmill.build.sample import LEFT_OUT, Place
from gristmill.build.telling import uncompared
from gristmill.build.unit import PART_BYTES, READING, STORING
from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.splitting import SplitStep
from gristmill.contracts.step import CorpusStep
from gristmill.recipe.forecast import Forecast, StepForecast
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import make_plan

# Fitted on two cores to builds of 120 to 145 MB (bench/corpus): a sample's parts are many and small, a build's are
# few and large, so what a part costs by itself must not be multiplied.
STORING_A_PART, DELIVERING_A_PART, DISK_A_PART = 0.013, 0.02, 0.095
"""Seconds for each part and pass, seconds and MB for each part, whatever is in it."""

SLOW_RECORD, SLOW_BYTE = 1e-4, 3e-8
"""Seconds that no record, and no byte of it, takes to be stored or delivered: more is a worker's own beginning."""

ROW_IN_EXCHANGE = 1e-5
"""Seconds for a row in an exchange beside the sample's, whose time is nearly all start-up."""

MOST_STARTUP = 1.5
"""Seconds; what took longer in the dry run compiled kernels, and is done."""

FULL_WORKER, FULL_EXCHANGE, EXCHANGE_ROW = 200.0, 384.0, 0.0006
"""MB that a worker holds more once it goes through full parts, the limit of an exchange, and what a row takes of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A place of the sample: the bytes of source that its records are, and what became of them."""

    place: Place
    raw: int
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Ran:
    """The build of a sample. `sizes` are those of all units of the inputs."""

    manifest: Mapping[str, Any]
    run: Mapping[str, Any]
    taken: Sequence[Taken]
    sizes: Sequence[int]
    startup: float

    @property
    def workers(self) -> int:
        return int(self.run["workers"])

    @property
    def spent(self) -> dict[str, float]:
        """Seconds by line, and by what is none."""
        return {step["name"]: step["seconds"] for step in self.run["steps"]}

    @property
    def whole(self) -> bool:
        """Whether the sample is all there is."""
        return LEFT_OUT not in self.manifest["skipped"] and self.taken_size == sum(self.sizes)

    @property
    def taken_size(self) -> int:
        return sum(one.place.unit.size for one in self.taken)

    @property
    def factor(self) -> float:
        """How many times as much there is as in the sample."""
        raw = sum(one.raw for one in self.taken)
        return 1.0 if self.whole or not raw else max(sum(self.sizes) / raw, 1.0)


def extrapolated(recipe: Recipe, ran: Ran) -> Forecast:
    """The forecast that the build of a sample gives."""
    funnel = _scaled(ran)
    counts = ran.manifest["counts"]
    steps = _steps(ran, funnel)
    corpus = {line.name for line in recipe.steps if isinstance(line.step, CorpusStep | PieceStep)}
    compared = sum(entry["records_in"] for name, entry in funnel.items() if name in corpus)
    sampled = sum(entry["records_in"] for entry in ran.manifest["funnel"] if entry["step"] in corpus)
    last = list(funnel.values())[-1] if funnel else {}
    return Forecast(
        sampled=counts["read"],
        whole=ran.whole,
        read=round(funnel.get(READ_STEP, {}).get("records_in", 0)),
        kept=round(last.get("records_out", 0)),
        seconds=_seconds(recipe, ran, steps, compared - sampled),
        peak_mb=_peak_mb(ran, compared - sampled),
        disk_mb=_by_part(ran, ran.run["disk_mb"], DISK_A_PART),
        steps=tuple(steps),
        quarantined=round(sum(entry["quarantined"] for entry in funnel.values())),
        workers=ran.workers,
        compares=bool(corpus),
        warnings=(*uncompared(ran.manifest["steps"], ran.manifest["funnel"]), *_leaks(recipe, ran.manifest)),
    )


def _leaks(recipe: Recipe, manifest: Mapping[str, Any]) -> list[str]:
    """What would stop the build if its splits leaked as those of the sample do."""
    certificate = manifest.get("certificate")
    limits = [line.step.max_leakage for line in recipe.steps if isinstance(line.step, SplitStep)]
    if certificate is None or limits[-1] is None or certificate["leakage"] <= limits[-1]:
        return []
    return [f"{refusal(certificate, limits[-1])}; the build would stop there"]


def _scaled(ran: Ran) -> dict[str, dict[str, float]]:
    """The funnel of the whole: each place counts for as many bytes of source as it stands for."""
    stand = [one.place.stands_for / one.raw if one.raw else 0.0 for one in ran.taken]
    reached = sum(weight * one.raw for weight, one in zip(stand, ran.taken, strict=True))
    # A place that gave nothing leaves its share to the others.
    rest = sum(ran.sizes) / reached if reached else 1.0
    out: dict[str, dict[str, float]] = {entry["step"]: {} for entry in ran.manifest["funnel"]}
    for weight, one in zip(stand, ran.taken, strict=True):
        for entry in one.funnel.entries():
            mine = out[entry.pop("step")]
            for what, number in entry.items():
                mine[what] = mine.get(what, 0.0) + number * (1.0 if ran.whole else weight * rest)
    return out


def _steps(ran: Ran, funnel: dict[str, dict[str, float]]) -> list[StepForecast]:
    spent = ran.spent
    out = []
    for entry in ran.manifest["funnel"]:
        name, whole = entry["step"], funnel[entry["step"]]
        by = "bytes_in" if entry["bytes_in"] else "records_in"
        seconds = spent.get(name, 0.0) * (whole[by] / entry[by] if entry[by] else ran.factor)
        if name == READ_STEP:  # more was read than is in the sample
            left_out = ran.manifest["skipped"].get(LEFT_OUT, 0)
            seconds = spent.get(READING, 0.0) * ran.factor
            seconds *= entry["records_in"] / max(entry["records_in"] + left_out, 1)
        out.append(StepForecast(name, round(whole["records_in"]), round(whole["records_out"]), seconds))
    return out


def _seconds(recipe: Recipe, ran: Ran, steps: Sequence[StepForecast], more_compared: float) -> float:
    spent = ran.spent
    passes = len(make_plan(recipe).passes)
    work = sum(step.seconds for step in steps)
    read = sum(SLOW_RECORD * one["records_in"] + SLOW_BYTE * one["bytes_in"] for one in ran.manifest["funnel"][:1])
    work += _by_part(ran, spent.get(STORING, 0.0), STORING_A_PART * passes, read * passes)
    work += _by_part(ran, spent.get(DELIVERING, 0.0), DELIVERING_A_PART, read)
    exchanging = spent.get(EXCHANGING, 0.0) + more_compared * ROW_IN_EXCHANGE
    # A unit is one worker's work, however many there are.
    longest = max(ran.sizes, default=0) / max(sum(ran.sizes), 1)
    return min(ran.startup, MOST_STARTUP) + work * max(1 / ran.workers, longest) + exchanging


def _by_part(ran: Ran, measured: float, a_part: float, most: float = math.inf) -> float:
    """Scaled up, but for what each part costs whatever is in it; `most` bounds the rest of the sample's."""
    if ran.whole:
        return measured
    parts = sum(1 for one in ran.taken if one.funnel.steps)
    by_records = min(max(measured - parts * a_part, measured / 4), most)
    size: float = ran.factor * sum(entry["bytes_in"] for entry in ran.manifest["funnel"][:1])
    return by_records * ran.factor + a_part * max(len(ran.sizes), size / PART_BYTES)


def _peak_mb(ran: Ran, more_compared: float) -> float | None:
    measured: float | None = ran.run["peak_mb"]
    if measured is None:
        return None
    busy: int = min(ran.workers, len(ran.sizes))
    exchange = min(more_compared * EXCHANGE_ROW, FULL_EXCHANGE)
    return measured + busy * FULL_WORKER * (1 - 1 / ran.factor) + exchange
