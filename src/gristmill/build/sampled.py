"""Rows of a sample on their way between tasks: drawn first, so that their texts are read with those of the nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.chunk import line_store
from gristmill.build.key_lists import KEYS
from gristmill.build.part_groups import PartGroup, evidence_of
from gristmill.build.parts import ChunkStored
from gristmill.build.recall import Sample
from gristmill.engine.protocol import Refs
from gristmill.engine.shuffle import Scatter, Shuffle
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine

_LISTS = pa.large_list(pa.uint64())
SAMPLED = pa.schema([("keys", _LISTS), ("evidence", _LISTS)])


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample and, written by the groups of parts in order, what its rows met by and what is compared of them."""

    path: str
    target: Shuffle  # SAMPLED, of one partition

    def save(self, sample: Sample) -> None:
        """Have the tasks that follow know the sample."""
        np.savez(self.path, **{field.name: getattr(sample, field.name) for field in fields(sample)})

    def load(self) -> Sample:
        """The sample."""
        with np.load(self.path) as stored:
            return Sample(stored["rows"], stored["group"], stored["members"], bool(stored["whole"]), int(stored["of"]))

    def rows(self) -> Refs:
        """Its rows alone, ascending."""
        with np.load(self.path) as stored:
            rows: Refs = stored["rows"]
        return rows

    def put(self, out: Scatter, group: PartGroup[CorpusLine], stored: ChunkStored, rows: Refs) -> None:
        """Write rows of a chunk, counted from its first."""
        batch = stored.batch(line_store(group.line), [KEYS])
        if batch is None:
            raise BuildError(f"{group.line.name}: rows of a sample have no keys")
        keys = batch.column(0).take(pa.array(rows))
        out.add([keys, evidence_of(group, stored, rows)], np.zeros(len(rows), np.int64))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """What was written, in the order of the rows."""
        return self.target.gathered(0)

    def remove(self) -> None:
        """Take the files away."""
        Path(self.path).unlink(missing_ok=True)
        self.target.remove()
