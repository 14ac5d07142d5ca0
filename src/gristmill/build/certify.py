"""Looks for records that stand in one split and, the same or nearly, in another: tasks over the parts of a build.

A sample of records, all where they are few, is held against all.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gristmill.build.certify_rows import BANDS, SAME, CheckJob, Hashes, Numbers, Rows, rows_of, store, stored
from gristmill.engine.protocol import Context
from gristmill.text.distinct import distinct_values
from gristmill.text.hash_index import HashIndex, hash_index
from gristmill.text.hash_places import places
from gristmill.text.jaccard import similarities
from gristmill.text.ragged import offsets_of, picked

MOST_OF_KEY = 8
"""Sampled records of a split that are compared for one key: boilerplate would else bring all together with all."""
MOST_PAIRS = 20
MASKS = {name: f"all_{name}" for name in (*SAME, "grams")} | {"near": "node"}
"""What is looked for, and the entries of the index that it is marked at."""


def sketch_parts(job: CheckJob, context: Context) -> str:
    """What is compared of the sampled records."""
    store(job.sketch, rows_of(job, context, only_sampled=True))
    return job.sketch


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
    all_keys = distinct_values(keys)
    arrays = one | {"all_keys": all_keys, "owners": owners}
    arrays["key_bounds"] = np.append(np.searchsorted(keys, all_keys), len(keys))
    arrays |= {f"all_{name}": distinct_values(one[name]) for name in ("grams", *SAME)}
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
    # Where all records are sampled, they need not be read again.
    for rows in stored(job.sketch) if job.rate >= 1 else rows_of(job, context):
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
    keys = rows.keys[some].ravel()
    met = index.places("all_keys", keys)
    bounds = index["key_bounds"]
    first = np.where(met >= 0, bounds[met], 0)
    counts = np.where(met >= 0, bounds[met + 1], 0) - first
    mine = np.repeat(np.repeat(some, BANDS), counts)
    at = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    both = distinct_values(mine * max(len(near[0]), 1) + index["owners"][at])
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
