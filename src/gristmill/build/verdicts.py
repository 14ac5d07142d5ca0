"""What a pass decided of each record, as one batch for each chunk, in the ledger's own types."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, BYTES, GONE, READ, WORDS, WORKER, Chunk
from gristmill.build.ledger import FAILED_RULE, STEP_EDIT

VERDICTS = pa.schema(
    [
        ("ended", pa.int16()),  # ALIVE, READ, WORKER, GONE, or the index of a line
        ("failed", pa.list_(FAILED_RULE)),
        ("edits", pa.list_(STEP_EDIT)),
        ("error", pa.string()),
        ("bytes", pa.int64()),
        ("words", pa.int64()),
    ]
)


def verdicts(run: Chunk, start_store: str) -> pa.RecordBatch:
    """The verdicts over a chunk that has run. `start_store` holds the text that the pass began with."""
    bytes_, words = _sizes(run, start_store)
    return pa.record_batch(
        [
            pa.array(run.ended, pa.int16()),
            _failed(run),
            _edits(run),
            _errors(run),
            bytes_,
            words,
        ],
        schema=VERDICTS,
    )


def _sizes(run: Chunk, start_store: str) -> tuple[pa.Array, pa.Array]:
    """Bytes and words of each text where its way ended, or as it is now."""
    stores = np.full(run.length, start_store, dtype=object)
    for line, store in run.text_of.items():
        stores[run.ended == line] = store
    stores[run.ended == ALIVE] = run.text_store
    stores[(run.ended == READ) | (run.ended == WORKER)] = "base"
    out = [np.zeros(run.length, np.int64), np.zeros(run.length, np.int64)]
    for store in set(stores.tolist()):
        batch = run.known(store, [BYTES, WORDS])
        rows = stores == store
        if batch is not None:
            for values, column in zip(out, batch.columns, strict=True):
                values[rows] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)[rows]
    out[0][run.ended == GONE] = out[1][run.ended == GONE] = 0
    return pa.array(out[0]), pa.array(out[1])


def _failed(run: Chunk) -> pa.Array:
    """All rules of the ending line that each row broke, in the order of the rules."""
    rows, columns = [], []
    for failure in run.failures:
        count = len(failure.rows)
        label = pa.types.is_string(failure.values.type)
        columns.append(
            pa.StructArray.from_arrays(
                [
                    _constant(failure.rule.reason, count),
                    _constant(f"{failure.line.name}.{failure.rule.signal}", count),
                    pa.nulls(count, pa.float64()) if label else failure.values.cast(pa.float64(), safe=False),
                    failure.values if label else pa.nulls(count, pa.string()),
                    _constant(failure.rule.bound, count),
                ],
                fields=list(FAILED_RULE),
            )
        )
        rows.append(failure.rows)
    return _lists(run.length, rows, columns, FAILED_RULE)


def _edits(run: Chunk) -> pa.Array:
    """Every line that changed each row's text, in order."""
    names = {line.index: line.name for line in run.one.lines}
    rows, columns = [], []
    for line, (before, after) in run.sizes.items():
        # An earlier threshold may have let more rows through to be edited.
        came = (run.ended == ALIVE) | (run.ended >= line)
        changed = np.flatnonzero(pc.is_valid(before).to_numpy(zero_copy_only=False) & came)
        pick = pa.array(changed)
        columns.append(
            pa.StructArray.from_arrays(
                [_constant(names[line], len(changed)), before.take(pick), after.take(pick)], fields=list(STEP_EDIT)
            )
        )
        rows.append(changed)
    return _lists(run.length, rows, columns, STEP_EDIT)


def _errors(run: Chunk) -> pa.Array:
    sentences: list[str | None] = [None] * run.length
    for row, (_, sentence) in run.errors.items():
        sentences[row] = sentence
    return pa.array(sentences, pa.string())


def _constant(value: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), count)


def _lists(length: int, rows: list[np.ndarray], values: list[pa.Array], kind: pa.DataType) -> pa.Array:
    """One list a row from (row, value) pairs; the order of the pairs is kept within a row."""
    if not values:
        return pa.ListArray.from_arrays(pa.array(np.zeros(length + 1, np.int32)), pa.array([], kind))
    at = np.concatenate(rows)
    order = np.argsort(at, kind="stable")
    offsets = np.zeros(length + 1, np.int32)
    np.cumsum(np.bincount(at, minlength=length), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.concat_arrays(values).take(pa.array(order)))
