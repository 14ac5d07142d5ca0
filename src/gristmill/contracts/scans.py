"""Scans of a text that several steps share: its words and its lines, found once for a batch.

Which words? `words` where white space is enough (counting, keys); `unicode_words` where the text may be in any
script; `tokens` to do as pipelines with a word tokenizer do (datatrove); `segments` to do as DCLM does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.contracts.view import View
from gristmill.text.lines import Lines, newline_lines, universal_lines
from gristmill.text.segments import segments_of_uax29, words_of_any_script
from gristmill.text.tokens import split_tokens
from gristmill.text.words import Words, whitespace_words

__all__ = ["Lines", "Words", "all_lines", "lines", "segments", "token_counts", "tokens", "unicode_words", "words"]

Counts = npt.NDArray[np.int64]


def words(view: View) -> Words:
    """The words of each asked row as `str.split` gives them."""
    text = view.text
    return view.cached("words", lambda: whitespace_words(text.data, text.offsets, view.rows))


def unicode_words(view: View) -> Words:
    """The words of each asked row for a person of any script: see `words_of_any_script`."""
    text = view.text
    return view.cached("unicode_words", lambda: words_of_any_script(text.data, text.offsets, view.rows))


def segments(view: View) -> Words:
    """The segments of UAX #29 that begin with a letter or digit, one for each ideograph."""
    text = view.text
    return view.cached("segments", lambda: segments_of_uax29(text.data, text.offsets, view.rows))


def tokens(view: View) -> Words:
    """Words and punctuation marks, split from each other as by spaCy's rules: see `split_tokens`."""
    text = view.text
    return view.cached("tokens", lambda: split_tokens(text.data, text.offsets, view.rows))


def token_counts(view: View) -> Counts:
    """How many `tokens` each row of the batch has, 0 where it was not asked. An edit may know that of its texts."""
    return view.cached("token_counts", lambda: np.diff(tokens(view).offsets))


def lines(view: View) -> Lines:
    """The lines of each asked row as `text.split("\\n")` gives them, blank ones included."""
    text = view.text
    return view.cached("lines", lambda: newline_lines(text.data, text.offsets, view.rows))


def all_lines(view: View) -> Lines:
    """The lines of each asked row as `str.splitlines` gives them, blank ones included."""
    text = view.text
    return view.cached("all_lines", lambda: universal_lines(text.data, text.offsets, view.rows))
