"""Makes an index of a corpus: what one step keeps of each record, sorted so that new records can be held against it.

Units are sketched by workers, their keys shuffled to ranges, and each range sorted by itself; memory is bounded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.guard import ask, scatter
from gristmill.build.indexes import KEYS, RECORDS, ROWS, unit_path
from gristmill.build.meet import again
from gristmill.build.store import sha256, write_json
from gristmill.contracts.indexes import ABOUT, FORMAT
from gristmill.contracts.reader import Unit
from gristmill.contracts.step import CorpusStep
from gristmill.contracts.view import View
from gristmill.engine.engine import Engine
from gristmill.engine.exchange import ROWS as KEYS_AT_ONCE
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context, Keys, Refs
from gristmill.engine.shuffle import Shuffle, partitions
from gristmill.engine.teams import HERE, team
from gristmill.errors import OutputError
from gristmill.recipe.sources import Source

_ENTRIES = pa.schema([("key", pa.uint64()), ("record", pa.int64())])
_BYTES_A_KEY = 64
"""Text that stands behind a key, at least about: how many keys there will be is guessed of it."""

_UNIT_SHIFT = 32  # a record is (unit << 32 | row)


@dataclass(frozen=True, slots=True)
class _SketchJob:
    step: CorpusStep
    source: Source
    unit: Unit
    number: int
    target: Shuffle
    folder: str


@dataclass(frozen=True, slots=True)
class _SortJob:
    entries: Shuffle
    range: int
    stem: str


@dataclass(frozen=True, slots=True)
class Made:
    """What an index has come to; `unread` records could not be read and are not in it."""

    records: int
    keys: int
    bytes: int
    unread: int


def make_index(
    step: CorpusStep,
    sources: Sequence[Source],
    root: Path,
    to: Path,
    *,
    workers: int | None = None,
    on_records: Callable[[int], None] = lambda _: None,
) -> Made:
    """Write the folder `to`; equal records in equal order give equal bytes, at any number of workers.

    InputError where a source cannot be read, OutputError where the folder is there or cannot be written.
    """
    if to.exists():
        raise OutputError(f"{to} is there already: name another with --to, or remove it")
    units = [(source, unit) for source in sources for unit in source.reader.units(str(root))]
    scratch = unfinished(to)
    try:
        scratch.mkdir(parents=True)
        engine = Engine(team(HERE, workers, scratch, ("gristmill.build.warm", "load_step", (step,))))
        try:
            made = _write(step, units, engine, scratch, on_records)
        finally:
            engine.close()
        scratch.replace(to)
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return made


def _write(
    step: CorpusStep,
    units: Sequence[tuple[Source, Unit]],
    engine: Engine,
    folder: Path,
    on_records: Callable[[int], None],
) -> Made:
    size = sum(unit.size for _, unit in units)
    ranges = partitions(size // _BYTES_A_KEY, KEYS_AT_ONCE)
    entries = Shuffle(str(folder / "entries"), len(units), ranges)
    jobs = [_SketchJob(step, source, unit, n, entries, str(folder)) for n, (source, unit) in enumerate(units)]
    counts = list(engine.run(_sketch, jobs, on_report=on_records, on_death=again))
    stem = str(folder / "sorted")
    list(engine.run(_sort, [_SortJob(entries, n, stem) for n in range(ranges)], on_report=on_records, on_death=again))
    entries.remove()
    for name in (KEYS, RECORDS):
        _join([Path(f"{stem}-{n:05d}-{name}") for n in range(ranges)], folder / name)
    files = sorted(path.name for path in folder.iterdir())
    keys = (folder / KEYS).stat().st_size // 8
    records = sum(read for read, _ in counts)
    held = {name: ((folder / name).stat().st_size, sha256(folder / name)) for name in files}
    about: dict[str, Any] = {
        "format": FORMAT,
        "step": step.name(),
        "settings": step.computing_settings(),
        "records": records,
        "keys": keys,
        "units": len(units),
        "sources": sorted({member.source for _, unit in units for member in unit.members}),
        "files": held,
        "digest": hashlib.sha256("".join(digest for _, digest in held.values()).encode()).hexdigest(),
    }
    write_json(folder / ABOUT, about)
    return Made(records, keys, sum(size for size, _ in held.values()), sum(lost for _, lost in counts))


def _sketch(job: _SketchJob, context: Context) -> tuple[int, int]:
    """Keys to their ranges, rids and evidence to the file of the unit. Records in it, and those that could not be."""
    read = lost = 0
    path = unit_path(job.folder, job.number)
    with pa.ipc.new_file(os.fspath(path), ROWS) as file, job.target.scatter(job.number, _ENTRIES) as out:
        for chunk in job.source.reader.read(job.unit):
            context.tick(read, read + len(chunk.batch))
            view = View(chunk.batch)
            evidence = ask(job.step.evidence, view)
            sketches = ask(job.step.sketch, view)
            lost += len(chunk.problems) + len(evidence.errors.keys() | sketches.errors.keys())
            if not len(chunk.batch):
                continue
            rids = _delivered_rids(chunk.batch) if job.source.delivered else chunk.batch.column("rid")
            lists = [(rows, _lists(*found)) for rows, found in evidence.pieces]
            values = scatter(len(chunk.batch), lists, ROWS.field("evidence").type)
            file.write_batch(pa.record_batch([rids.cast(pa.string()), values], schema=ROWS))
            for _, sketch in sketches.pieces:
                sound = ~np.isin(sketch.rows, list(evidence.errors))
                records = (job.number << _UNIT_SHIFT) + read + sketch.rows[sound]
                out.add([sketch.keys[sound], records], _ranges_of(sketch.keys[sound], job.target.partitions))
            read += len(chunk.batch)
            context.report(len(chunk.batch))
    return read, lost


def _lists(values: Keys, offsets: Refs) -> pa.Array:
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values, pa.uint64()))


def _delivered_rids(batch: pa.RecordBatch) -> pa.Array:
    """The ids that records had in the build that delivered them."""
    own = [None if text is None else _rid(text) for text in batch.column("metadata").to_pylist()]
    return pc.coalesce(pa.array(own, pa.string()), batch.column("rid").cast(pa.string()))


def _rid(metadata: str) -> str | None:
    """Of a record as a build delivers it."""
    rid = orjson.loads(metadata).get("rid")
    return rid if isinstance(rid, str) else None


def _ranges_of(keys: Keys, count: int) -> Refs:
    """The range of each key: the ranges follow each other."""
    return ((keys >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)).astype(np.int64)


def _sort(job: _SortJob, context: Context) -> None:
    """A range in order of keys, and of records in a key."""
    batches = list(job.entries.gathered(job.range))
    keys = np.concatenate([np.empty(0, np.uint64), *(batch.column(0).to_numpy() for batch in batches)])
    records = np.concatenate([np.empty(0, np.int64), *(batch.column(1).to_numpy() for batch in batches)])
    order = np.lexsort((records, keys))
    keys[order].tofile(f"{job.stem}-{job.range:05d}-{KEYS}")
    records[order].tofile(f"{job.stem}-{job.range:05d}-{RECORDS}")


def _join(parts: Sequence[Path], to: Path) -> None:
    with to.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, 1 << 20)
            part.unlink()
