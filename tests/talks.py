"""Records of several texts as batches, for tests."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from gristmill.records.kinds import COLUMNS, Kind
from gristmill.records.turns import taken_apart


def batch_of(kind: Kind, contents: Sequence[dict[str, Any] | None]) -> pa.RecordBatch:
    """Records with these contents; None is a row that could not be read."""
    rows = []
    for place, content in enumerate(contents):
        row: dict[str, Any] = {"rid": f"{place:032x}", "id": str(place), "source": "talks.jsonl", "position": place}
        if content is not None:
            apart = taken_apart(kind, copy.deepcopy(content))
            row |= {"text": apart.text, "content": apart.content, "roles": apart.roles}
        rows.append(row)
    return pa.RecordBatch.from_pylist(rows, COLUMNS[kind])


def talk(*said: str, first: str = "user") -> dict[str, Any]:
    """A conversation in which user and assistant take turns."""
    order = ("user", "assistant") if first == "user" else ("assistant", "user")
    return {"messages": [{"role": order[place % 2], "content": text} for place, text in enumerate(said)]}
