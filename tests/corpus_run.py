"""A whole-corpus step run end to end in memory: what a build does, without its files."""

from __future__ import annotations

import zlib
from itertools import pairwise

import numpy as np
import pyarrow as pa

from gristmill.contracts.step import CorpusStep, Evidence, Settled
from gristmill.contracts.view import View

LARGE = pa.large_string()


def batch(texts: list[str | None], kind: pa.DataType = LARGE) -> pa.RecordBatch:
    """Records with these texts, and urls and vectors that are as different as they are."""
    urls = [None if text is None else f"https://example.org/{text}" for text in texts]
    vectors = [np.random.RandomState(zlib.crc32(text.encode())).randn(16) if text else None for text in texts]
    return pa.record_batch(
        {
            "url": pa.array(urls, kind),
            "text": pa.array(texts, kind),
            "embedding": pa.array(vectors, pa.list_(pa.float32())),
        }
    )


def run(
    step: CorpusStep, texts: list[str | None], rank: np.ndarray | None = None, cuts: list[int] | None = None
) -> tuple[dict[int, tuple[int, float | None]], np.ndarray]:
    """What went (row -> kept row, similarity if known) and the rows' clusters; `cuts` are where batches end."""
    bounds = [0, *(cuts or []), len(texts)]
    parts = [(lo, batch(texts[lo:hi])) for lo, hi in pairwise(bounds)]
    sketches = [(lo, step.sketch(View(part))) for lo, part in parts]
    rows = np.concatenate([sketch.rows + lo for lo, sketch in sketches])
    keys = np.concatenate([sketch.keys for _, sketch in sketches])
    order = np.lexsort((rows, keys))
    a, b = step.link(keys[order], rows[order])
    met = np.unique(np.concatenate([a, b])).astype(np.int64)
    values, lengths = [], []
    for lo, part in parts:
        asked = met[(met >= lo) & (met < lo + len(part))] - lo
        got, offsets = step.evidence(View(part, asked))
        values.append(got)
        lengths.append(np.diff(offsets))
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
    ranks = (np.arange(len(texts)) if rank is None else rank)[met]
    settled: Settled = step.settle(
        np.searchsorted(met, a), np.searchsorted(met, b), ranks, Evidence(np.concatenate(values), offsets)
    )
    cluster = np.arange(len(texts))
    cluster[met] = met[settled.cluster]
    went = {
        int(met[lost]): (int(met[kept]), None if np.isnan(alike) else float(alike))
        for lost, kept, alike in zip(settled.lost, settled.kept, settled.similarity, strict=True)
    }
    return went, cluster
