"""The columns of a document, the first kind of record, and how a record gets its identity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

KIND = "document"

DOCUMENT = pa.schema(
    [
        pa.field("rid", pa.string(), nullable=False),  # 32 hex digits, unique: see `record_id`
        pa.field("id", pa.string(), nullable=False),  # the user's own id where one is mapped, else the rid
        pa.field("source", pa.string(), nullable=False),  # uri of the file, as the recipe spells it
        pa.field("position", pa.int64(), nullable=False),  # byte offset or record number inside the source
        pa.field("url", pa.string()),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("text", pa.large_string()),  # null until `extract` has read the payload
        pa.field("metadata", pa.string()),  # a JSON object, keys sorted; free, never given a schema
    ],
    metadata={"gristmill.kind": KIND},
)

PAYLOAD = pa.schema(
    [
        pa.field("payload", pa.large_binary()),  # bytes as found (HTML), for `extract`
        pa.field("content_type", pa.string()),  # the Content-Type header they came with
    ]
)
"""The two further columns of readers that give pages rather than texts; `extract` consumes them."""

WITH_PAYLOAD = pa.schema([*DOCUMENT, *PAYLOAD], metadata=DOCUMENT.metadata)


def record_ids(sources: Sequence[str], positions: Sequence[int]) -> list[str]:
    """The identity of each record: 128 bits of its source and its place there, as 32 hex digits.

    It changes neither when a build is run again nor when inputs are listed in another order. Both halves of the
    source's XXH3 hash are mixed with the position, each by a bijection: in one source, no two records share an id.
    """
    known = {source: _halves(source) for source in set(sources)}
    seeds = np.array([known[source] for source in sources], np.uint64).reshape(-1, 2)
    digits = _digits(seeds, np.array(positions, np.int64))
    return [digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS)]


def record_ids_of(source: str, positions: npt.NDArray[np.int64]) -> pa.StringArray:
    """The identities of records of one source, as an Arrow array: see `record_ids`."""
    digits = _digits(np.array([_halves(source)], np.uint64), positions).encode()
    bounds = np.arange(0, len(digits) + 1, _DIGITS, dtype=np.int32)
    return pa.StringArray.from_buffers(len(positions), pa.py_buffer(bounds), pa.py_buffer(digits))


def record_id(source: str, position: int) -> str:
    """The identity of one record: see `record_ids`."""
    return record_ids([source], [position])[0]


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_DIGITS = 32


def _digits(seeds: npt.NDArray[np.uint64], positions: npt.NDArray[np.int64]) -> str:
    """All identities one after another, from the two halves of each source, or of the only one."""
    whole = np.empty((len(positions), 2), np.uint64)
    places = positions.view(np.uint64) * _GOLDEN
    whole[:, 0] = _mixed(seeds[:, 0] ^ places)
    whole[:, 1] = _mixed(seeds[:, 1] + places)
    return whole.astype(">u8").tobytes().hex()


def _halves(source: str) -> tuple[int, int]:
    value = xxhash.xxh3_128_intdigest(source.encode("utf-8", "surrogateescape"))
    return value >> 64, value & (1 << 64) - 1


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser of SplitMix64, a bijection (Steele, Lea and Flood, OOPSLA 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
