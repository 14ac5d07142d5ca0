"""Readability and lexical diversity, against the same formulas in plain Python."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.quality.text_complexity import TextComplexity
from gristmill.text.complexity import distinct_words, mtld
from gristmill.text.syllables import syllables

GETTYSBURG = (
    "Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, "
    "and dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war, testing "
    "whether that nation, or any nation so conceived and so dedicated, can long endure. We are met on a great "
    "battle-field of that war."
)


def measured(*texts: str | None, language: list[str | None] | None = None, **options: Any) -> dict[str, list[Any]]:
    columns = {"text": pa.array(texts, pa.large_string())}
    if language is not None:
        columns["language"] = pa.array(language, pa.string())
    return {
        name: values.to_pylist()
        for name, values in TextComplexity(**options).measure(View(pa.record_batch(columns))).items()
    }


def said(word: str) -> int:
    return int(syllables(np.frombuffer(word.encode(), np.uint8), 0, len(word.encode())))


def plain_mtld(words: list[int]) -> float:
    def factors(some: list[int]) -> float:
        count, stretch = 0.0, []
        for word in some:
            stretch.append(word)
            if len(set(stretch)) < 0.72 * len(stretch):
                count, stretch = count + 1, []
        return count + ((1 - len(set(stretch)) / len(stretch)) / 0.28 if stretch else 0)

    ends = [factors(words), factors(words[::-1])]
    return sum(len(words) / one for one in ends) / 2 if all(ends) else math.nan


def test_a_passage_gets_what_the_formulas_give_by_hand() -> None:
    found = {name: values[0] for name, values in measured(GETTYSBURG).items()}
    words = re.findall(r"[A-Za-z]+", GETTYSBURG)
    assert (found["words"], found["sentences"]) == (len(words), 3) == (65, 3)
    assert found["sentence_length"] == pytest.approx(65 / 3)
    assert found["word_length"] == pytest.approx(sum(map(len, words)) / 65)
    spoken = sum(map(said, words))
    assert found["reading_ease"] == pytest.approx(206.835 - 1.015 * 65 / 3 - 84.6 * spoken / 65)
    assert found["grade"] == pytest.approx(0.39 * 65 / 3 + 11.8 * spoken / 65 - 15.59)
    assert found["lix"] == pytest.approx(65 / 3 + 100 * sum(len(word) > 6 for word in words) / 65)
    assert found["type_token_ratio"] == pytest.approx(len({word.lower() for word in words}) / 65, abs=0.02)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", 3),
        ("One... two. 3.14 is pi", 2 + 1),
        ('"Stop!" he said. (He did.) Then went', 4),
        ("1. Eat well.\n2. Sleep\n3. Run", 3),
        ("- eat well\n- sleep\n* run", 3),
        ("A heading\n\nIts text", 2),
        ("one line\nruns on", 1),
        ("今日は晴れ。明日は雨？", 2),
        ("12 34. 56.", 1),
        ("...", 0),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, sentences: int) -> None:
    assert measured(text)["sentences"] == [sentences]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("table", 2), ("cake", 1), ("wanted", 2), ("walked", 1), ("boxes", 2), ("names", 1), ("radio", 3)),
        *(("nation", 2), ("be", 1), ("the", 1), ("rhythm", 1), ("filled", 1), ("handles", 2), ("hmm", 1), ("don't", 1)),
    ],
)
def test_syllables_of_common_words(word: str, count: int) -> None:
    assert said(word) == said(word.upper()) == count


@given(st.lists(st.integers(0, 12), max_size=120), st.lists(st.integers(0, 3), max_size=20))
def test_mtld_and_distinct_words_are_those_of_the_plain_rule(one: list[int], other: list[int]) -> None:
    words = np.array([*one, *other], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bounds = np.array([0, len(one), len(one) + len(other)])
    found = mtld(words, bounds)
    for value, some in zip(found.tolist(), (one, other), strict=True):
        assert value == pytest.approx(plain_mtld(some), nan_ok=True)
    assert distinct_words(words, bounds).tolist() == [len(set(one)), len(set(other))]


def test_measures_of_syllables_are_given_for_english_alone() -> None:
    text = "The mill grinds corn all day."
    assert measured(text, text, text, text, language=["en", "de", None, "und"])["grade"][1] is None
    found = measured(text, text, text, text, language=["en", "de", None, "und"], default_language="de")
    assert [value is None for value in found["reading_ease"]] == [False, True, True, True]
    assert None not in found["lix"] and measured(text)["grade"][0] is not None


def test_a_text_without_words_has_no_measure() -> None:
    found = measured("", None, "...", language=["en"] * 3)
    assert found["words"] == found["sentences"] == [0, 0, 0]
    assert all(found[name] == [None] * 3 for name in ("lix", "grade", "mtld", "type_token_ratio", "word_length"))


def test_a_hard_text_goes_where_a_bound_is_given_and_nothing_goes_without_one() -> None:
    hard = "Institutional accountability presupposes comprehensive administrative documentation procedures."
    step = TextComplexity(max_lix=60)
    signals = step.measure(View(pa.record_batch({"text": pa.array(["The cat sat. It ate.", hard], pa.large_string())})))
    (fails,) = broken(step.rules(), signals)
    assert fails.tolist() == [False, True]
    assert TextComplexity().rules() == ()
