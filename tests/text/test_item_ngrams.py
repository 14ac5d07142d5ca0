"""N-grams and near-copies of items, held to plain Python over words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.item_ngrams import coverage, find_ngrams, grouped, ngram_index, stretches
from gristmill.text.minhash import shingles
from gristmill.text.near_items import near_items
from gristmill.text.shingle_index import SHINGLE, ShingleHits, find_shingles, shingle_index
from gristmill.text.simplify import simplified
from gristmill.text.word_spans import simplified_words

WORDS = st.lists(st.sampled_from("abcdef"), max_size=40)
ITEMS = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20), min_size=1, max_size=4)
EVERY = 1 << 30


def hashed(texts: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    view = flat(pa.array([" ".join(words) for words in texts], pa.large_string()))
    return simplified(view.data, view.offsets, np.arange(len(texts)))


class Made:
    """Items as their kernels want them."""

    def __init__(self, items: list[list[str]], size: int, most: int = EVERY) -> None:
        words, bounds = hashed(items)
        found, found_bounds = shingles(words, bounds, SHINGLE, whole=False)
        values = np.zeros(len(words), np.uint64)
        for k in range(len(items)):
            own = found[found_bounds[k] : found_bounds[k + 1]]
            values[bounds[k] : bounds[k] + len(own)] = own
        known = np.unique(found)
        self.ids = np.where(values == 0, -1, np.searchsorted(known, values)).astype(np.int32)
        self.shingles = shingle_index(known)
        self.starts = bounds[:-1]
        self.item_of = np.repeat(np.arange(len(items), dtype=np.int32), np.diff(bounds))
        self.ngrams = ngram_index(self.ids, size, np.ones(len(words), np.bool_), most)

    def hits(self, texts: list[list[str]]) -> ShingleHits:
        return find_shingles(*hashed(texts), self.shingles)


def grams(words: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]


@settings(deadline=None)
@given(ITEMS, st.lists(WORDS, min_size=1, max_size=4), st.integers(5, 13))
def test_every_ngram_of_the_items_is_found_where_it_stands(
    items: list[list[str]], texts: list[list[str]], size: int
) -> None:
    made = Made(items, size)
    known = {gram for item in items for gram in grams(item, size)}
    wanted = [(row, at) for row, text in enumerate(texts) for at, gram in enumerate(grams(text, size)) if gram in known]
    found = find_ngrams(made.hits(texts), made.ngrams)
    assert list(zip(found.rows.tolist(), found.starts.tolist(), strict=True)) == wanted
    covered = {(row, at + k) for row, at in wanted for k in range(size)}
    runs = stretches(found)
    assert {(row, at) for row, first, last in runs.T.tolist() for at in range(first, last)} == covered
    assert all(a[0] != b[0] or a[2] < b[1] for a, b in zip(runs.T.tolist(), runs.T.tolist()[1:], strict=False))


@settings(deadline=None)
@given(ITEMS, st.lists(WORDS, min_size=1, max_size=3), st.integers(5, 9), st.integers(0, 9))
def test_it_is_known_how_much_of_each_item_a_text_has(
    items: list[list[str]], texts: list[list[str]], size: int, question: int
) -> None:
    made = Made(items, size)
    questions = np.array([min(question, len(item)) for item in items])
    wanted = {}
    for row, text in enumerate(texts):
        there = set(grams(text, size))
        for number, item in enumerate(items):
            covered = {at + k for at, gram in enumerate(grams(item, size)) if gram in there for k in range(size)}
            if covered:
                wanted[row, number] = (sum(at < questions[number] for at in covered), len(covered))
    found = coverage(find_ngrams(made.hits(texts), made.ngrams), made.ngrams, made.item_of, made.starts, questions)
    told = zip(*(column.tolist() for column in found[:4]), strict=True)
    assert {(row, item): (of_question, whole) for row, item, of_question, whole in told} == wanted


def test_what_stands_in_many_items_is_found_and_laid_to_none() -> None:
    form = ["a", "b", "c", "d", "e", "f"]
    made = Made([[*form, word] for word in "ghijkl"], size=6, most=3)
    found = find_ngrams(made.hits([[*form, "x"], [*form, "h"]]), made.ngrams)
    assert found.rows.tolist() == [0, 1, 1]
    part = coverage(found, made.ngrams, made.item_of, made.starts, np.zeros(6, np.int64))
    assert (part.rows.tolist(), part.items.tolist(), part.whole.tolist()) == ([1], [1], [6])


@settings(deadline=None)
@given(ITEMS, st.lists(WORDS, min_size=1, max_size=4), st.integers(5, 30), st.integers(1, 4))
def test_near_items_are_those_with_most_shingles_in_a_window(
    items: list[list[str]], texts: list[list[str]], width: int, least: int
) -> None:
    made = Made(items, 5)
    places = np.flatnonzero(made.ids >= 0)
    _, own = grouped(made.ids[places], places, EVERY)
    some = np.full(len(items), least, np.int32)
    found = near_items(made.hits(texts), own, made.item_of, some, np.full(len(items), width, np.int32))
    wanted = {}
    for row, text in enumerate(texts):
        for number, item in enumerate(items):
            best = 0
            for begin in range(max(len(text) - SHINGLE + 1, 0)):
                there = set(grams(text[begin : begin + width], SHINGLE))
                best = max(best, sum(gram in there for gram in grams(item, SHINGLE)))
            if best >= least:
                wanted[row, number] = best
    told = zip(found.rows.tolist(), found.items.tolist(), found.found.tolist(), strict=True)
    assert {(row, item): count for row, item, count in told} == wanted


def test_more_items_than_there_was_room_for_are_all_told() -> None:
    items = [[f"w{n}x{k}" for k in range(8)] for n in range(700)]
    made = Made(items, 8)
    places = np.flatnonzero(made.ids >= 0)
    _, own = grouped(made.ids[places], places, EVERY)
    text = [word for item in items for word in item]
    found = near_items(made.hits([text]), own, made.item_of, np.full(700, 4, np.int32), np.full(700, 20, np.int32))
    assert found.items.tolist() == list(range(700))
    assert set(found.found.tolist()) == {4}


@settings(deadline=None)
@given(st.text() | st.text("aAé É1٣.,،-_ \n\t\u00a0ςΣŁİß½ªﬁ각１$日本ไทย\u200b\u0301"))
def test_words_are_where_their_hashes_come_from(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    view = flat(pa.array([text], pa.large_string()))
    hashes, bounds = simplified(view.data, view.offsets, np.arange(1))
    words = simplified_words(view.data, view.offsets, np.arange(1))
    assert words.offsets.tolist() == bounds.tolist()
    for k, (start, stop) in enumerate(zip(words.starts, words.stops, strict=True)):
        alone = flat(pa.array([view.data[start:stop].tobytes().decode()], pa.large_string()))
        assert simplified(alone.data, alone.offsets, np.arange(1))[0].tolist() == [int(hashes[k])]
