"""The columns of a document, the first kind of record, and how a record gets its identity."""

from __future__ import annotations

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


def record_id(source: str, position: int) -> str:
    """The identity of a record: 128 bits of its source and its place there, as 32 hex digits.

    It changes neither when a build is run again nor when inputs are listed in another order.
    """
    return xxhash.xxh3_128_hexdigest(f"{source}\0{position}".encode("utf-8", "surrogateescape"))
