"""Builds a sample of a recipe's inputs, in a folder that is thrown away, to say what the whole build will be."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gristmill.build.extrapolate import Ran, Taken, extrapolated
from gristmill.build.fingerprint import unit_key
from gristmill.build.folder import roomy
from gristmill.build.funnel import Funnel
from gristmill.build.layout import Layout
from gristmill.build.run import build
from gristmill.build.sample import RECORDS, Place, samples
from gristmill.build.store import read_json
from gristmill.build.unit import Progress
from gristmill.contracts.reader import Reader, Unit
from gristmill.contracts.splitting import SplitStep
from gristmill.errors import Interrupted
from gristmill.recipe.forecast import Forecast
from gristmill.recipe.model import Line, Recipe


def dry_run(
    recipe: Recipe,
    units: Sequence[tuple[Reader, Sequence[Unit]]],
    *,
    records: int = RECORDS,
    workers: int | None = None,
) -> Forecast:
    """The forecast of a build with so many workers. `units` are those of each input, all of them.

    Every step says of the sampled records what it would say in the build, and they are read, stored, brought
    together and delivered as there; only the report is not written.
    """
    count = workers or os.cpu_count() or 1
    inputs = samples(units, records)
    every = [unit.size for _, mine in units for unit in mine]
    clock = _Clock()
    with tempfile.TemporaryDirectory(prefix="gristmill-dry-run-", ignore_cleanup_errors=True) as folder:
        changed = {
            "inputs": inputs,
            "build": str(Path(folder) / "build"),
            # However many records are in quarantine: that is for the forecast to say.
            "limits": recipe.limits.model_copy(update={"max_quarantined": 1.0}),
            "steps": [_told_not_refused(line) for line in recipe.steps],
        }
        try:
            outcome = build(
                recipe.model_copy(update=changed),
                lambda root: root,
                workers=count,
                on_event=clock,
                compressed=not roomy(recipe.folder, sum(every)),  # as the build will be
            )
        except Interrupted:
            raise KeyboardInterrupt from None  # nothing is kept
        layout = Layout(outcome.folder)
        taken = [_taken(layout, place) for one in inputs for place in one.places]
    return extrapolated(recipe, Ran(outcome.manifest, outcome.run, taken, every, clock.startup))


def _told_not_refused(line: Line) -> Line:
    """The line, but that a split is not refused for what leaks: that, too, is for the forecast to say."""
    if not isinstance(line.step, SplitStep):
        return line
    return line.model_copy(update={"step": line.step.model_copy(update={"max_leakage": None})})


class _Clock:
    """Notes how long it took until the first records went through, apart from what they took."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.startup = 0.0

    def __call__(self, event: Any) -> None:
        if isinstance(event, Progress) and not self.startup:
            self.startup = max(time.perf_counter() - self._began - sum(event.seconds.values()), 0.1)


def _taken(layout: Layout, place: Place) -> Taken:
    """What became of the records of one place."""
    key = unit_key(place.unit)
    funnel = Funnel()
    for done in sorted((layout.work / "published" / key).glob("*/done.json")):
        funnel.add(read_json(done)["funnel"])
    raw = sum(read_json(info)["raw_bytes"] for info in (layout.work / "base").glob(f"*/{key}/*.json"))
    return Taken(place, raw, funnel)
