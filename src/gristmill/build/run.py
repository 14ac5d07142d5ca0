"""Builds: runs a recipe's plan from sources to a finished build folder, going on where an earlier run stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gristmill.build.assemble import assemble, record_run
from gristmill.build.chunk import line_store, text_store
from gristmill.build.fingerprint import LAYOUT, PassPrints, fingerprint, pass_prints, settings, unit_key
from gristmill.build.folder import cannot_write, holds, taken
from gristmill.build.foreseen import recorded
from gristmill.build.layout import Layout
from gristmill.build.meet import Meeting, PartRef, meeting_print
from gristmill.build.parts import PartInfo, Place
from gristmill.build.publish import PublishJob, all_lines, publish
from gristmill.build.settled import Settled
from gristmill.build.store import Store, read_json
from gristmill.build.unit import UnitJob, run_unit
from gristmill.build.unused import remove_unused
from gristmill.contracts.reader import Reader, Unit
from gristmill.engine.local import LocalEngine
from gristmill.engine.protocol import Death, Engine
from gristmill.errors import BuildError, InputError, Interrupted
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import Plan, make_plan


@dataclass(frozen=True, slots=True)
class Began:
    """A stage of the build began; `bytes` is what it will read, 0 where that is not known."""

    stage: str
    bytes: int
    records: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished build. `fresh` is false where there was nothing to do."""

    folder: Path
    manifest: dict[str, Any]
    run: dict[str, Any]
    fresh: bool


OnEvent = Callable[[Any], None]

READINGS = 3
"""How often a remote unit is read before its rest is given up: what stands still may be a network that recovers."""


EXCHANGING = "bring together"
"""What the time of exchanges is counted under; no line can have that name."""


@dataclass(frozen=True, slots=True)
class _Source:
    reader: Reader
    unit: Unit
    key: str
    prints: list[PassPrints]


class _Build:
    def __init__(self, recipe: Recipe, engine: Engine, on_event: OnEvent) -> None:
        self.recipe, self.engine, self.on_event = recipe, engine, on_event
        self.layout = Layout(recipe.folder)
        self.store = Store(self.layout.work)
        self.plan: Plan = make_plan(recipe)
        self.sources = _sources(recipe, self.plan)
        self.print = _print(recipe, self.sources)
        self.seconds: dict[str, float] = {}

    def finished(self) -> dict[str, Any] | None:
        """The manifest, where this very build is finished already."""
        manifest = read_json(self.layout.manifest)
        if not isinstance(manifest, dict) or manifest.get("print") != self.print:
            return None
        there = all((self.layout.root / output["path"]).exists() for output in manifest["outputs"])
        return manifest if there and self.layout.report.exists() else None

    def run(self) -> dict[str, Any]:
        parts: list[PartRef] = []
        settled: list[str | None] = []
        before = ""
        for number, one in enumerate(self.plan.passes):
            last = settled[-1] if settled else None
            parts = self._pass(number, parts, last, before)
            settled.append(None)
            if one.corpus:
                before, settled[-1] = self._meet(number, parts, last, before)
        folders = self._publish(parts, tuple(settled))
        manifest = assemble(self.recipe, self.plan, self.layout, parts, folders, self.print)
        remove_unused(self.layout, parts, folders, [table for table in settled if table])
        return manifest

    def _place(self, source: _Source, number: int, before: str) -> Place:
        prints = {"base": ("base", fingerprint(LAYOUT, source.reader.computing_settings()))}
        for index, one in enumerate(self.plan.passes):
            mine = source.prints[index]
            edited = [k for k, stretch in enumerate(one.stretches) if stretch.edits]
            prints |= {text_store(index, k): ("text", mine.texts[k]) for k in edited}
            prints |= {line_store(line): ("lines", mine.lines[line.index]) for line in all_lines(one)}
            prints[f"verdicts{index}"] = ("verdicts", mine.verdicts)
        for index in range(1, number + 1):
            # From the second pass on, who takes part depends on the meetings before it.
            meetings = before if index == number else self._before[index]
            prints[f"verdicts{index}"] = ("verdicts", fingerprint(prints[f"verdicts{index}"][1], meetings))
        return Place(self.store, source.key, prints)

    _before: dict[int, str]

    def _pass(self, number: int, parts: list[PartRef], settled: str | None, before: str) -> list[PartRef]:
        if number == 0:
            self._before = {}
        self._before[number] = before
        ordinals: dict[str, list[int]] = {}
        for part in parts:
            ordinals.setdefault(part.place.unit, []).append(part.ordinal)
        jobs = [
            UnitJob(
                source.reader,
                source.unit,
                self.plan,
                number,
                self._place(source, number, before),
                settled,
                tuple(ordinals.get(source.key, ())),
            )
            for source in self.sources
        ]
        lines = [line.name for line in self.plan.passes[number].lines]
        stage = f"pass {number + 1} of {len(self.plan.passes)}: " + (", ".join(lines) or "read")
        self.on_event(Began(stage, sum(source.unit.size for source in self.sources)))
        limit = self.recipe.limits.seconds_per_record
        list(self.engine.run(run_unit, jobs, on_report=self._progress, on_death=_isolate, tick_limit=limit))
        refs: list[PartRef] = []
        for job in jobs:
            index = 0
            while True:
                info = PartInfo.load(job.place, index)
                if info is None:
                    raise BuildError(f"a part of {job.unit.members[0].source} is gone from .work; run the build again")
                refs.append(PartRef(job.place, index, len(refs), info.chunks))
                index += 1
                if info.last:
                    break
        return refs

    def _meet(self, number: int, parts: list[PartRef], settled: str | None, before: str) -> tuple[str, str]:
        print_ = meeting_print(self.plan, number, parts, before)
        path = self.layout.work / "settled" / f"{print_}.arrow"
        if not path.exists():
            names = ", ".join(line.name for line in self.plan.passes[number].corpus)
            self.on_event(Began(f"exchange: {names}", 0))
            earlier = Settled.load(settled) if settled else None
            meeting = Meeting(self.engine, self.plan, number, parts, self.layout.work / "tmp", earlier, self._progress)
            start = time.perf_counter()
            meeting.settle_all().save(path)
            self.seconds[EXCHANGING] = self.seconds.get(EXCHANGING, 0.0) + time.perf_counter() - start
        return print_, str(path)

    def _publish(self, parts: list[PartRef], settled: tuple[str | None, ...]) -> list[Path]:
        folders = []
        jobs = []
        for part in parts:
            folder = self.layout.work / "published" / part.place.unit / f"{part.part:05d}"
            name = f"part-{part.ordinal:05d}"
            sinks = [[sink.name(), sink.version, sink.model_dump(mode="json")] for sink in self.recipe.outputs]
            verdicts = [part.place.prints[f"verdicts{k}"] for k in range(len(self.plan.passes))]
            print_ = fingerprint(
                LAYOUT, name, verdicts, settled, sinks, self.recipe.dropped.text, sorted(part.place.prints.items())
            )
            folders.append(folder)
            jobs.append(
                PublishJob(
                    part,
                    self.plan,
                    self.recipe.steps,
                    self.recipe.outputs,
                    self.recipe.dropped.text,
                    settled,
                    str(folder),
                    print_,
                    name,
                )
            )
        self.on_event(Began("deliver", 0))
        list(self.engine.run(publish, jobs, on_report=self._progress, on_death=_retry))
        return folders

    def _progress(self, news: Any) -> None:
        for name, seconds in getattr(news, "seconds", {}).items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.on_event(news)


def _sources(recipe: Recipe, plan: Plan) -> list[_Source]:
    """All units of all inputs, in the order of their names, so that the order of inputs does not matter."""
    found: dict[tuple[str, int], _Source] = {}
    taken: set[str] = set()
    for reader in recipe.inputs:
        prints = pass_prints(plan, reader, recipe.limits.seconds_per_record)
        mine: set[str] = set()
        for unit in reader.units(str(recipe.root)):
            found[unit.members[0].source, unit.start] = _Source(reader, unit, unit_key(unit), prints)
            mine.update(member.source for member in unit.members)
        if twice := sorted(taken & mine):
            raise InputError(twice[0], "is named by two inputs of the recipe; name it in one of them")
        taken |= mine
    sources = {member.path: member.source for one in found.values() for member in one.unit.members}
    for path in holds(recipe.folder, (path for path in sources if "://" not in path)):
        raise InputError(
            sources[path], f"lies in the build folder {recipe.folder}, which this build writes; name other inputs"
        )
    return [found[place] for place in sorted(found)]


def _print(recipe: Recipe, sources: list[_Source]) -> str:
    """What tells a build from another: the settings, and the inputs as they are now."""
    return fingerprint(
        LAYOUT,
        [[source.key, source.prints[0].texts, source.prints[0].verdicts] for source in sources],
        [[line.name, settings(line.step)] for line in recipe.steps],
        [[sink.name(), sink.version, sink.model_dump(mode="json")] for sink in recipe.outputs],
        recipe.dropped.model_dump(mode="json"),
        recipe.name,
    )


def what_is_read(recipe: Recipe) -> tuple[str, list[tuple[Reader, list[Unit]]]]:
    """The print that a build of the recipe would have, and the units of each input."""
    sources = _sources(recipe, make_plan(recipe))
    units = [(reader, [one.unit for one in sources if one.reader is reader]) for reader in recipe.inputs]
    return _print(recipe, sources), units


def _isolate(death: Death) -> UnitJob:
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


def _retry(death: Death) -> Any:
    if death.times >= 3:
        raise BuildError(f"writing the build {death.cause} three times; is there enough memory?")
    return death.job


def build(
    recipe: Recipe,
    write_report: Callable[[Path], Path],
    *,
    workers: int | None = None,
    on_event: OnEvent = lambda _: None,
) -> Outcome:
    """Build a recipe; nothing is done where this very build is finished, and nothing finished is done again."""
    began = time.time()
    layout = Layout(recipe.folder)
    count = workers or os.cpu_count() or 1
    try:
        with taken(layout):
            engine = LocalEngine(count, layout.work / "tmp", warm=("gristmill.build.warm", "load", (recipe,)))
            try:
                work = _Build(recipe, engine, on_event)
                known = work.finished()
                if known is not None:
                    _refuse_too_many(work, known)
                    return Outcome(layout.root, known, read_json(layout.run) or {}, False)
                manifest = work.run()
                outcome = _finish(work, manifest, began, count, engine.memory.mb())
                on_event(Began("report", 0))
                write_report(layout.root)
                return outcome
            finally:
                engine.close()
    except KeyboardInterrupt:
        raise Interrupted("stopped; what was finished is kept: run the same command to go on") from None
    except OSError as error:
        said = cannot_write(layout, error)
        if said is None:
            raise
        raise said from error


def _finish(work: _Build, manifest: dict[str, Any], began: float, workers: int, peak_mb: float | None) -> Outcome:
    _refuse_too_many(work, manifest)
    forecast = recorded(work.layout, work.print)
    run = record_run(work.layout, work.recipe.root, manifest, began, workers, work.seconds, peak_mb, forecast)
    return Outcome(work.layout.root, manifest, run, True)


def _refuse_too_many(work: _Build, manifest: dict[str, Any]) -> None:
    counts = manifest["counts"]
    limit = work.recipe.limits.max_quarantined
    if counts["read"] and counts["quarantined"] / counts["read"] > limit:
        raise BuildError(
            f"{counts['quarantined']} of {counts['read']} records are in quarantine, more than limits.max_quarantined"
            f" ({limit:g}) allows; look at {work.layout.records} to see why, or raise the limit"
        )
