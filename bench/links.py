"""Settling 100 million links on two workers: keys are linked, what hangs together is found, and it is settled.

The stores are made up, in the form in which a pass leaves them: rows in 8 bands of groups of 8, shifted against each
other, so that up to 64 rows hang together; and one cluster of a million rows that are all the same. Near-duplicates
without verification: evidence, which is read from texts and mapped from disk, is left out.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from measuring import BENCH, Row, run

from gristmill.build import meet
from gristmill.build.chunk import ALIVE, line_store
from gristmill.build.key_lists import KEYS
from gristmill.build.meet import Meeting
from gristmill.build.parts import PartRef, PartWriters, Place
from gristmill.build.settled import Settled
from gristmill.build.store import DONE, Store
from gristmill.build.verdicts import VERDICTS
from gristmill.dedup.near_duplicates import NearDuplicates
from gristmill.engine.engine import Engine
from gristmill.engine.exchange import Tied, tied
from gristmill.engine.local import LocalTeam
from gristmill.engine.protocol import Context
from gristmill.recipe.plan import CorpusLine, Pass, Plan
from gristmill.records.document import DOCUMENT, record_ids

BANDS = 8
SAME = 1_000_000  # rows that are all the same
TOGETHER = 64  # rows that hang together
CHUNK, CHUNKS = 1024, 16  # rows in a chunk, chunks in a part
PART = CHUNK * CHUNKS
STRIDE = 2_654_435_761  # a prime: brings rows of a cluster into many parts
LINE = CorpusLine(0, "near_duplicates", NearDuplicates(verify=False, bands=BANDS))
PLAN = Plan((Pass((), (LINE,)),))
STORES = ("base", line_store(LINE), "verdicts0")


@dataclass(frozen=True, slots=True)
class Made:
    """One part to be written."""

    folder: str
    part: int
    rows: int  # of the corpus


def place(folder: str) -> Place:
    return Place(Store(Path(folder)), "unit", {name: (name, "made") for name in STORES})


def keys(rows: np.ndarray, total: int) -> np.ndarray:
    """BANDS keys for each row."""
    at = (rows * STRIDE) % total
    block, inside = np.divmod(at, TOGETHER)
    found = np.empty((len(rows), BANDS), np.uint64)
    for band in range(BANDS):
        group = (block * TOGETHER + (inside + band) // 8) * BANDS + band
        found[:, band] = np.where(at < SAME, band, group + BANDS).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return found


def write_part(job: Made, context: Context) -> None:
    """The stores of one part."""
    writers = PartWriters(place(job.folder), job.part, list(STORES))
    for chunk in range(CHUNKS):
        context.tick(chunk, chunk + 1)
        rows = np.arange(CHUNK, dtype=np.int64) + job.part * PART + chunk * CHUNK
        writers.add(dict(zip(STORES, batches(rows, job.rows), strict=True)))
    writers.commit()


def batches(rows: np.ndarray, total: int) -> Iterator[pa.RecordBatch]:
    count = len(rows)
    ids = pa.array(record_ids(["made"] * count, rows.tolist()))
    known = {"rid": ids, "id": ids, "source": pa.repeat("made", count), "position": pa.array(rows)}
    columns = [known.get(field.name, pa.nulls(count, field.type)) for field in DOCUMENT]
    done = pa.repeat(pa.scalar(True), count)
    yield pa.RecordBatch.from_arrays([done, *columns], names=[DONE, *DOCUMENT.names])
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * BANDS)
    lists = pa.ListArray.from_arrays(offsets, pa.array(keys(rows, total).ravel()))
    yield pa.RecordBatch.from_arrays([done, lists], names=[DONE, KEYS])
    alive = pa.array(np.full(count, ALIVE, np.int16))
    yield pa.RecordBatch.from_arrays(
        [alive, *(pa.nulls(count, f.type) for f in list(VERDICTS)[1:])], names=VERDICTS.names
    )


def settle(folder: Path, total: int) -> dict[str, float]:
    """Make the stores, settle, and say how it went."""
    parts = total // PART
    total = parts * PART
    engine = Engine(LocalTeam(2, warm=(__name__, "ready", ())))
    try:
        jobs = [Made(str(folder), part, total) for part in range(parts)]
        list(engine.run(write_part, jobs, on_report=print, on_death=print))
        counted: dict[str, float] = {"rows": total}

        def counting(*given: object) -> Tied:
            met = tied(*given)  # type: ignore[arg-type]
            linked = time.perf_counter()
            counted["links"] = sum(len(one) for n in range(met.ties.partitions) for one in met.ties.gathered(n))
            counted["nodes"] = met.nodes
            counted["connect_seconds"] = linked - began
            return met

        meet.tied = counting
        refs = [PartRef(place(str(folder)), part, part, CHUNKS) for part in range(parts)]
        target = folder / "settled"
        began = time.perf_counter()
        Meeting(engine, PLAN, 0, refs, folder / "tmp", None, print).settle_all(target)
        counted["settle_seconds"] = time.perf_counter() - began
        settled = Settled.load(target)
        counted["lost"] = sum(len(settled.lost(part)) for part in range(parts))
        return counted
    finally:
        engine.close()


def ready() -> None:
    """Compiles what settling needs."""
    both = np.array([0, 1])
    nothing = (np.empty(0, np.uint64), np.zeros(3, np.int64))
    LINE.step.settle(both[:1], both[1:], both, meet.Evidence(*nothing))


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a size."""
    found: list[Row] = []
    for total in (2_000_000,) if quick else (3_600_000, 36_000_000):
        done = run([sys.executable, "-c", START, str(work), str(total)], cores=2)
        row: Row = json.loads(done.output.splitlines()[-1])
        links_a_second = float(row["links"]) / float(row["settle_seconds"])
        found.append({"system": "gristmill, 2 workers", **row, "seconds": done.seconds, "peak_mb": done.peak_mb})
        found[-1]["links_a_second"] = links_a_second
        shutil.rmtree(work)
    return found


START = f"import sys; sys.path.insert(0, {str(BENCH)!r}); import links; links.main(*sys.argv[1:])"


def main(folder: str, rows: str) -> None:
    """In a process of its own, whose workers import this module by its name."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    print(json.dumps(settle(Path(folder), int(rows))))
