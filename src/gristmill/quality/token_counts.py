"""How many tokens a record has for a model, by who says them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.list_files import ListFile
from gristmill.contracts.model_files import ModelStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.turnwise import turns_of
from gristmill.contracts.view import View
from gristmill.errors import InputError, MissingExtra
from gristmill.records.chat.tokenizer import Tokenizer
from gristmill.records.turns import (
    ASSISTANT,
    CALL,
    CHOSEN,
    INPUT,
    REASONING,
    REJECTED,
    RESULT,
    SYSTEM,
    TARGET,
    USER,
)

_SIDES = {
    "prompt_tokens": SYSTEM + USER + RESULT + INPUT,
    "answer_tokens": ASSISTANT + REASONING + CALL + CHOSEN + TARGET,
    "rejected_tokens": REJECTED,
}
_FILE = "tokenizer.json"
_BATCH = 256


class TokenCounts(ModelStep):
    """Counts tokens by a tokenizer.json that lies on this machine, of the whole record and of prompts and answers.

    Texts alone are counted: what a chat template puts around them depends on the template (`tokens` adds it). In a
    preference the answer is the chosen one. Needs the extra `chat`. Without a tokenizer there is no count: no number of
    characters a token holds for two languages or two models.
    """

    reads_turns: ClassVar[bool] = True

    tokenizer: str | None = Field(
        None, min_length=1, description="A model's tokenizer.json, or its folder; a relative path begins at the recipe."
    )
    min_tokens: int | None = threshold(None, ge=0, description="Fewest tokens of a record.")
    max_tokens: int | None = threshold(None, ge=1, description="Most tokens of a record.")
    max_prompt_tokens: int | None = threshold(None, ge=1, description="Most tokens that no answer has.")
    min_answer_tokens: int | None = threshold(None, ge=0, description="Fewest tokens of answers.")
    max_answer_tokens: int | None = threshold(None, ge=1, description="Most tokens of answers.")

    def libraries(self) -> tuple[str, ...]:
        return ("tokenizers",) if self.tokenizer else ()

    def spelled_files(self) -> tuple[str, ...]:
        if self.tokenizer is None:
            return ()
        folder = (self._root / self.tokenizer).is_dir()
        name = (Path(self.tokenizer) / _FILE).as_posix() if folder else self.tokenizer
        if Path(name).name != _FILE:
            raise InputError(self.tokenizer, f"must be called {_FILE}, as in a model's folder")
        return (name,)

    def faults(self) -> Mapping[str, str]:
        if self.tokenizer is None:
            return {"tokenizer": "name the tokenizer.json of the model that is trained: tokens are not estimated"}
        try:
            _tokenizer(*self.model_files())
        except (InputError, MissingExtra) as error:
            return {"tokenizer": str(error)}
        return {}

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("tokens", "count", "tokens of all texts"),
            Signal("prompt_tokens", "count", "tokens of what no answer is: system, user, tool results, inputs"),
            Signal("answer_tokens", "count", "tokens of answers: assistant, reasoning, calls, chosen, target"),
            Signal("rejected_tokens", "count", "tokens of answers that lost"),
        )

    def rules(self) -> tuple[Rule, ...]:
        bounds = (
            ("too_few_tokens", "tokens", "min_tokens", None),
            ("too_many_tokens", "tokens", None, "max_tokens"),
            ("prompt_too_long", "prompt_tokens", None, "max_prompt_tokens"),
            ("answer_too_short", "answer_tokens", "min_answer_tokens", None),
            ("answer_too_long", "answer_tokens", None, "max_answer_tokens"),
        )
        rules = []
        for reason, signal, low, high in bounds:
            option = low or high or ""
            if (bound := getattr(self, option)) is not None:
                side = {"low": bound} if low else {"high": bound}
                rules.append(Rule(reason, signal, **side, option=option))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        names = [signal.name for signal in self.signals()]
        if self.tokenizer is None:
            return {name: pa.nulls(len(view), pa.int64()) for name in names}
        tokenizer = _tokenizer(*self.model_files())
        if "roles" not in view.batch.schema.names:
            text = view.column("text")
            texts = pa.nulls(len(view), pa.large_string()) if text is None else text
            unknown = pc.is_null(texts).to_numpy(zero_copy_only=False)
            counts = pa.array(_lengths(tokenizer, pc.fill_null(texts, "")), mask=unknown)
            return {name: counts if name == "tokens" else pa.nulls(len(view), pa.int64()) for name in names}
        turns = turns_of(view, view.rows)
        lengths = _lengths(tokenizer, turns.texts)
        out = {"tokens": _sums(lengths, turns.rows, len(view))}
        for name, letters in _SIDES.items():
            mine = turns.of(letters)
            out[name] = _sums(lengths[mine], turns.rows[mine], len(view))
        return out


def _sums(lengths: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], count: int) -> pa.Array:
    """Of each record; null where it has no such turn."""
    sums = np.bincount(rows, lengths, count).astype(np.int64)
    return pa.array(sums, mask=np.bincount(rows, minlength=count) == 0)


def _lengths(tokenizer: Tokenizer, texts: pa.Array) -> npt.NDArray[np.int64]:
    pieces = [
        tokenizer.lengths(texts.slice(first, _BATCH).to_pylist()).astype(np.int64)
        for first in range(0, len(texts), _BATCH)
    ]
    return np.concatenate([np.empty(0, np.int64), *pieces])


@lru_cache(maxsize=2)
def _tokenizer(file: ListFile) -> Tokenizer:
    """Loaded once a process."""
    return Tokenizer(Path(file.path).parent)
