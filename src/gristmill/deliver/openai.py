"""JSON Lines for OpenAI's chat fine-tuning."""

from __future__ import annotations

from typing import ClassVar

from gristmill.contracts.sink import TRAIN, Delivered, Ready
from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowSink
from gristmill.deliver._trainer_rows import Row
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content

FEWEST_EXAMPLES = 10
"""From the guide to fine-tuning: `you are required to provide at least 10 examples`."""

MOST_BYTES = 512 << 20
"""From the reference of `POST /files`: `Individual files can be up to 512 MB`."""


class Openai(RowSink):
    """Write conversations as OpenAI's fine-tuning takes them, each checked by its published rules."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation",)

    def ready(self, delivered: Delivered) -> Ready:
        """A job takes one file to train on, and may take one to validate on: each split is one file."""
        splits = delivered.splits()
        warnings = []
        for name, files in splits.items():
            size = sum(file.path.stat().st_size for file in files)
            if size > MOST_BYTES:
                warnings.append(f"{name}.jsonl has {size >> 20:,} MB, and a file may have {MOST_BYTES >> 20}")
        rows = sum(file.rows for file in splits.get(TRAIN, ()))
        if rows < FEWEST_EXAMPLES:
            warnings.append(f"{TRAIN}.jsonl has {rows} examples, and a job takes {FEWEST_EXAMPLES} or more")
        return Ready({f"{name}.jsonl": files for name, files in splits.items()}, tuple(warnings))

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.openai(kind, content)
