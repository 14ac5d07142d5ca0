"""Runs a local causal language model: how surprised it is by each token of a text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.contracts.list_files import ListFile
from gristmill.contracts.onnx_models import CHARACTERS_A_TOKEN, open_session, open_tokenizer
from gristmill.errors import InputError

Ids = npt.NDArray[np.int64]

_PURPOSE = "measure perplexity with a model"
_FEEDS = ("input_ids", "attention_mask", "position_ids", "token_type_ids", "past_key_values.*", "use_cache_branch")
_NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}


class Unscorable(ValueError):
    """The model cannot be run on a text; says so in a sentence."""


class CausalModel:
    """A model on one core. InputError where its files are none."""

    def __init__(self, model: ListFile, tokenizer: ListFile, begin: str | None) -> None:
        self._session, self._feeds = open_session(
            model, _PURPOSE, _FEEDS, "a causal model whose cache is called past_key_values"
        )
        self._no_past = _no_past(model.name, self._session)
        self._tokenizer: Any = open_tokenizer(tokenizer, _PURPOSE)
        self._tokenizer.no_truncation()
        self._begin = np.empty(0, np.int64)
        if begin is not None:
            known = self._tokenizer.token_to_id(begin)
            if known is None:
                raise InputError(tokenizer.name, f"has no token {begin!r} to begin a text with")
            self._begin = np.array([known], np.int64)

    def ids(self, text: str, most: int) -> Ids:
        """The first tokens of a text, `most` at most."""
        found = self._tokenizer.encode(text[: most * CHARACTERS_A_TOKEN], add_special_tokens=False).ids
        return np.array(found[:most], np.int64)

    def loss(self, asked: Ids, answer: Ids) -> float | None:
        """The mean of -ln p of the answer's tokens, given all that comes before each; None where none is scored.

        Where nothing stands before the answer, its first token is given and not scored, as in transformers.
        """
        ids = np.concatenate([self._begin, asked, answer])[None]
        first = max(ids.size - len(answer), 1)
        if first >= ids.size:
            return None
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "position_ids": np.arange(ids.size)[None],
            "token_type_ids": np.zeros_like(ids),
            **self._no_past,
        }
        try:
            out = self._session.run(None, {name: given[name] for name in self._feeds})[0]
        except Exception as error:  # the runtime has errors of its own, with words for its makers
            raise Unscorable(
                f"The model could not be run on {ids.size} tokens; a lower max_tokens of perplexity may help."
            ) from error
        logits = np.asarray(out)[0, first - 1 : -1].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        own = logits[np.arange(len(logits)), ids[0, first:]]
        return float((np.log(np.exp(logits).sum(axis=1)) - own).mean())


def _no_past(name: str, session: Any) -> dict[str, npt.NDArray[Any]]:
    """The inputs of a cache of keys and values, with nothing in it: most exports of causal models want one."""
    found: dict[str, npt.NDArray[Any]] = {}
    for one in session.get_inputs():
        if one.name == "use_cache_branch":
            found[one.name] = np.zeros(1, np.bool_)
        elif one.name.startswith("past_key_values."):
            if one.type not in _NUMBERS or len(one.shape) != 4 or isinstance(one.shape[2], int):
                raise InputError(name, f"wants {one.name} of {one.type} {one.shape}, which cannot be empty")
            batch, heads, _, size = (length if isinstance(length, int) else 1 for length in one.shape)
            found[one.name] = np.zeros((batch, heads, 0, size), _NUMBERS[one.type])
    return found


@lru_cache(maxsize=2)
def causal_model(model: ListFile, tokenizer: ListFile, begin: str | None) -> CausalModel:
    """The model, loaded once a process."""
    return CausalModel(model, tokenizer, begin)
