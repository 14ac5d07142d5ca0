"""The splits of an earlier build, looked up by the content of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Earlier:
    """Contents, ascending, and the split of each, in files that are mapped into memory."""

    contents: str
    numbers: str

    @classmethod
    def of(cls, build: Path, names: Sequence[str], folder: Path) -> Earlier:
        """The records of a finished build. A split that has no name here is forgotten; of a content in several
        splits the most held-out one counts."""
        hashes: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        splits: list[npt.NDArray[np.int8]] = [np.empty(0, np.int8)]
        for path in sorted((build / "ledger" / "splits").glob("*.parquet")):
            table = pq.read_table(path, columns=["content", "split"])
            number = pc.index_in(table.column("split"), pa.array(list(names), pa.string()))
            known = pc.is_valid(number)
            hashes.append(table.column("content").filter(known).to_numpy())
            splits.append(number.filter(known).to_numpy().astype(np.int8))
        content, split = np.concatenate(hashes), np.concatenate(splits)
        order = np.lexsort((split, content))
        content, split = content[order], split[order]
        last = np.ones(len(content), np.bool_)
        last[:-1] = content[1:] != content[:-1]
        folder.mkdir(parents=True, exist_ok=True)
        found = cls(str(folder / "contents.npy"), str(folder / "splits.npy"))
        np.save(found.contents, content[last])
        np.save(found.numbers, split[last])
        return found

    def splits(self, contents: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The split of each content, -1 where the earlier build has none. A text without words is never known."""
        known, numbers = np.load(self.contents, mmap_mode="r"), np.load(self.numbers, mmap_mode="r")
        if not len(known):
            return np.full(len(contents), -1)
        at = np.minimum(np.searchsorted(known, contents), len(known) - 1)
        return np.where((known[at] == contents) & (contents > 0), numbers[at].astype(np.int64), -1)
