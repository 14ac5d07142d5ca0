"""Runs an ONNX model for token classification over pieces of many texts at once, where that changes no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.contracts.list_files import ListFile
from gristmill.contracts.onnx_models import open_session, open_tokenizer
from gristmill.errors import InputError
from gristmill.protect._tagging import Tagged, kind_of, pieces

_FEEDS = ("input_ids", "attention_mask", "token_type_ids")
_PURPOSE = "a tagger of names"
_MOST_TOKENS = 512
"""Of a piece, its marks included; what is longer is cut, and nothing of it left out."""
_TOGETHER = 1024
"""Tokens that are run together at most: more are no faster on a core."""
_WINDOW = 512
"""Pieces that are held at once."""
_QUANTISED_IN_PASSING = b"DynamicQuantize"
"""Begins the names of operators that scale a whole batch by its largest number, so that its texts sway each other."""
_TRIED = "Jane Doe, 5 Mill Lane, Paris"
_TRIAL = ((16, 9), (6, 41), (3, 150))
"""How many pieces of how many tokens try out whether answers depend on what is run together."""

Ids = Sequence[int]
Logits = npt.NDArray[np.float32]


class OnnxTagger:
    """A model and its tokenizer. InputError where its files are none that can be used."""

    def __init__(self, model: ListFile, tokenizer: ListFile, config: ListFile) -> None:
        self._session, self._feeds = open_session(model, _PURPOSE, _FEEDS, "a tagger")
        self._tokenizer: Any = open_tokenizer(tokenizer, _PURPOSE)
        try:
            about = orjson.loads(Path(config.path).read_bytes())
            labels = about["id2label"]
            self._kinds = [kind_of(labels[str(number)]) for number in range(len(labels))]
            self._most_tokens = min(int(about.get("max_position_embeddings", _MOST_TOKENS)), _MOST_TOKENS)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(config.name, "has no id2label, which says what the model's labels are") from error
        if not any(self._kinds):
            raise InputError(model.name, "is no tagger: none of its labels is a name or address")
        self._tokenizer.enable_truncation(self._most_tokens)
        self._try(model)
        batches = self._takes_many() and not _quantises_in_passing(model.path) and self._steady()
        self.together = _TOGETHER if batches else 1

    def __call__(self, texts: Sequence[str]) -> list[list[Tagged]]:
        found: list[list[Tagged]] = [[] for _ in texts]
        left = ((row, begin, piece) for row, text in enumerate(texts) for begin, piece in pieces(text))
        while window := list(islice(left, _WINDOW)):
            encoded = [self._tokenizer.encode(piece) for _, _, piece in window]
            parts = [(at, part) for at, one in enumerate(encoded) for part in (one, *one.overflowing)]
            answers = self._logits([part.ids for _, part in parts])
            for (at, part), logits in zip(parts, answers, strict=True):
                row, begin, piece = window[at]
                for one in self._spans(piece, part.offsets, _chances(logits)):
                    found[row].append(one._replace(start=begin + one.start, stop=begin + one.stop))
        return found

    def _logits(self, ids: Sequence[Ids]) -> list[Logits]:
        """By piece and token. Pieces of as many tokens are run together: none is padded."""
        out: list[Logits] = [np.empty((0, 0), np.float32)] * len(ids)
        of_length: dict[int, list[int]] = {}
        for number, one in enumerate(ids):
            of_length.setdefault(len(one), []).append(number)
        for length in sorted(of_length):
            alike = of_length[length]
            step = max(1, self.together // max(length, 1))
            for at in range(0, len(alike), step):
                some = alike[at : at + step]
                for number, logits in zip(some, self._run([ids[number] for number in some]), strict=True):
                    out[number] = logits
        return out

    def _run(self, ids: Sequence[Ids]) -> Logits:
        """Of pieces of one length."""
        tokens = np.array(ids, np.int64)
        given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        logits: Logits = self._session.run(None, {name: given[name] for name in self._feeds})[0]
        return logits

    def _try(self, model: ListFile) -> None:
        try:
            shape = self._run([self._tokenizer.encode(_TRIED).ids]).shape
        except Exception as error:  # the runtime has errors of its own
            raise InputError(model.name, "is no tagger: it cannot be run on a sentence") from error
        if len(shape) != 3 or shape[2] != len(self._kinds):
            given = f"{shape[-1]} numbers a token" if len(shape) == 3 else "no numbers a token"
            raise InputError(
                model.name, f"is no tagger: it gives {given}, and its config has {len(self._kinds)} labels"
            )

    def _takes_many(self) -> bool:
        """Whether the model was exported for more than one text at a time."""
        return all(not isinstance(one.shape[0], int) for one in self._session.get_inputs())

    def _steady(self) -> bool:
        """Whether pieces get the same to the last bit alone and beside others: tried out, as kernels may differ."""
        words = self._tokenizer.encode(_TRIED).ids
        for count, length in ((count, min(length, self._most_tokens)) for count, length in _TRIAL):
            ids = [[words[(at * (k + 1) + k) % len(words)] for at in range(length)] for k in range(count)]
            together = self._run(ids)
            if not all(np.array_equal(self._run([one])[0], logits) for one, logits in zip(ids, together, strict=True)):
                return False
        return True

    def _spans(self, piece: str, offsets: Sequence[tuple[int, int]], chances: Logits) -> Iterator[Tagged]:
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


def _quantises_in_passing(path: str) -> bool:
    with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as graph:
        return graph.find(_QUANTISED_IN_PASSING) >= 0


def _chances(logits: Logits) -> Logits:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Logits = odds / odds.sum(axis=1, keepdims=True)
    return chances
