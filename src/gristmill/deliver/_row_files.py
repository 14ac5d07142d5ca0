"""JSON Lines of rows that are made from records one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa

from gristmill.contracts.sink import Sink
from gristmill.deliver._nested import contents, kind_of
from gristmill.deliver._trainer_rows import CannotWriteError, Row
from gristmill.errors import OutputError
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content

Unwritable = Literal["fail", "leave_out"]
Write = Callable[[Kind, Content], Row]


def kind_for(sink: Sink, schema: pa.Schema, kinds: tuple[Kind, ...]) -> Kind:
    """The kind of the records; OutputError where the sink does not take it."""
    kind = kind_of(schema)
    if kind not in kinds:
        raise OutputError(f"{sink.name()} takes records of the kind {' or '.join(kinds)}, and these are {kind}s")
    return kind


class RowWriter:
    """A line for each record. One that has no place in the format ends the build, or is left out where that is said."""

    def __init__(self, path: Path, sink: Sink, kind: Kind, write: Write, unwritable: Unwritable) -> None:
        self._file = path.open("wb")
        self._sink, self._kind, self._write, self._unwritable = sink, kind, write, unwritable

    def write(self, batch: pa.RecordBatch) -> None:
        lines: list[bytes] = []
        names = batch.column("id").to_pylist()
        for name, content in zip(names, contents(batch, self._kind), strict=True):
            try:
                row = self._write(self._kind, content)
            except CannotWriteError as error:
                if self._unwritable == "fail":
                    raise OutputError(
                        f"record {name} cannot be written as {self._sink.name()}: {error}; "
                        "drop such records by a step before, or set unwritable: leave_out"
                    ) from error
                continue
            lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self._file.write(b"".join(lines))

    def close(self) -> None:
        self._file.close()
