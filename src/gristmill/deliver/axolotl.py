"""JSON Lines for Axolotl's `chat_template` datasets."""

from __future__ import annotations

from typing import ClassVar

from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import KeepingRowSink
from gristmill.deliver._trainer_rows import Row
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content


class Axolotl(KeepingRowSink):
    """Write conversations, or pairs for DPO, as Axolotl's `chat_template` type takes them."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "preference")

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.axolotl(kind, content)
