"""JSON Lines for OpenAI's chat fine-tuning."""

from __future__ import annotations

from typing import ClassVar

from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowSink
from gristmill.deliver._trainer_rows import Row
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content


class Openai(RowSink):
    """Write conversations as OpenAI's fine-tuning takes them, each checked by its published rules."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation",)

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.openai(kind, content)
