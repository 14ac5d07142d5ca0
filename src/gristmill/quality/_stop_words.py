"""Stop words by language, and how many of them a text has."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.scans import Words
from gristmill.contracts.view import View
from gristmill.text.vocabulary import Vocabulary, hits, vocabulary

UNSPACED = ("ja", "th", "zh")
"""Languages whose stop words are looked for anywhere in the text, for it has no spaces to tell words by."""

UNKNOWN = (None, "und")


class StopWords(NamedTuple):
    codes: tuple[str, ...]
    lists: tuple[tuple[str, ...], ...]
    known: Vocabulary


@cache
def stop_words() -> StopWords:
    """The twelve commonest stop words of 50-odd languages: tools/make_stop_words.py says where they are from."""
    lists = json.loads((files("gristmill.quality") / "stop_words.json").read_text("utf-8"))
    codes = tuple(lists)
    words = tuple(tuple(lists[code]) for code in codes)
    return StopWords(codes, words, vocabulary(words))


def count_stop_words(view: View, words: Words, default: str, *, distinct: bool, lower: bool) -> pa.Array:
    """For each asked row its stop words, distinct ones or every one; null where its language has no list.

    A row is in the language that the column `language` names, else in `default`.
    """
    codes, lists, known = stop_words()
    column = view.column("language")
    named = [default] * len(view) if column is None else column.to_pylist()
    place = {code: at for at, code in enumerate(codes)}
    which = np.array([place.get(default if code in UNKNOWN else code, -1) for code in named], np.int64)
    counts = hits(view.text.data, words, view.rows, which, known, lower=lower, distinct=distinct)
    for code in UNSPACED:
        rows = np.flatnonzero(which == place[code])
        if len(rows):
            texts = view.batch.column("text").take(pa.array(view.rows[rows]))
            found = [pc.count_substring(texts, word).fill_null(0).to_numpy() for word in lists[place[code]]]
            counts[rows] = np.sum([np.minimum(count, 1) if distinct else count for count in found], axis=0)
    return pa.array(counts, mask=which < 0)
