"""What the certificate of a split compares: hashes of every delivered record, and which split it was delivered in.

It knows nothing of how the splits were made: hashes, permutations and seeds are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.state import state_before
from gristmill.contracts.turnwise import answered, asked
from gristmill.contracts.view import View
from gristmill.engine.protocol import Context
from gristmill.recipe.plan import Plan
from gristmill.text.flat import flat
from gristmill.text.jaccard import sorted_sets
from gristmill.text.minhash import band_keys, shingles
from gristmill.text.mixing import hash_lists, hash_rows
from gristmill.text.ragged import Lists, offsets_of, picked
from gristmill.text.simplify import simplified

GRAM, SHINGLE = 13, 5
BANDS, ROWS, PERMUTED = 40, 3, 0x5EED
SHORT = 10
"""Words of the longest answer that is compared by itself: two records that share a long one are alike as a whole."""
SAME = ("exact", "prompt", "answer")

_EXACT, _DRAWN, _SAMPLED = 21, 22, 23  # seeds of hashes
_PART_SHIFT = 32
_TAKEN = 4096  # stored records that are taken at a time
Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CheckJob:
    """Parts that were delivered, and what to look for in them."""

    parts: tuple[PartRef, ...]
    ledgers: tuple[str, ...]  # of each part, as it was delivered
    plan: Plan
    names: tuple[str, ...]
    random: tuple[float, ...]  # where the shares of a random split of the same sizes end
    rate: float  # of records that are sampled
    similarity: float
    index: str  # the folder of the merged index
    sketch: str  # the file for what is compared of the sampled records
    target: str  # the file for what they met


@dataclass(frozen=True, slots=True)
class Rows:
    """Records that are in a split, in both labellings, and what is compared of them."""

    node: Numbers
    labels: tuple[Numbers, Numbers]  # the split it was delivered in, and that of the random split
    same: dict[str, Hashes]  # of all its words, its prompt and its short answer; 0 where there is none
    grams: Lists
    sets: Lists
    keys: Hashes  # of the bands, (records, BANDS)


def rows_of(job: CheckJob, context: Context, *, only_sampled: bool = False) -> Iterator[Rows]:
    """The delivered records of the parts, chunk by chunk."""
    for part, ledger in zip(job.parts, job.ledgers, strict=True):
        splits = pc.index_in(delivered(ledger), pa.array(list(job.names), pa.string()))
        start = 0
        for chunk in range(part.chunks):
            context.tick(chunk, chunk + 1)
            batch = state_before(job.plan, len(job.plan.passes), ChunkStored(PartStores(part.place, part.part), chunk))
            numbers = splits.slice(start, len(batch))
            rows = np.flatnonzero(pc.is_valid(numbers).to_numpy(zero_copy_only=False))
            if only_sampled:
                rows = rows[hash_rows(*flat(batch.column("rid")), rows, _SAMPLED) / 2.0**64 < job.rate]
            if len(rows):
                numbers = numbers.take(pa.array(rows)).to_numpy(zero_copy_only=False).astype(np.int64)
                yield _compared(job, batch, rows, (part.ordinal << _PART_SHIFT) + start + rows, numbers)
            start += len(batch)


def delivered(ledger: str) -> pa.Array:
    """The split of each record of a part, by its ledger; none where the part has no record."""
    if not Path(ledger).exists():
        return pa.nulls(0, pa.string())
    return pq.read_table(ledger, columns=["split"]).column(0).combine_chunks()


def _compared(job: CheckJob, batch: pa.RecordBatch, rows: Numbers, node: Numbers, split: Numbers) -> Rows:
    drawn = hash_rows(*flat(batch.column("rid")), rows, _DRAWN) / 2.0**64
    random = np.minimum(np.searchsorted(np.array(job.random), drawn, side="right"), len(job.names) - 1)
    view = View(batch, rows)
    words, bounds = _words(view)
    same = {"exact": _hashed(words, bounds, bounds[1:] > bounds[:-1])}
    prompt, ends = _words(asked(view))
    same["prompt"] = _hashed(prompt, ends, ends[1:] > ends[:-1])
    answer, ends = _words(answered(view))
    lengths = np.diff(ends)
    same["answer"] = _hashed(answer, ends, (lengths > 0) & (lengths <= SHORT))
    grams = sorted_sets(*shingles(words, bounds, GRAM, False))
    sets = sorted_sets(*shingles(words, bounds, SHINGLE, True))
    return Rows(node, (split, random.astype(np.int64)), same, grams, sets, band_keys(*sets, BANDS, ROWS, PERMUTED))


def _words(view: View) -> Lists:
    text = view.text
    return simplified(text.data, text.offsets, view.rows)


def _hashed(words: Hashes, bounds: Numbers, some: npt.NDArray[np.bool_]) -> Hashes:
    """Of each list of words, never 0; 0 where it is none of `some`."""
    return np.where(some, np.maximum(hash_lists(words, bounds, _EXACT), np.uint64(1)), np.uint64(0))


def store(path: str, every: Iterable[Rows]) -> None:
    """Write rows to one file, as columns."""
    found: dict[str, list[np.ndarray]] = {name: [value] for name, value in _columns(_NONE).items()}
    for rows in every:
        for name, values in _columns(rows).items():
            found[name].append(values)
    np.savez(path, **{name: np.concatenate(values) for name, values in found.items()})  # type: ignore[arg-type]


def stored(path: str) -> Iterator[Rows]:
    """The rows of a file, some thousand at a time."""
    with np.load(path) as file:
        columns = {name: file[name] for name in file.files}
    grams = columns["grams"], offsets_of(columns["gram_counts"])
    sets = columns["sets"], offsets_of(columns["set_counts"])
    for start in range(0, len(columns["node"]), _TAKEN):
        some = np.arange(start, min(start + _TAKEN, len(columns["node"])))
        yield Rows(
            columns["node"][some],
            (columns["split"][some], columns["random"][some]),
            {name: columns[name][some] for name in SAME},
            picked(*grams, some),
            picked(*sets, some),
            columns["keys"][some],
        )


def _columns(rows: Rows) -> dict[str, np.ndarray]:
    return {
        "node": rows.node,
        "split": rows.labels[0],
        "random": rows.labels[1],
        **rows.same,
        "grams": rows.grams[0],
        "gram_counts": np.diff(rows.grams[1]),
        "sets": rows.sets[0],
        "set_counts": np.diff(rows.sets[1]),
        "keys": rows.keys,
    }


_NO_NUMBERS, _NO_HASHES = np.empty(0, np.int64), np.empty(0, np.uint64)
_NONE = Rows(
    _NO_NUMBERS,
    (_NO_NUMBERS, _NO_NUMBERS),
    dict.fromkeys(SAME, _NO_HASHES),
    (_NO_HASHES, np.zeros(1, np.int64)),
    (_NO_HASHES, np.zeros(1, np.int64)),
    np.empty((0, BANDS), np.uint64),
)
