"""Looks for records that stand in one split and, the same or nearly, in another: tasks over the parts of a build.

It knows nothing of how the splits were made: it reads which split each record was delivered in, and compares texts by
hashes, permutations and thresholds of its own. A sample of records, all where they are few, is held against all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.unit import state_before
from gristmill.contracts.turnwise import answered, asked
from gristmill.contracts.view import View
from gristmill.engine.protocol import Context
from gristmill.recipe.plan import Plan
from gristmill.text.flat import flat
from gristmill.text.hash_index import HashIndex, hash_index
from gristmill.text.hash_places import places
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import band_keys, shingles
from gristmill.text.mixing import hash_lists, hash_rows
from gristmill.text.ragged import offsets_of, picked
from gristmill.text.simplify import simplified

GRAM, SHINGLE = 13, 5
BANDS, ROWS, PERMUTED = 40, 3, 0x5EED
MOST_OF_KEY = 8
"""Sampled records of a split that are compared for one key: boilerplate would else bring all together with all."""
MOST_PAIRS = 20
SHORT = 10
"""Words of the longest answer that is compared by itself: two records that share a long one are alike as a whole."""

SAME = ("exact", "prompt", "answer")
MASKS = {name: f"all_{name}" for name in (*SAME, "grams")} | {"near": "node"}
"""What is looked for, and the entries of the index that it is marked at."""

_EXACT, _DRAWN, _SAMPLED = 21, 22, 23  # seeds of hashes
_PART_SHIFT = 32
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
    target: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of a chunk that are in a split, in both labellings, and what is compared of them."""

    node: Numbers
    labels: tuple[Numbers, Numbers]  # the split it was delivered in, and that of the random split
    sampled: npt.NDArray[np.bool_]
    same: dict[str, Hashes]  # of all its words, its prompt and its short answer; 0 where there is none
    grams: tuple[Hashes, Numbers]
    sets: tuple[Hashes, Numbers]


def sketch_parts(job: CheckJob, context: Context) -> str:
    """What is compared of the sampled records."""
    found: dict[str, list[np.ndarray]] = {
        name: [] for name in ("node", "split", "random", *SAME, "grams", "gram_counts", "sets", "set_counts", "keys")
    }
    for rows in _rows(job, context):
        some = np.flatnonzero(rows.sampled)
        grams, sets = picked(*rows.grams, some), picked(*rows.sets, some)
        columns = {
            "node": rows.node[some],
            "split": rows.labels[0][some],
            "random": rows.labels[1][some],
            **{name: hashes[some] for name, hashes in rows.same.items()},
            "grams": grams[0],
            "gram_counts": np.diff(grams[1]),
            "sets": sets[0],
            "set_counts": np.diff(sets[1]),
            "keys": band_keys(*sets, BANDS, ROWS, PERMUTED),
        }
        for name, values in columns.items():
            found[name].append(values)
    nothing: dict[str, np.ndarray] = {"keys": np.empty((0, BANDS), np.uint64)}
    nothing |= dict.fromkeys((*SAME, "grams", "sets"), np.empty(0, np.uint64))
    merged = {
        name: np.concatenate([nothing.get(name, np.empty(0, np.int64)), *values]) for name, values in found.items()
    }
    np.savez(job.target, **merged)  # type: ignore[arg-type]
    return job.target


def merge(paths: Sequence[str], folder: Path) -> int:
    """The sampled records of all parts as one index, in files. Returns how many they are."""
    loaded = []
    for path in paths:
        with np.load(path) as file:
            loaded.append({name: file[name] for name in file.files})
    one = {name: np.concatenate([file[name] for file in loaded]) for name in loaded[0]} if loaded else {}
    folder.mkdir(parents=True, exist_ok=True)
    some = np.diff(offsets_of(one["set_counts"])) > 0
    owners = np.repeat(np.flatnonzero(some), BANDS)
    keys = one.pop("keys")[some].ravel()
    order = np.lexsort((owners, one["split"][owners], keys))
    keys, owners = keys[order], owners[order]
    splits = one["split"][owners]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (splits[1:] != splits[:-1])
    starts = np.flatnonzero(new)
    few = np.arange(len(keys)) - np.repeat(starts, np.diff(starts, append=len(keys))) < MOST_OF_KEY
    keys, owners = keys[few], owners[few]
    all_keys = _once(keys)
    arrays = one | {"all_keys": all_keys, "owners": owners}
    arrays["key_bounds"] = np.append(np.searchsorted(keys, all_keys), len(keys))
    arrays |= {f"all_{name}": _once(one[name]) for name in ("grams", *SAME)}
    arrays |= {"set_bounds": offsets_of(one["set_counts"]), "gram_bounds": offsets_of(one["gram_counts"])}
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    return len(one["node"])


class Index:
    """The sampled records, mapped into memory."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._read: dict[str, np.ndarray] = {}
        self._indexes: dict[str, HashIndex] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._read:
            self._read[name] = np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))
        return self._read[name]

    def places(self, name: str, hashes: Hashes) -> Numbers:
        """Where hashes stand among those of that name, which are distinct and ascend; -1 where they do not."""
        if name not in self._indexes:
            self._indexes[name] = hash_index(np.load(self._folder / f"{name}.npy"))
        return places(hashes, self._indexes[name])


def match_parts(job: CheckJob, context: Context) -> str:
    """In which splits what the sampled records have stands too, a bit for each split, in both labellings."""
    index = Index(job.index)
    masks = {name: np.zeros((2, len(index[of])), np.uint64) for name, of in MASKS.items()}
    pairs = np.empty((0, 3))
    for rows in _rows(job, context):
        counts = np.diff(rows.grams[1])
        same = {name: index.places(MASKS[name], hashes) for name, hashes in rows.same.items()}
        shared = index.places("all_grams", rows.grams[0])
        for at, labels in enumerate(rows.labels):
            bits = np.uint64(1) << labels.astype(np.uint64)
            for name, places_ in same.items():
                _mark(masks[name][at], places_, bits)
            _mark(masks["grams"][at], shared, np.repeat(bits, counts))
        pairs = closest(np.concatenate([pairs, _match_near(index, rows, masks["near"], job.similarity)]))
    found: dict[str, np.ndarray] = {"pairs": pairs}
    for name, mask in masks.items():
        where = np.flatnonzero((mask[0] | mask[1]) > 0)
        found |= {f"{name}_at": where, f"{name}_masks": mask[:, where]}
    np.savez(job.target, **found)  # type: ignore[arg-type]
    return job.target


def _mark(masks: Hashes, at: Numbers, bits: Hashes) -> None:
    found = at >= 0
    np.bitwise_or.at(masks, at[found], bits[found])


def _match_near(index: Index, rows: Rows, near: Hashes, least: float) -> npt.NDArray[np.float64]:
    """Marks records that are alike, and gives pairs across splits as (similarity, node, node)."""
    some = np.flatnonzero(np.diff(rows.sets[1]) > 0)
    keys = band_keys(*picked(*rows.sets, some), BANDS, ROWS, PERMUTED).ravel()
    met = index.places("all_keys", keys)
    bounds = index["key_bounds"]
    first = np.where(met >= 0, bounds[met], 0)
    counts = np.where(met >= 0, bounds[met + 1], 0) - first
    mine = np.repeat(np.repeat(some, BANDS), counts)
    at = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    both = np.unique(mine * max(len(near[0]), 1) + index["owners"][at])
    mine, other = both // max(len(near[0]), 1), both % max(len(near[0]), 1)
    apart = rows.node[mine] != index["node"][other]
    mine, other = mine[apart], other[apart]
    if not len(mine):
        return np.empty((0, 3))
    asked, place = np.unique(other, return_inverse=True)
    theirs = picked(index["sets"], index["set_bounds"], asked)
    values = np.concatenate([rows.sets[0], theirs[0]])
    offsets = np.concatenate([rows.sets[1], theirs[1][1:] + rows.sets[1][-1]])
    alike = similarities(values, offsets, mine, len(rows.node) + place, least)
    held = alike >= least
    mine, other, alike = mine[held], other[held], alike[held]
    known = index["node"]
    own = np.minimum(np.searchsorted(known, rows.node[mine]), len(known) - 1)
    is_known = known[own] == rows.node[mine]
    for at_label, name in enumerate(("split", "random")):
        labels = rows.labels[at_label][mine].astype(np.uint64)
        np.bitwise_or.at(near[at_label], other, np.uint64(1) << labels)
        others = index[name][other].astype(np.uint64)
        np.bitwise_or.at(near[at_label], own[is_known], (np.uint64(1) << others)[is_known])
    across = rows.labels[0][mine] != index["split"][other]
    ends = np.stack([rows.node[mine], known[other]])[:, across].astype(np.float64)
    return np.stack([alike[across], ends.min(axis=0), ends.max(axis=0)], axis=1)


def closest(pairs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The pairs most alike, each once."""
    pairs = np.unique(pairs, axis=0)
    order = np.lexsort((pairs[:, 2], pairs[:, 1], -pairs[:, 0]))
    return pairs[order[:MOST_PAIRS]]


def _rows(job: CheckJob, context: Context) -> Iterator[Rows]:
    """The delivered records of the parts, chunk by chunk."""
    for part, ledger in zip(job.parts, job.ledgers, strict=True):
        splits = pc.index_in(delivered(ledger), pa.array(list(job.names), pa.string()))
        start = 0
        for chunk in range(part.chunks):
            context.tick(chunk, chunk + 1)
            batch = state_before(job.plan, len(job.plan.passes), ChunkStored(PartStores(part.place, part.part), chunk))
            numbers = splits.slice(start, len(batch))
            rows = np.flatnonzero(pc.is_valid(numbers).to_numpy(zero_copy_only=False))
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
    rids = flat(batch.column("rid"))
    drawn = hash_rows(*rids, rows, _DRAWN) / 2.0**64
    random = np.minimum(np.searchsorted(np.array(job.random), drawn, side="right"), len(job.names) - 1)
    sampled = hash_rows(*rids, rows, _SAMPLED) / 2.0**64 < job.rate
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
    return Rows(node, (split, random.astype(np.int64)), sampled, same, grams, sets)


def _words(view: View) -> tuple[Hashes, Numbers]:
    text = view.text
    return simplified(text.data, text.offsets, view.rows)


def _hashed(words: Hashes, bounds: Numbers, some: npt.NDArray[np.bool_]) -> Hashes:
    """Of each list of words, never 0; 0 where it is none of `some`."""
    return np.where(some, np.maximum(hash_lists(words, bounds, _EXACT), np.uint64(1)), np.uint64(0))


def _once(hashes: Hashes) -> Hashes:
    """Each hash once, ascending."""
    hashes = np.sort(hashes)
    new = np.ones(len(hashes), np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=new[1:])
    return hashes[new]
