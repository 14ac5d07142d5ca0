"""The same build on both engines, two workers on two cores: seconds from the first chunk to the last part delivered.

A Ray cluster of this machine is made for the build; how long that takes is told apart (`start`), it does not grow
with the build.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from measuring import BENCH, Row, run, seconds
from memory import STEPS
from varied import write

import gristmill
from gristmill.build.run import Began
from gristmill.build.run import build as run_build
from gristmill.document.report import write_report
from gristmill.engine.teams import Where

RECIPE = "name: engines\ninputs: [{{jsonl: {{paths: [{source}]}}}}]\nsteps:{steps}\noutputs: [parquet]\n"


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row an engine; the ratio is its rate divided by the local engine's."""
    size = 100_000_000 if quick else 1_000_000_000
    folder = work / "input"
    write(corpus / "all.jsonl", folder, size, 256 << 20)
    rows: list[Row] = []
    for engine in ("local", "ray"):
        done = run([sys.executable, str(BENCH / "engines.py"), engine, str(folder), str(work / "out")], cores=2)
        row: Row = json.loads(done.output.splitlines()[-1])
        row |= {"rate": size / 1e6 / seconds(row), "peak_mb": done.peak_mb}
        rows.append({"system": f"gristmill, {engine}", "input_mb": size / 1e6, **row})
        rows[-1]["ratio"] = float(rows[-1]["rate"]) / float(rows[0]["rate"])
    if len({row["digest"] for row in rows}) > 1:
        raise RuntimeError(f"the engines gave other bytes: {rows}")
    return rows


def main(engine: str, source: str, folder: str) -> None:
    """Build from nothing, and say how long what took."""
    shutil.rmtree(folder, ignore_errors=True)
    recipe = gristmill.loads(RECIPE.format(source=source, steps=STEPS)).model_copy(update={"build": folder})
    began = time.perf_counter()
    first: list[float] = []

    def on_event(event: object) -> None:
        if not isinstance(event, Began) and not first:
            first.append(time.perf_counter())
        if isinstance(event, Began) and event.stage == "report":
            first.append(time.perf_counter())

    where = Where("ray" if engine == "ray" else "local")
    outcome = run_build(recipe, write_report, workers=2, where=where, on_event=on_event)
    said = {"seconds": first[1] - first[0], "start": first[0] - began, "digest": outcome.manifest["digest"]}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
