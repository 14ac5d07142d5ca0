"""What a word is: the ways in which texts and benchmark items are made comparable."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.text.bare_words import words_of_rows
from gristmill.text.flat import Bytes, Flat, Offsets, flat
from gristmill.text.mixing import Hashes
from gristmill.text.simplify import simplified
from gristmill.text.word_spans import simplified_words
from gristmill.text.words import Words

Wording = Literal["simplified", "unpunctuated", "lowercase", "exact"]

WORDINGS: tuple[Wording, ...] = ("simplified", "unpunctuated", "lowercase", "exact")
"""simplified: as datatrove simplifies texts, numbers as 0, a character a word in scripts without spaces;
unpunctuated: lower case, white space, no ASCII punctuation (GPT-3); lowercase: lower case, white space (open-r1);
exact: white space alone."""


def hashed(texts: pa.Array, rows: Offsets, wording: Wording) -> tuple[Hashes, Offsets]:
    """The hashes of the words of each asked row: row `rows[k]` has `hashes[bounds[k]:bounds[k + 1]]`."""
    if wording == "simplified":
        text = flat(texts)
        return simplified(text.data, text.offsets, rows)
    text = flat(texts if wording == "exact" else pc.utf8_lower(texts))
    words, hashes = words_of_rows(text.data, text.offsets, rows, wording == "unpunctuated")
    return hashes, words.offsets


def located(text: Flat, rows: Offsets, wording: Wording) -> Words:
    """Where these words stand in the text: row `rows[k]` has those from `words.offsets[k]` on."""
    if wording == "simplified":
        return simplified_words(text.data, text.offsets, rows)
    return words_of_rows(text.data, text.offsets, rows, wording == "unpunctuated")[0]


def every_row(text: Flat) -> Offsets:
    """Rows to ask for all of the texts."""
    return np.arange(len(text), dtype=np.int64)


def excerpt(data: Bytes, start: int, stop: int) -> str:
    """These bytes as text; characters that the ends cut through are marked."""
    return data[start:stop].tobytes().decode("utf-8", "replace")
