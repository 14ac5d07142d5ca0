"""JSON Lines for Axolotl's `chat_template` datasets."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pyarrow as pa
from pydantic import Field

from gristmill.contracts.sink import Sink
from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowWriter, Unwritable, kind_for
from gristmill.records.kinds import Kind


class Axolotl(Sink):
    """Write conversations, or pairs for DPO, as Axolotl's `chat_template` type takes them."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "preference")

    unwritable: Unwritable = Field(
        "fail", description="What to do with a record that the format has no place for: `fail` or `leave_out`."
    )

    @property
    def suffix(self) -> str:
        return ".jsonl"

    def open(self, path: Path, schema: pa.Schema) -> RowWriter:
        kind = kind_for(self, schema, self.takes)
        return RowWriter(path, self, kind, _trainer_rows.axolotl, self.unwritable)
