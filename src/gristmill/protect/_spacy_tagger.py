"""Runs a pipeline of spaCy that lies in a folder, and takes its entities; spaCy says of none how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import tee
from pathlib import Path
from typing import Any

import numpy as np

from gristmill.errors import InputError, MissingExtra
from gristmill.protect._tagging import Tagged, kind_of, pieces

CONFIG = "config.cfg"
"""The file in a folder that makes it a pipeline."""
_TOGETHER = 128
"""Pieces that are run together at most: more are no faster on a core."""
_NOT_NEEDED = (
    "tagger",
    "morphologizer",
    "parser",
    "senter",
    "attribute_ruler",
    "lemmatizer",
    "trainable_lemmatizer",
    "textcat",
    "textcat_multilabel",
    "entity_linker",
)
_SCORE = 1.0  # until it is calibrated
_TRIAL = ("Jane Doe lives in Paris.", "Write to Acme, 5 Mill Lane, Leeds, or ring John Baker.", "Yes.")


class SpacyTagger:
    """A pipeline, so much of it as finds entities. InputError where the folder is none that can be used."""

    def __init__(self, folder: Path, name: str) -> None:
        try:
            spacy = import_module("spacy")
        except ImportError as error:
            raise MissingExtra("a pipeline of spaCy as a tagger of names", "spacy", "spacy") from error
        try:
            self._nlp: Any = spacy.load(folder, exclude=_NOT_NEEDED)
        except Exception as error:  # whatever the pipeline's parts, or packages they want, raise
            told = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise InputError(name, f"is no pipeline of spaCy that can be run here ({told})") from error
        for part in ("tok2vec", "transformer"):
            if part in self._nlp.pipe_names and not self._nlp.get_pipe(part).listening_components:
                self._nlp.disable_pipe(part)  # it works for parts that are not needed
        labels = [label for part in self._nlp.pipe_names for label in getattr(self._nlp.get_pipe(part), "labels", ())]
        if not any(map(kind_of, labels)):
            raise InputError(name, "is no tagger: none of its labels is a name or address")
        self.together = _TOGETHER if self._steady() else 1

    def __call__(self, texts: Sequence[str]) -> list[list[Tagged]]:
        found: list[list[Tagged]] = [[] for _ in texts]
        places, given = tee((row, begin, piece) for row, text in enumerate(texts) for begin, piece in pieces(text))
        docs = self._nlp.pipe((piece for _, _, piece in given), batch_size=self.together)
        for (row, begin, _), doc in zip(places, docs, strict=True):
            found[row] += _tagged(doc, begin)
        return found

    def _steady(self) -> bool:
        """Whether texts get the same to the last bit alone and beside others: tried out, as kernels may differ.

        Rules look at one text at a time. Of what is trained only a recogniser that no other part works for is known.
        """
        trained = [name for name in self._nlp.pipe_names if getattr(self._nlp.get_pipe(name), "model", None)]
        if trained != ["ner"]:
            return not trained
        model = self._nlp.get_pipe("ner").model
        docs = [self._nlp.make_doc(text) for text in _TRIAL * 12]
        vectors = model.get_ref("tok2vec")
        alone = np.concatenate([vectors.predict([doc]) for doc in docs])
        return bool(np.array_equal(vectors.predict(docs), alone))


def _tagged(doc: Any, begin: int) -> Iterator[Tagged]:
    for one in doc.ents:
        kind = kind_of(one.label_)
        if kind:
            yield Tagged(kind, begin + one.start_char, begin + one.end_char, _SCORE)
