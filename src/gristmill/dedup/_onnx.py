"""Runs a local embedding model: an ONNX file and its tokenizer.json, one text at a time, so that none sways another."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.contracts.list_files import ListFile
from gristmill.contracts.onnx_models import CHARACTERS_A_TOKEN, open_session, open_tokenizer

_PURPOSE = "embed with a model"
_FEEDS = ("input_ids", "attention_mask", "token_type_ids")


class Unembeddable(ValueError):
    """The model cannot be run on a text; says so in a sentence."""


class Embedder:
    """A model on one core. InputError where its files are none."""

    def __init__(self, model: ListFile, tokenizer: ListFile, pooling: str, most_tokens: int) -> None:
        self._pooling = pooling
        self._most_characters = most_tokens * CHARACTERS_A_TOKEN
        self._session, self._feeds = open_session(model, _PURPOSE, _FEEDS, "a model of texts")
        self._tokenizer: Any = open_tokenizer(tokenizer, _PURPOSE)
        self._tokenizer.enable_truncation(most_tokens)

    def __call__(self, text: str) -> npt.NDArray[np.float64] | None:
        """The vector of a text, None where it has no token."""
        ids = np.array([self._tokenizer.encode(text[: self._most_characters]).ids], np.int64)
        if not ids.size:
            return None
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        try:
            out = self._session.run(None, {name: given[name] for name in self._feeds})[0]
        except Exception as error:  # the runtime has errors of its own, with words for its makers
            raise Unembeddable(
                f"The model could not be run on the text's {ids.size} tokens; a lower max_tokens of embed may help."
            ) from error
        found = np.asarray(out, np.float64)[0]
        if found.ndim == 2:  # a vector a token
            found = found[0] if self._pooling == "cls" else found.mean(axis=0)
        vector: npt.NDArray[np.float64] = found
        return vector


@lru_cache(maxsize=2)
def embedder(model: ListFile, tokenizer: ListFile, pooling: str, most_tokens: int) -> Embedder:
    """The model, loaded once a process."""
    return Embedder(model, tokenizer, pooling, most_tokens)
