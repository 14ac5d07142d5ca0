"""Who of a cluster goes in the end: beside the record that is kept, further copies may stay, or all with labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.settled import between
from gristmill.contracts.step import CorpusStep, Label, Settled


def going(step: CorpusStep, decision: Settled, rank: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the nodes `decision.lost` go: of each cluster the best ranked stay, `copies` with the kept one."""
    if step.annotate:
        return np.zeros(len(decision.lost), np.bool_)
    cluster = decision.cluster[decision.lost]
    order = np.lexsort((rank[decision.lost], cluster))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = np.diff(cluster[order]) != 0
    starts = np.flatnonzero(begins)
    place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    goes = np.empty(len(order), np.bool_)
    goes[order] = place >= step.copies - 1
    return goes


def labels(step: CorpusStep, line: int, table: pa.Table, start: int, rids: pa.Array) -> dict[str, pa.Array]:
    """The columns that a step adds to the records of a chunk, of which the first is row `start` of its part.

    `table` is what was settled of the part. A record that met no other is a cluster of one, named for itself.
    """
    mine = between(table, start, start + len(rids))
    mine = mine.filter(pc.equal(mine.column("line"), line))
    place = np.arange(len(rids))
    place[mine.column("row").to_numpy() - start] = len(rids) + np.arange(len(mine))
    ones = pa.array(np.ones(len(rids), np.int64))

    def laid(alone: pa.Array, name: str) -> pa.Array:
        return pa.concat_arrays([alone, mine.column(name).combine_chunks()]).take(pa.array(place))

    def value(label: Label) -> pa.Array:
        if label == "cluster":
            return laid(rids, "cluster")
        if label == "cluster_size":
            return laid(ones, "size")
        return pc.divide(1.0, laid(ones, "stay").cast(pa.float64()))

    return {name: value(label) for name, label in step.labels().items()}
