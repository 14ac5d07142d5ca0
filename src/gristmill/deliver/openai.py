"""JSON Lines for OpenAI's chat fine-tuning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

import orjson
from pydantic import Field, PrivateAttr

from gristmill.contracts.libraries import versions
from gristmill.contracts.sink import TRAIN, Delivered, Ready
from gristmill.deliver import _trainer_rows
from gristmill.deliver._row_files import RowSink
from gristmill.deliver._trainer_rows import CannotWriteError, Row
from gristmill.records.chat.tokenizer import Tokenizer, missing_tokenizer, open_tokenizer
from gristmill.records.kinds import Kind
from gristmill.records.turns import Content

FEWEST_EXAMPLES = 10
"""From the guide to fine-tuning: `you are required to provide at least 10 examples`."""

MOST_BYTES = 512 << 20
"""From the reference of `POST /files`: `Individual files can be up to 512 MB`."""

MOST_TOKENS = 65_536
"""From the table of token limits in the guide: the training context of the GPT-4.1 and GPT-4o families."""

_A_MESSAGE, _A_NAME, _AN_EXAMPLE = 3, 1, 3
"""From the OpenAI cookbook, `How to count tokens with tiktoken`: what stands around messages, names and examples."""

MAYBE_LONG = "rows with more bytes than max_tokens"
TOKENS = "tokens"


class Openai(RowSink):
    """Write conversations as OpenAI's fine-tuning takes them, each checked by its published rules.

    A job cuts an example that is longer than `max_tokens` at its end, without a word. Such a record is unwritable here.
    Tokens are counted as the cookbook counts them, by the `tokenizer`, and tool calls and definitions as their JSON.
    Without one, a row of at most `max_tokens` bytes surely fits, and how many have more is told.
    """

    takes: ClassVar[tuple[Kind, ...]] = ("conversation",)

    max_tokens: int = Field(
        MOST_TOKENS, ge=1, description="Tokens of an example at most: 65536 for GPT-4.1 and GPT-4o, 16385 for GPT-3.5."
    )
    tokenizer: str | None = Field(
        None, min_length=1, description="Folder with the tokenizer.json of the model (o200k), beside the recipe."
    )

    _root: Path = PrivateAttr(Path())

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root = root
        return located

    @property
    def _folder(self) -> Path | None:
        return None if self.tokenizer is None else self._root / self.tokenizer

    def reads(self) -> Mapping[str, str | None]:
        if self._folder is None:
            return {}
        return {**Tokenizer.digests(self._folder), **versions(("tokenizers",))}

    def faults(self) -> Mapping[str, str]:
        missing = self._folder and missing_tokenizer(self._folder)
        return {"tokenizer": missing} if missing else {}

    def ready(self, delivered: Delivered) -> Ready:
        """A job takes one file to train on, and may take one to validate on: each split is one file."""
        splits = delivered.splits()
        warnings = []
        for name, files in splits.items():
            size = sum(file.path.stat().st_size for file in files)
            if size > MOST_BYTES:
                warnings.append(f"{name}.jsonl has {size >> 20:,} MB, and a file may have {MOST_BYTES >> 20}")
            if long := sum(file.told.get(MAYBE_LONG, 0) for file in files):
                warnings.append(
                    f"{name}.jsonl has {long:,} examples of more than {self.max_tokens:,} bytes, "
                    "which may have too many tokens: name a tokenizer to count them"
                )
        rows = sum(file.rows for file in splits.get(TRAIN, ()))
        if rows < FEWEST_EXAMPLES:
            warnings.append(f"{TRAIN}.jsonl has {rows} examples, and a job takes {FEWEST_EXAMPLES} or more")
        return Ready({f"{name}.jsonl": files for name, files in splits.items()}, tuple(warnings))

    def row(self, kind: Kind, content: Content) -> Row:
        return _trainer_rows.openai(kind, content)

    def told(self, row: Row) -> Mapping[str, int]:
        if self._folder is None:
            return {MAYBE_LONG: 1} if len(orjson.dumps(row)) > self.max_tokens else {}
        count = tokens_of(row, open_tokenizer(self._folder))
        if count > self.max_tokens:
            raise CannotWriteError("it is longer than max_tokens, and a job would cut it at its end")
        return {TOKENS: count}


def tokens_of(row: Row, tokenizer: Tokenizer) -> int:
    """What a row is to be trained on and paid for, by the cookbook's rule; tools, which it leaves out, as JSON."""
    texts = [orjson.dumps(row["tools"]).decode()] if row.get("tools") else []
    around = _AN_EXAMPLE
    for message in row["messages"]:
        around += _A_MESSAGE + (_A_NAME if "name" in message else 0)
        for key, value in message.items():
            if key != "weight" and value:
                texts.append(value if isinstance(value, str) else orjson.dumps(value).decode())
    return around + int(tokenizer.lengths(texts).sum())
