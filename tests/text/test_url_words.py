"""Words and subwords of urls, against the same in plain Python."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Flat, flat
from gristmill.text.hash_index import hash_index
from gristmill.text.subwords import automaton, find_subwords
from gristmill.text.url_words import find_words, hash_words

PIECES = ["a", "b", "AB", "ab", "aba", "ba", "b1", "1", "-", "/", ".", "é", "ÀB", "\u212a", "\u017f", " "]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), max_size=5)


def view_of(texts: list[str]) -> Flat:
    return flat(pa.array(["ab", *texts], pa.large_string()).slice(1))


def lowered(text: str) -> str:
    """ASCII letters in lower case, no other touched: none of them is an ASCII letter in another case."""
    return re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def squeezed(text: str) -> str:
    return re.sub("[^a-z0-9]+", "", lowered(text))


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_words_are_the_stretches_of_letters_and_digits(urls: list[str], entries: list[str]) -> None:
    listed = view_of(entries)
    hashes, sizes = hash_words(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())
    names = [squeezed(entry) for entry in entries]
    assert sizes.tolist() == [len(name) for name in names]
    distinct, first = np.unique(hashes[sizes > 0], return_index=True)
    kept = [name for name in names if name]
    hits = find_words(*view_of(urls), hash_index(distinct))
    found = [(row, kept[first[entry]]) for row, entry in zip(hits.rows, hits.entries, strict=True)]
    parts = [dict.fromkeys(re.split("[^a-z0-9]+", lowered(url))) for url in urls]
    assert found == [(row, word) for row, words in enumerate(parts) for word in words if word in kept]


def plain_subwords(url: str, words: list[str]) -> list[str]:
    """Of the words that end at each letter the longest, each once."""
    text = squeezed(url)
    ends = range(1, len(text) + 1)
    longest = (max((word for word in words if word and text[:end].endswith(word)), key=len, default="") for end in ends)
    return list(dict.fromkeys(filter(None, longest)))


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_subwords_are_found_whatever_stands_between_their_letters(urls: list[str], entries: list[str]) -> None:
    listed = view_of(entries)
    words = automaton(listed.data, listed.offsets[:-1].copy(), listed.offsets[1:].copy())
    names = [squeezed(entry) for entry in entries]
    text = view_of(urls)
    hits = find_subwords(*text, words)
    found = [(row, names[entry]) for row, entry in zip(hits.rows, hits.entries, strict=True)]
    assert found == [(row, word) for row, url in enumerate(urls) for word in plain_subwords(url, names)]
    spans = [text.data[a:b].tobytes().decode() for a, b in zip(hits.starts, hits.stops, strict=True)]
    assert [squeezed(span) for span in spans] == [word for _, word in found]
