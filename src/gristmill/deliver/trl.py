"""JSON Lines that TRL's trainers read as they are."""

from __future__ import annotations

from typing import ClassVar

from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import KeepingRowSink
from gristmill.deliver._trainer_rows import Row
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content


class Trl(KeepingRowSink):
    """Write conversations for SFT, pairs for DPO and reward models, labelled completions for KTO."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "preference", "example")

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.trl(kind, content)
