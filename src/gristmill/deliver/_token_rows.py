"""Records as rows of tokens: rendered, cut into tokens, masked, fitted and packed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.records.chat.chat_template import CannotRender, ChatTemplate, Message
from gristmill.records.chat.exchanges import Overlong, fitted
from gristmill.records.chat.loss_mask import IGNORED, Rendered, Trained, Weighed, rendered, weighed
from gristmill.records.chat.tokenizer import Tokenizer
from gristmill.records.turns import Content
from gristmill.text.packing import Packing, best_fit, concatenated, one_each, positions

Packed = Literal["none", "best_fit", "concatenate"]

_INTS = pa.list_(pa.int32())
ROWS = pa.schema([("ids", pa.list_(pa.string())), ("input_ids", _INTS), ("labels", _INTS)])
PACKED_ROWS = pa.schema([*ROWS, ("position_ids", _INTS), ("seq_lengths", _INTS)])
_NOTHING = Weighed(np.empty(0, np.int64), np.empty(0, np.float32))
WEIGHTS = pa.field("loss_weights", pa.list_(pa.float32()))


@dataclass
class TokenRows:
    """The rows of one window of records after another, and what is to be told of them, as counts."""

    tokenizer: Tokenizer
    template: ChatTemplate
    trained: Trained
    max_length: int
    overlong: Overlong
    packing: Packed
    weights: bool
    told: Counter[str] = field(default_factory=Counter)

    @property
    def schema(self) -> pa.Schema:
        schema = ROWS if self.packing == "none" else PACKED_ROWS
        return schema.append(WEIGHTS) if self.weights else schema

    def of_conversations(self, names: Sequence[str], contents: Sequence[Content]) -> pa.RecordBatch:
        """Raises CannotRender, with the record's name."""
        whole: list[Rendered] = []
        for name, content in zip(names, contents, strict=True):
            try:
                whole.append(self._rendered(content["messages"], content))
            except CannotRender as error:
                raise CannotRender(f"record {name}: {error}") from error
        found = weighed(self.tokenizer, whole)
        if self.packing != "concatenate":
            found = [
                one if len(one.ids) <= self.max_length else self._shorter(content)
                for one, content in zip(found, contents, strict=True)
            ]
        return self._rows(names, found)

    def of_documents(self, names: Sequence[str], texts: Sequence[str]) -> pa.RecordBatch:
        """Every token is trained on, the one that ends a document too; those longer than a row go on in the next."""
        end = self.tokenizer.tokens.get("eos_token", "")
        pieces: list[Weighed] = []
        owners: list[str] = []
        for name, tokens in zip(names, self.tokenizer.encode([text + end for text in texts]), strict=True):
            step = len(tokens.ids) if self.packing == "concatenate" else self.max_length
            for first in range(0, len(tokens.ids), max(step, 1)):
                ids = tokens.ids[first : first + step]
                pieces.append(Weighed(ids, np.ones(len(ids), np.float32)))
                owners.append(name)
        return self._rows(owners, pieces)

    def _rendered(self, messages: Sequence[Message], content: Content) -> Rendered:
        return rendered(
            self.template,
            messages,
            content.get("tools"),
            trained=self.trained,
            endings=[*self.tokenizer.specials, self.template.tokens.get("eos_token", "")],
        )

    def _shorter(self, content: Content) -> Weighed:
        """The conversation without some exchanges; no token where none fits."""

        def length(messages: Sequence[Message]) -> int:
            return len(weighed(self.tokenizer, [self._rendered(messages, content)])[0].ids)

        messages = fitted(content["messages"], self.max_length, length, self.overlong)
        if messages is None:
            self.told["left out: longer than max_length"] += 1
            return _NOTHING
        self.told["records shortened by whole exchanges"] += len(messages) < len(content["messages"])
        return weighed(self.tokenizer, [self._rendered(messages, content)])[0]

    def _rows(self, names: Sequence[str], found: Sequence[Weighed]) -> pa.RecordBatch:
        lengths = np.array([len(one.ids) for one in found], np.int64)
        pack = {"none": one_each, "best_fit": best_fit, "concatenate": concatenated}[self.packing]
        packing = pack(lengths, self.max_length)
        at = _places(packing, lengths)
        ids, labels, weights = (
            np.concatenate([np.empty(0, kind), *values])[at]
            for kind, values in (
                (np.int64, [one.ids for one in found]),
                (np.int64, [one.labels for one in found]),
                (np.float32, [one.weights for one in found]),
            )
        )
        begins = np.cumsum(packing.lengths) - packing.lengths
        if self.packing != "none":
            # A document's first token is not to be told from the end of the one before.
            labels[begins], weights[begins] = IGNORED, 0
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(packing.row_lengths)])
        owners = pa.array([names[one] for one in packing.documents.tolist()], pa.string())
        columns = {
            "ids": pa.ListArray.from_arrays(_offsets(packing.rows), owners),
            "input_ids": _lists(ends, ids),
            "labels": _lists(ends, labels),
        }
        if self.packing != "none":
            columns["position_ids"] = _lists(ends, positions(packing.lengths))
            columns["seq_lengths"] = _lists(packing.rows, packing.lengths)
        self.told["rows"] += len(packing.row_lengths)
        self.told["tokens"] += int(packing.row_lengths.sum())
        self.told["tokens trained on"] += int((labels != IGNORED).sum())
        if self.packing != "none":
            self.told["room for tokens"] += len(packing.row_lengths) * self.max_length
        if self.weights:
            columns["loss_weights"] = pa.ListArray.from_arrays(_offsets(ends), pa.array(weights, pa.float32()))
        return pa.RecordBatch.from_pydict(columns, schema=self.schema)


def _places(packing: Packing, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where each token of the rows stands among those of all documents."""
    firsts = (np.cumsum(lengths) - lengths)[packing.documents] + packing.begins
    return np.repeat(firsts, packing.lengths) + positions(packing.lengths)


def _lists(ends: npt.NDArray[np.int64], values: npt.NDArray[np.int64]) -> pa.ListArray:
    return pa.ListArray.from_arrays(_offsets(ends), pa.array(values.astype(np.int32)))


def _offsets(ends: npt.NDArray[np.int64]) -> pa.Array:
    """As a list's; an error, rather than a wrong number, past 2**31 tokens of one window."""
    return pa.array(ends).cast(pa.int32())
