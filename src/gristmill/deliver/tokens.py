"""Tokens with labels, packed or not, as trainers load them without another look at the text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, PrivateAttr

from gristmill.contracts.libraries import versions
from gristmill.contracts.sink import Sink
from gristmill.deliver._nested import contents
from gristmill.deliver._row_files import kind_for
from gristmill.deliver._token_rows import Packed, TokenRows
from gristmill.errors import OutputError
from gristmill.records.chat.chat_template import DATE, CannotRender, ChatTemplate
from gristmill.records.chat.exchanges import Overlong
from gristmill.records.chat.loss_mask import Trained
from gristmill.records.chat.tokenizer import Tokenizer, missing_tokenizer
from gristmill.records.kinds import Kind
from gristmill.text.packing import LONGEST_ROW, best_fit, concatenated, one_each


class Tokens(Sink):
    """Write records as `input_ids` and `labels` by a tokenizer and a chat template, packed into rows or one a row."""

    takes: ClassVar[tuple[Kind, ...]] = ("conversation", "document")

    tokenizer: str = Field(description="Folder with a model's tokenizer.json, beside the recipe.")
    template: str | None = Field(None, description="Name of a chat template; else the tokenizer's own.")
    trained: Trained = Field("assistant", description="What the loss counts: `assistant`, `last` answer, or `all`.")
    max_length: int = Field(4096, ge=1, lt=LONGEST_ROW, description="Tokens of a row at most.")
    overlong: Overlong = Field(
        "drop_oldest",
        description="For a longer conversation: `drop_oldest` exchanges, `cut_end` at a whole one, or `leave_out`.",
    )
    packing: Packed = Field(
        "none", description="`best_fit`: whole records, many a row. `concatenate`: one stream, cut at each row."
    )
    window: int = Field(10_000, ge=1, description="Records that are packed together.")
    loss_weights: bool = Field(False, description="Add a column with the weight of each token.")
    day: date = Field(DATE.date(), description="The day that a template may write.")
    format: Literal["parquet", "arrow"] = Field("parquet", description="Parquet, or an Arrow IPC file.")

    _root: Path = PrivateAttr(Path())

    @classmethod
    def warm(cls) -> None:
        """Pack two documents in every way."""
        for pack in (best_fit, concatenated, one_each):
            pack(np.array([2, 1]), 3)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root = root
        return located

    def reads(self) -> Mapping[str, str | None]:
        return {**Tokenizer.digests(self._root / self.tokenizer), **versions(("tokenizers", "jinja2"))}

    def faults(self) -> Mapping[str, str]:
        missing = missing_tokenizer(self._root / self.tokenizer)
        return {"tokenizer": missing} if missing else {}

    @property
    def suffix(self) -> str:
        return f".{self.format}"

    def open(self, path: Path, schema: pa.Schema) -> TokenWriter:
        kind = kind_for(self, schema)
        tokenizer = Tokenizer(self._root / self.tokenizer)
        day = datetime(self.day.year, self.day.month, self.day.day)
        try:
            template = tokenizer.template(self.template, date=day) if kind == "conversation" else ChatTemplate("")
        except ValueError as error:
            raise OutputError(f"tokens: {error}") from error
        rows = TokenRows(
            tokenizer, template, self.trained, self.max_length, self.overlong, self.packing, self.loss_weights
        )
        return TokenWriter(path, kind, rows, self.window, self.format)


class TokenWriter:
    """A row group for each window of records, wherever the batches that come in were cut.

    How many records were left out or shortened, and how full the rows are, stands in the file's metadata, as
    `gristmill.told`.
    """

    def __init__(self, path: Path, kind: Kind, rows: TokenRows, window: int, format: str) -> None:
        self._kind, self._rows, self._window = kind, rows, window
        self._held: list[pa.RecordBatch] = []
        self._count = 0
        self._file: pq.ParquetWriter | pa.RecordBatchFileWriter
        self._is_parquet = format == "parquet"
        if self._is_parquet:
            self._file = pq.ParquetWriter(
                os.fspath(path), rows.schema, compression="zstd", compression_level=3, use_dictionary=["labels"]
            )
        else:
            self._file = pa.ipc.new_file(os.fspath(path), rows.schema)

    def write(self, batch: pa.RecordBatch) -> None:
        at = 0
        while at < len(batch):
            taken = min(self._window - self._count, len(batch) - at)
            self._held.append(batch.slice(at, taken))
            self._count += taken
            at += taken
            if self._count == self._window:
                self._flush()

    def close(self) -> Mapping[str, int]:
        self._flush()
        told = {what: count for what, count in sorted(self._rows.told.items()) if count}
        if self._is_parquet:
            self._file.add_key_value_metadata({"gristmill.told": json.dumps(told)})
        self._file.close()
        return told

    def _flush(self) -> None:
        names: list[str] = []
        whole: list[object] = []
        for batch in self._held:
            names += batch.column("id").to_pylist()
            whole += batch.column("text").to_pylist() if self._kind == "document" else contents(batch, self._kind)
        self._held, self._count = [], 0
        if not names:
            return
        try:
            if self._kind == "document":
                made = self._rows.of_documents(names, [str(text or "") for text in whole])
            else:
                made = self._rows.of_conversations(names, [one for one in whole if isinstance(one, dict)])
        except CannotRender as error:
            raise OutputError(f"tokens: {error}; drop such records by a step before") from error
        if len(made):
            self._file.write_batch(made)
