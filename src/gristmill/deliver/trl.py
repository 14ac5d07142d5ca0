"""JSON Lines that TRL's trainers read as they are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pydantic import Field

from gristmill.contracts.sink import Sink
from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowWriter, Unwritable, kind_for


class Trl(Sink):
    """Write conversations for SFT, pairs for DPO and reward models, labelled completions for KTO."""

    unwritable: Unwritable = Field(
        "fail", description="What to do with a record that the format has no place for: `fail` or `leave_out`."
    )

    @property
    def suffix(self) -> str:
        return ".jsonl"

    def open(self, path: Path, schema: pa.Schema) -> RowWriter:
        kind = kind_for(self, schema, ("conversation", "preference", "example"))
        return RowWriter(path, self, kind, _trainer_rows.trl, self.unwritable)
