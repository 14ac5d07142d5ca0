"""A bounded sample of a recipe's inputs, spread evenly over them, that reads like inputs of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from pydantic import SerializeAsAny

from gristmill.contracts.reader import Reader, Unit
from gristmill.records.chunk import Chunk
from gristmill.records.kinds import Kind

RECORDS = 2000
BYTES_A_RECORD = 8 << 10
"""Bytes of source that a record of the sample stands for: 16 MB are read for 2,000 records, whichever is reached."""

PLACES = 16
"""Places of the inputs that a sample is taken at, unless there are more inputs than that."""

LEFT_OUT = "left out of the sample"
"""What a sampled unit counts as passed over: records that were read, or are there, and are not in the sample."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample is taken: how much of it at most, and how many bytes of the inputs it stands for."""

    unit: Unit
    records: int
    bytes: int
    stands_for: float


class Sample(Reader):
    """An input at a few places, each up to a limit; of what is read there, records that lie evenly apart."""

    inner: SerializeAsAny[Reader]
    places: tuple[Place, ...]

    @property
    def kind(self) -> Kind:
        return self.inner.kind

    def units(self, root: str) -> list[Unit]:
        return [place.unit for place in self.places]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        place = next(place for place in self.places if place.unit == unit)
        share = 0.0
        raw = found = seen = 0
        # Not with `skip`: what is kept depends on all that came before.
        for chunk in self.inner.read(unit):
            records = len(chunk.batch) + len(chunk.problems)
            raw += chunk.raw_bytes
            if not share and records:
                reach = max(min(place.bytes, unit.size), raw, 1)
                share = min(place.records * max(raw, 1) / (records * reach), 1.0)
            keep = np.diff(np.floor(np.arange(found, found + records + 1) * share)) > 0
            found += records
            seen += int(keep.sum())
            stops = place.bytes <= raw < unit.size
            if seen > skip or not records:
                yield _thinned(chunk, keep, seen, stops)
            if stops:
                return


def _thinned(chunk: Chunk, keep: np.ndarray, seen: int, stops: bool) -> Chunk:
    rows = len(chunk.batch)
    batch = chunk.batch if keep.all() else chunk.batch.filter(pa.array(keep[:rows]))
    problems = tuple(problem for problem, kept in zip(chunk.problems, keep[rows:], strict=True) if kept)
    left_out = len(keep) - int(keep.sum()) + stops
    raw = round(chunk.raw_bytes * keep.mean()) if len(keep) else chunk.raw_bytes
    return Chunk(batch, problems, seen, raw, ((LEFT_OUT, left_out),) if left_out else ())


def samples(inputs: Sequence[tuple[Reader, Sequence[Unit]]], records: int) -> tuple[Sample, ...]:
    """Each input as a sample, from its units: together of about that many records, and of every input some."""
    shares = _shares([sum(unit.size for unit in units) for _, units in inputs], max(PLACES, len(inputs)))
    total = sum(shares)
    return tuple(
        Sample(
            inner=reader,
            places=tuple(_places(reader, units, places, records / total, max(records // _several(inputs), 1))),
        )
        for (reader, units), places in zip(inputs, shares, strict=True)
    )


def _several(inputs: Sequence[tuple[Reader, Sequence[Unit]]]) -> int:
    return max(min(sum(len(units) for _, units in inputs), PLACES), 1)


def _places(reader: Reader, units: Sequence[Unit], places: int, each: float, least: int) -> Iterator[Place]:
    """`least` records are taken of a unit, so that a few small files are taken whole, whatever their sizes."""
    sizes = [unit.size for unit in units]
    if len(units) <= places:
        chosen = list(zip(units, _shares(sizes, places), sizes, strict=True))
    else:
        whole, reach = sum(sizes), np.cumsum(sizes)
        middles = (np.arange(places) + 0.5) * whole / places
        found, times = np.unique(np.searchsorted(reach, middles, side="right"), return_counts=True)
        found = np.minimum(found, len(units) - 1)
        counted = zip(found.tolist(), times.tolist(), strict=True)
        chosen = [(units[at], many, whole * many / places) for at, many in counted]
    for unit, many, stands_for in chosen:
        wanted = max(round(each * many), least)
        pieces = reader.pieces(unit, many, max(wanted * BYTES_A_RECORD // many, 1))
        records = max(wanted // len(pieces), 1)
        for whole_piece in pieces:
            # Only what is built is held against checksums: that reads files whole.
            piece = replace(whole_piece, members=tuple(replace(one, checksum="") for one in whole_piece.members))
            yield Place(piece, records, records * BYTES_A_RECORD, stands_for / len(pieces))


def _shares(sizes: Sequence[int], places: int) -> list[int]:
    """One place for each, the others by size, the largest remainders first."""
    left = places - len(sizes)
    whole = max(sum(sizes), 1)
    exact = [left * size / whole for size in sizes]
    shares = [int(share) for share in exact]
    by_rest = sorted(range(len(sizes)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_rest[: left - sum(shares)]:
        shares[at] += 1
    return [1 + share for share in shares]
