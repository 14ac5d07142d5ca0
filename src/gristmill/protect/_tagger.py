"""Runs a local tagger of names and addresses: an ONNX model for token classification, one piece of a text at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from gristmill.contracts.list_files import ListFile
from gristmill.errors import InputError, MissingExtra

EXTRA = "semantic"  # onnxruntime and tokenizers
_FEEDS = ("input_ids", "attention_mask", "token_type_ids")
_PIECE = 800
"""Characters that are tagged together: they end at a line's end, else at a space. Models see 512 tokens or fewer."""
_MOST_TOKENS = 510

_KIND_OF = (
    ("address", re.compile(r"ADDRESS|STREET|BUILDING|CITY|STATE$|ZIP|POST_?CODE|LOC(?:ATION)?$|GPE$", re.I)),
    ("organisation", re.compile(r"(?:^|_)(?:ORG|ORGANI[SZ]ATION|COMPANY)(?:_NAME)?$", re.I)),
    ("person", re.compile(r"(?:^|_)(?:PER|PERSON|NAME|GIVEN_?NAME|SURNAME|FIRST_?NAME|LAST_?NAME)$", re.I)),
)
"""What a model's label means, by its name behind B- and I-."""


class Tagged(NamedTuple):
    """Characters `start` to `stop` of a text, and the mean probability of the label over its tokens."""

    kind: str
    start: int
    stop: int
    score: float


class Tagger:
    """A model on one core. InputError where its files are none that can be used."""

    def __init__(self, model: ListFile, tokenizer: ListFile, config: ListFile) -> None:
        try:
            onnx, tokenizers = import_module("onnxruntime"), import_module("tokenizers")
        except ImportError as error:
            raise MissingExtra("a tagger of names", "onnxruntime", EXTRA) from error
        options = onnx.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers share the cores already
        options.log_severity_level = 4
        try:
            self._session = onnx.InferenceSession(model.path, options, providers=["CPUExecutionProvider"])
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(tokenizer.path)
            labels = orjson.loads(Path(config.path).read_bytes())["id2label"]
            self._kinds = [_kind(labels[str(number)]) for number in range(len(labels))]
        except Exception as error:
            told = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise InputError(model.name, f"is no tagger that can be run here ({told})") from error
        self._tokenizer.enable_truncation(_MOST_TOKENS + 2)
        self._tokenizer.no_padding()
        self._feeds = {one.name for one in self._session.get_inputs()}
        if not {"input_ids"} <= self._feeds <= set(_FEEDS) or not any(self._kinds):
            raise InputError(
                model.name, "is no tagger: it takes other inputs, or none of its labels is a name or address"
            )

    def __call__(self, text: str, least: float) -> Iterator[Tagged]:
        """What is a name, an address or an organisation in a text, in order, of a score of `least` and more."""
        for begin, piece in _pieces(text):
            encoded = self._tokenizer.encode(piece)
            ids = np.array([encoded.ids], np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            (logits,) = self._session.run(None, {name: given[name] for name in self._feeds})[:1]
            odds = np.exp(logits[0] - logits[0].max(axis=1, keepdims=True))
            chances = odds / odds.sum(axis=1, keepdims=True)
            for one in self._spans(piece, encoded.offsets, chances):
                if one.score >= least:
                    yield one._replace(start=begin + one.start, stop=begin + one.stop)

    def _spans(self, piece: str, offsets: list[tuple[int, int]], chances: np.ndarray) -> Iterator[Tagged]:
        """Tokens of one kind with no more than spaces, commas and points between are one span."""
        kind, start, stop, scores = "", 0, 0, [0.0]
        for (first, last), row in zip(offsets, chances, strict=True):
            best = int(row.argmax())
            now = self._kinds[best] if last > first else ""
            if now and now == kind and not piece[stop:first].strip(" ,.\n'’-"):
                stop = last
                scores.append(float(row[best]))
                continue
            if kind:
                yield Tagged(kind, start, stop, sum(scores) / len(scores))
            kind, start, stop, scores = now, first, last, [float(row[best])]
        if kind:
            yield Tagged(kind, start, stop, sum(scores) / len(scores))


def _kind(label: str) -> str:
    name = label.removeprefix("B-").removeprefix("I-")
    return next((kind for kind, pattern in _KIND_OF if pattern.search(name)), "")


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces, and where each begins."""
    begin = 0
    while begin < len(text):
        end = min(begin + _PIECE, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", begin + _PIECE // 2, end), text.rfind(". ", begin + _PIECE // 2, end) + 1)
            end = cut if cut > begin else max(text.rfind(" ", begin + 1, end), begin) or end
            end = end if end > begin else min(begin + _PIECE, len(text))
        yield begin, text[begin:end]
        begin = end


@lru_cache(maxsize=2)
def tagger(model: ListFile, tokenizer: ListFile, config: ListFile) -> Tagger:
    """The model, loaded once a process."""
    return Tagger(model, tokenizer, config)


def beside(root: Path, model: str, name: str) -> str:
    """Where a model keeps a file of its own: beside it, or in the folder above, as exports do."""
    path = Path(model)
    near = path.with_name(name)
    return (near if (root / near).is_file() else path.parent.parent / name).as_posix()
