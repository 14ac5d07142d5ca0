"""The kinds of record, and the columns that each has while it is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import pyarrow as pa

from gristmill.records.document import DOCUMENT, KIND

Kind = Literal["document", "conversation", "preference", "example"]
KINDS: tuple[Kind, ...] = get_args(Kind)

KIND_KEY = "gristmill.kind"
"""What a schema says the kind of its records under."""

TURNS = pa.schema(
    [
        pa.field("content", pa.large_string()),  # the record as JSON, its texts taken out: see `records/turns.py`
        pa.field("roles", pa.string()),  # a letter for each text, in order
    ]
)
"""The two further columns of a record of several texts, whose `text` is all of them."""


def _columns(kind: Kind) -> pa.Schema:
    return DOCUMENT if kind == KIND else pa.schema([*DOCUMENT, *TURNS], metadata={KIND_KEY: kind})


COLUMNS: Mapping[Kind, pa.Schema] = {kind: _columns(kind) for kind in KINDS}
