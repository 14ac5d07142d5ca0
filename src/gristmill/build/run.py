"""Builds: runs a recipe's plan from sources to a finished build folder, going on where an earlier run stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gristmill.build.assemble import assemble, reject
from gristmill.build.certificate import certify_split, refusal
from gristmill.build.chunk import line_store, piece_store, text_store
from gristmill.build.cuts import Cuts
from gristmill.build.cutting import Cutting
from gristmill.build.fingerprint import LAYOUT, fingerprint, sink_settings
from gristmill.build.folder import cannot_write, roomy, taken
from gristmill.build.foreseen import recorded
from gristmill.build.inputs import SourceUnit, pinned, print_of, source_units
from gristmill.build.isolate import isolate, retry
from gristmill.build.kept import kept_of_delivery, kept_of_pass
from gristmill.build.layout import Layout
from gristmill.build.ledger import RECORDS
from gristmill.build.meet import Meeting, meeting_print, recall_of
from gristmill.build.part_files import LEDGER
from gristmill.build.parts import BASE, PIECES, TEXT, PartInfo, PartRef, Place
from gristmill.build.publish import PublishJob, publish
from gristmill.build.run_record import record_run
from gristmill.build.split_rows import splitting
from gristmill.build.splits import SplitTable
from gristmill.build.store import Store, read_json
from gristmill.build.unit import UnitJob, run_unit
from gristmill.build.unused import remove_unused
from gristmill.contracts.splitting import SplitStep
from gristmill.engine.engine import Engine
from gristmill.engine.protocol import Task
from gristmill.engine.teams import HERE, Where, team
from gristmill.errors import BuildError, Interrupted
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

EXCHANGING = "bring together"
CERTIFYING = "certify the split"
"""What the time of exchanges, and of the certificate, is counted under; no line can have these names."""


@dataclass(frozen=True, slots=True)
class Met:
    """What the exchange behind a pass came to: a table of rows that went, and of stretches to be cut out of texts.

    All of it is empty behind a pass that brings nothing together.
    """

    print: str = ""
    settled: str | None = None
    cuts: str | None = None
    cut_prints: Mapping[str, str] = field(default_factory=dict)  # by unit

    @property
    def files(self) -> list[str]:
        return [path for path in (self.settled, self.cuts) if path]


class _Build:
    def __init__(self, recipe: Recipe, engine: Engine, compressed: bool | None, on_event: OnEvent) -> None:
        self.recipe, self.engine, self.on_event = recipe, engine, on_event
        self.layout = Layout(recipe.folder)
        self.plan: Plan = make_plan(recipe)
        self.sources = source_units(recipe, self.plan)
        if compressed is None:
            compressed = not roomy(self.layout.work, sum(source.unit.size for source in self.sources))
        self.store = Store(self.layout.work, compressed)
        self.print = print_of(recipe, self.sources)
        self.seconds: dict[str, float] = {}
        self.kept: Callable[[], str] = lambda: ""  # what there is of the stage that goes on, for who stops it

    def finished(self) -> dict[str, Any] | None:
        """The manifest, where this very build is finished already."""
        manifest = read_json(self.layout.manifest)
        if not isinstance(manifest, dict) or manifest.get("print") != self.print:
            return None
        files = [*manifest["outputs"], *manifest.get("ready", ())]
        there = all((self.layout.root / file["path"]).exists() for file in files)
        return manifest if there and self.layout.report.exists() else None

    def run(self) -> dict[str, Any]:
        parts: list[PartRef] = []
        met: list[Met] = []
        for number, one in enumerate(self.plan.passes):
            parts = self._pass(number, parts, met)
            met.append(self._meet(number, parts, met) if one.meeting else Met())
        folders = self._publish(parts, met)
        recall = {line: told for one in met if one.settled for line, told in recall_of(one.settled).items()}
        certificate = self._certify(parts, folders, met)
        manifest = assemble(
            self.recipe, self.layout, parts, folders, self.print, recall, certificate, pinned(self.sources)
        )
        remove_unused(self.layout, parts, folders, [path for one in met for path in one.files])
        return manifest

    def _place(self, source: SourceUnit, number: int, met: Sequence[Met]) -> Place:
        """Where the stores of a unit are, up to a pass; those of later passes are not known yet."""
        prints = {"base": (BASE, fingerprint(LAYOUT, source.reader.computing_settings()))}
        cuts: list[str] = []  # what was cut out of the unit's texts so far: all that was computed behind depends on it
        for index, one in enumerate(self.plan.passes[: number + 1]):
            mine = source.prints[index]
            if index and self.plan.passes[index - 1].cut:
                cuts.append(met[index - 1].cut_prints[source.key])
            edited = [k for k, stretch in enumerate(one.stretches) if stretch.edits]
            prints |= {text_store(index, k): (TEXT, _after(mine.texts[k], *cuts)) for k in edited}
            prints |= {line_store(line): ("lines", _after(mine.lines[line.index], *cuts)) for line in one.counted}
            if one.cut:
                prints[piece_store(one.cut)] = (PIECES, _after(mine.pieces, *cuts))
            # From the second pass on, who takes part depends on the meetings before it.
            prints[f"verdicts{index}"] = ("verdicts", _after(mine.verdicts, *(one.print for one in met[:index][-1:])))
        return Place(self.store, source.key, prints)

    def _pass(self, number: int, parts: list[PartRef], met: Sequence[Met]) -> list[PartRef]:
        before = met[-1] if met else Met()
        ordinals: dict[str, list[int]] = {}
        for part in parts:
            ordinals.setdefault(part.place.unit, []).append(part.ordinal)
        jobs = [
            UnitJob(
                source.reader,
                source.unit,
                self.plan,
                number,
                self._place(source, number, met),
                before.settled,
                before.cuts,
                tuple(ordinals.get(source.key, ())),
            )
            for source in self.sources
        ]
        lines = [line.name for line in self.plan.passes[number].lines]
        stage = f"pass {number + 1} of {len(self.plan.passes)}: " + (", ".join(lines) or "read")
        self.kept = partial(kept_of_pass, jobs, len(self.plan.passes))
        self.on_event(Began(stage, sum(source.unit.size for source in self.sources)))
        limit = self.recipe.limits.seconds_per_record
        list(self.engine.run(run_unit, jobs, on_report=self._progress, on_death=isolate, tick_limit=limit))
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

    def _meet(self, number: int, parts: list[PartRef], met: Sequence[Met]) -> Met:
        one = self.plan.passes[number]
        before = met[-1] if met else Met()
        print_ = meeting_print(self.plan, number, parts, before.print)
        path = self.layout.work / "settled" / print_
        cuts_path = path.with_suffix(".cuts") if one.cut else None
        if not path.exists() or (cuts_path and not cuts_path.exists()):
            self.on_event(Began("exchange: " + ", ".join(line.name for line in one.meeting), 0))
            folder = self.layout.work / "tmp" / f"meeting-{number}"
            start = time.perf_counter()
            if not path.exists():
                Meeting(self.engine, self.plan, number, parts, folder, before.settled, self._progress).settle_all(path)
            if cuts_path:
                Cutting(self.engine, self.plan, number, parts, folder, path, self._progress).cut_all(cuts_path)
            self.seconds[EXCHANGING] = self.seconds.get(EXCHANGING, 0.0) + time.perf_counter() - start
        return (
            Met(print_, str(path), str(cuts_path), Cuts.load(cuts_path).prints) if cuts_path else Met(print_, str(path))
        )

    def _publish(self, parts: list[PartRef], met: Sequence[Met]) -> list[Path]:
        settled, cuts = tuple(one.settled for one in met), tuple(one.cuts for one in met)
        ledger, sinks = sink_settings(LEDGER), [sink_settings(sink) for sink in self.recipe.outputs]
        folders = []
        jobs = []
        for part in parts:
            folder = self.layout.work / "published" / part.place.unit / f"{part.part:05d}"
            name = f"part-{part.ordinal:05d}"
            verdicts = [part.place.prints[f"verdicts{k}"] for k in range(len(self.plan.passes))]
            stores = sorted(part.place.prints.items())
            print_ = fingerprint(
                LAYOUT, RECORDS.names, ledger, name, verdicts, settled, sinks, self.recipe.dropped.text, stores
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
                    cuts,
                    str(folder),
                    print_,
                    name,
                )
            )
        self.kept = partial(kept_of_delivery, jobs)
        self.on_event(Began("deliver", 0))
        list(self.engine.run(publish, jobs, on_report=self._progress, on_death=retry))
        return folders

    def _certify(self, parts: list[PartRef], folders: list[Path], met: Sequence[Met]) -> dict[str, Any] | None:
        """What leaks from one split into another, where a line splits. BuildError where it is too much."""
        line = splitting(self.plan)
        table = SplitTable.load(met[-1].settled) if line is not None and met[-1].settled else None
        if line is None or table is None or not isinstance(line.step, SplitStep):
            return None
        self.on_event(Began("certify the split", 0))
        began = time.perf_counter()

        def run(task: Task, jobs: Iterable[Any]) -> list[Any]:
            return list(self.engine.run(task, jobs, on_report=self._progress, on_death=retry))

        folder = self.layout.work / "tmp" / "certificate"
        told = certify_split(run, self.plan, line, line.step, parts, folders, table.summary(), folder)
        self.seconds[CERTIFYING] = time.perf_counter() - began
        if not told["holds"] and line.step.max_leakage is not None:
            reject(self.layout, folders, told)
            raise BuildError(
                f"{refusal(told, line.step.max_leakage)}; the data is in {self.layout.rejected} to be looked at:"
                " group by more, tie at less similarity, or raise the limit"
            )
        return told

    def _progress(self, news: Any) -> None:
        for name, seconds in getattr(news, "seconds", {}).items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.on_event(news)


def _after(print_: str, *others: str) -> str:
    """What depends on others too."""
    return fingerprint(print_, *others) if others else print_


def build(
    recipe: Recipe,
    write_report: Callable[[Path], Path],
    *,
    workers: int | None = None,
    where: Where = HERE,
    on_event: OnEvent = lambda _: None,
    compressed: bool | None = None,
) -> Outcome:
    """Build a recipe; nothing is done where this very build is finished, and nothing finished is done again.

    Stores are `compressed` where files travel between machines or, unless it is said, where the disk is small.
    """
    began = time.time()
    layout = Layout(recipe.folder)
    work: _Build | None = None
    try:
        with taken(layout):
            engine = Engine(team(where, workers, layout.work / "tmp", ("gristmill.build.warm", "load", (recipe,))))
            try:
                work = _Build(recipe, engine, compressed if where.one_machine else True, on_event)
                known = work.finished()
                if known is not None:
                    _refuse_too_many(work, known)
                    return Outcome(layout.root, known, read_json(layout.run) or {}, False)
                manifest = work.run()
                outcome = _finish(work, manifest, began)
                engine.close()  # before the report, which would else stand beside all that idle workers hold
                on_event(Began("report", 0))
                write_report(layout.root)
                return outcome
            finally:
                engine.close()
    except KeyboardInterrupt:
        told = work.kept() if work else ""
        kept = f"what was finished is kept ({told})" if told else "what was finished is kept"
        raise Interrupted(f"stopped; {kept}: run the same command to go on") from None
    except OSError as error:
        said = cannot_write(layout, error)
        if said is None:
            raise
        raise said from error


def _finish(work: _Build, manifest: dict[str, Any], began: float) -> Outcome:
    _refuse_too_many(work, manifest)
    forecast = recorded(work.layout, work.print)
    run = record_run(work.layout, work.recipe.root, manifest, began, work.engine, work.seconds, forecast)
    return Outcome(work.layout.root, manifest, run, True)


def _refuse_too_many(work: _Build, manifest: dict[str, Any]) -> None:
    counts = manifest["counts"]
    limit = work.recipe.limits.max_quarantined
    if counts["read"] and counts["quarantined"] / counts["read"] > limit:
        raise BuildError(
            f"{counts['quarantined']} of {counts['read']} records are in quarantine, more than limits.max_quarantined"
            f" ({limit:g}) allows; look at {work.layout.records} to see why, or raise the limit"
        )
