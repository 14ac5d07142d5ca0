"""What earlier builds knew of their records: hashes of which each was and of its text, sorted for look-ups."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.errors import InputError

Hashes = npt.NDArray[np.int64]

_MOST_MANIFEST = 64 << 20
_MIX = np.uint64(0x9E3779B97F4A7C15)


class EarlierBuild(NamedTuple):
    """A finished build that watched its records: how the recipe spells it, its folder, the line, its digest."""

    name: str
    folder: str
    line: str
    digest: str


def earlier_build(root: Path, name: str, step: str, by: str) -> EarlierBuild:
    """A build by its folder; InputError where it is none, or has not watched its records as this recipe does."""
    folder = root / name
    try:
        with (folder / "manifest.json").open("rb") as file:
            manifest = json.loads(file.read(_MOST_MANIFEST))
        lines: list[dict[str, Any]] = [line for line in manifest["steps"] if line["step"] == step]
        digest = str(manifest["digest"])
        same = [str(line["name"]) for line in lines if line["settings"].get("by") == by]
    except OSError as error:
        raise InputError(name, "is no finished build, it has no manifest.json") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(name, "its manifest.json is damaged; build it again") from error
    if not lines:
        raise InputError(name, f"was built without {step}, so its records are not known; add the step to its recipe")
    if not same:
        raise InputError(name, f"knows its records by another field than {by!r}; set `by` alike in both recipes")
    return EarlierBuild(name, str(folder), same[0], digest)


class Known(NamedTuple):
    """Records that were there, and records with their texts; both sorted."""

    records: npt.NDArray[np.uint64]
    contents: npt.NDArray[np.uint64]

    def freshness(self, records: Hashes, contents: Hashes) -> pa.Array:
        """`new`, `changed` or `unchanged` for each record."""
        there = _among(records.view(np.uint64), self.records)
        same = _among(_both(records, contents), self.contents)
        names = np.array(["new", "changed", "unchanged"])
        return pa.array(names[there.astype(int) + (there & same)])


@lru_cache(maxsize=2)
def known(builds: tuple[EarlierBuild, ...]) -> Known:
    """All records of some builds: 16 bytes each are kept in memory. InputError where a ledger cannot be read."""
    records, contents = [], []
    for build in builds:
        for path in sorted((Path(build.folder) / "ledger" / "signals").glob("*.parquet")):
            found = _hashes(path, build)
            records.append(found[0].view(np.uint64))
            contents.append(_both(*found))
    return Known(_sorted(records), _sorted(contents))


def _hashes(path: Path, build: EarlierBuild) -> tuple[Hashes, Hashes]:
    names = [f"{build.line}.record", f"{build.line}.content"]
    try:
        table = pq.read_table(path, columns=names)
        table = table.filter(table.column(names[0]).is_valid())
        first, second = (np.asarray(table.column(name), np.int64) for name in names)
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(build.name, f"its ledger cannot be read: {path.name}") from error
    return first, second


def _both(records: Hashes, contents: Hashes) -> npt.NDArray[np.uint64]:
    """A hash of the two together."""
    mixed = (records.view(np.uint64) * _MIX) ^ contents.view(np.uint64)
    return (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


def _sorted(parts: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    return np.unique(np.concatenate([np.empty(0, np.uint64), *parts]))


def _among(values: npt.NDArray[np.uint64], ascending: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(values), np.bool_)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    found: npt.NDArray[np.bool_] = ascending[at] == values
    return found
