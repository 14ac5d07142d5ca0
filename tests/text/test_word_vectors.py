"""Vectors of the words of texts, against TF-IDF said in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.jaccard import sorted_sets
from gristmill.text.simplify import simplified
from gristmill.text.word_vectors import SIZE, word_vectors

WORDS = ["mill", "corn", "flour", "stone", "river", "wheel", "sack", "bread", "oven", "salt"]


def vectors(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    text = flat(pa.array(texts, pa.large_string()))
    return word_vectors(*sorted_sets(*simplified(text.data, text.offsets, np.arange(len(texts)))))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a.astype(float), b.astype(float)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def plain_cosine(texts: list[str], one: int, other: int) -> float:
    """Of TF-IDF of the sets of words, nothing projected."""
    sets = [set(text.split()) for text in texts]

    def weight(word: str) -> float:
        return math.log((1 + len(sets)) / (1 + sum(word in own for own in sets))) + 1

    shared = sum(weight(word) ** 2 for word in sets[one] & sets[other])
    return shared / math.sqrt(math.prod(sum(weight(word) ** 2 for word in sets[k]) for k in (one, other)))


def test_the_cosine_is_that_of_tf_idf_within_what_a_projection_is_off_by() -> None:
    rng = np.random.RandomState(0)
    texts = [" ".join(f"w{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in rng.zipf(1.3, 40) % 600) for _ in range(60)]
    some, found = vectors(texts)
    assert some.all()
    pairs = [(a, b) for a in range(60) for b in range(a)]
    off = np.array([cosine(found[a], found[b]) - plain_cosine(texts, a, b) for a, b in pairs])
    assert abs(off.mean()) < 0.03 and off.std() < 1.3 / math.sqrt(SIZE)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8), min_size=1, max_size=8))
def test_texts_of_the_same_words_have_the_same_vector_and_those_of_none_have_none(lists: list[list[str]]) -> None:
    texts = [" ".join(words) for words in lists]
    turned = [" ".join(reversed(words + words)) for words in lists]
    some, found = vectors([*texts, *turned])
    assert some.tolist() == [bool(words) for words in lists] * 2
    half = len(found) // 2
    assert (found[:half] == found[half:]).all()


def test_a_rare_word_in_common_weighs_more_than_a_frequent_one() -> None:
    texts = ["the mill", "the river", "mill stone", *["the sack of the"] * 40]
    _, found = vectors(texts)
    assert cosine(found[0], found[2]) > cosine(found[0], found[1]) + 0.2


def test_nothing_comes_of_nothing() -> None:
    some, found = word_vectors(np.empty(0, np.uint64), np.zeros(1, np.int64))
    assert not len(some) and found.shape == (0, SIZE)
