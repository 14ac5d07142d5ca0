"""Runs a local embedding model: an ONNX file and its tokenizer.json, one text at a time, so that none sways another."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.contracts.list_files import ListFile
from gristmill.errors import InputError, MissingExtra

CHARACTERS_A_TOKEN = 32
"""No text has longer tokens on average; what lies further back is not even tokenised."""

_FEEDS = ("input_ids", "attention_mask", "token_type_ids")


class Unembeddable(ValueError):
    """The model cannot be run on a text; says so in a sentence."""


class Embedder:
    """A model on one core. InputError where its files are none."""

    def __init__(self, model: ListFile, tokenizer: ListFile, pooling: str, most_tokens: int) -> None:
        try:
            onnx, tokenizers = import_module("onnxruntime"), import_module("tokenizers")
        except ImportError as error:
            raise MissingExtra("embed with a model", "onnxruntime", "semantic") from error
        options = onnx.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers share the cores already
        options.log_severity_level = 4
        self._pooling = pooling
        self._most_characters = most_tokens * CHARACTERS_A_TOKEN
        try:
            self._session = onnx.InferenceSession(model.path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise InputError(model.name, f"is no ONNX model that can be run here ({_first_line(error)})") from error
        try:
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(tokenizer.path)
        except Exception as error:
            raise InputError(tokenizer.name, f"is no tokenizer.json ({_first_line(error)})") from error
        self._tokenizer.enable_truncation(most_tokens)
        self._tokenizer.no_padding()
        self._feeds = {one.name for one in self._session.get_inputs()}
        unknown = sorted(self._feeds.difference(_FEEDS))
        if unknown or "input_ids" not in self._feeds:
            wants = ", ".join(unknown) or "no input_ids"
            raise InputError(model.name, f"wants {wants}; a model of texts takes {', '.join(_FEEDS)}")

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


def beside(model: str) -> str:
    """Where a model keeps its tokenizer unless told otherwise."""
    return Path(model).with_name("tokenizer.json").as_posix()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
