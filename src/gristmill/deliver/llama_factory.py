"""JSON Lines for LLaMA-Factory, in its ShareGPT form."""

from __future__ import annotations

from typing import ClassVar

from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowSink
from gristmill.deliver._trainer_rows import Row
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content


class LlamaFactory(RowSink):
    """Write conversations, pairs and labelled completions in LLaMA-Factory's ShareGPT form."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "preference")

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.llama_factory(kind, content)
