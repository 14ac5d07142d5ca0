"""Phrases found in texts, held to a plain search over lists of words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gristmill.text.characters import ALNUM, ALPHA, HAN, HIRAGANA, MARK, characters, flags_of
from gristmill.text.dominant_scripts import _BLOCKS, dominant_scripts
from gristmill.text.flat import flat
from gristmill.text.phrase_lists import find_phrases, phrases

TREES = [
    [(0, 0, "black people"), (0, 1, "women"), (1, 0, "people"), (1, 1, "y'all"), (2, 0, "a b a b c"), (2, 1, "女性")],
    [(0, 0, "Мёд и чай"), (1, 0, "women"), (1, 1, "Élan vital"), (2, 0, "b"), (2, 1, "カナ")],
]
PIECES = [
    "black",
    "Black",
    "PEOPLE",
    "women",
    "y",
    "all",
    "a",
    "b",
    "c",
    "女",
    "性",
    "カ",
    "ナ",
    "МЕД",
    "мёд",
    "и",
    "чай",
]
PIECES += ["élan", "ÉLAN", "vital", " ", "-", "'", "’", "\n", ".", ", ", "  ", "\u00a0", "İ", "ẞ", "\u0301", "😀"]

made_of_pieces = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


def plain_words(text: str) -> list[str | None]:
    """The words of a text in lower case; None where a phrase ends."""
    table = characters()
    out: list[str | None] = []
    word = ""
    for letter in text + "\n":
        flags = flags_of(ord(letter), table)
        alone = flags & (HAN | HIRAGANA) or "ァ" <= letter <= "ー"
        if flags & (ALNUM | MARK) and not alone:
            plain = letter.lower() if (letter < "ƀ" and letter not in "İŸ") or "Ѐ" <= letter <= "џ" else letter
            word += "е" if plain == "ё" else plain
            continue
        if word:
            out.append(word)
        word = ""
        if alone:
            out.append(letter)
        elif letter not in " \t\n\v\f\r-'\u00a0‐‑’":
            out.append(None)
    return out


def plain_hits(text: str, tree: list[tuple[int, int, str]]) -> tuple[list[int], list[set[int]], int]:
    words = plain_words(text)
    hits, met = [0, 0, 0], [set[int](), set[int](), set[int]()]
    for which, place, phrase in tree:
        wanted = plain_words(phrase)
        for at in range(len(words)):
            if words[at : at + len(wanted)] == wanted:
                hits[which] += 1
                met[which].add(place)
    return hits, met, sum(word is not None for word in words)


@given(st.lists(made_of_pieces | st.text(max_size=20), min_size=1, max_size=4))
@example(["a b a b a b c"])
@example(["Black\nPeople’s women", "black. people"])
def test_phrases_are_found_as_a_plain_search_finds_them(texts: list[str]) -> None:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    rows = np.arange(len(texts), dtype=np.int64)
    trees = rows % 2
    found = find_phrases(data, offsets, rows, trees, phrases(TREES), 3)
    for row, text in enumerate(texts):
        hits, met, words = plain_hits(text, TREES[row % 2])
        assert found.hits[row].tolist() == hits
        assert [{bit for bit in range(63) if int(bits) >> bit & 1} for bits in found.met[row]] == met
        assert found.words[row] == words


def test_a_row_without_a_tree_has_nothing_and_rows_may_be_few() -> None:
    data, offsets = flat(pa.array(["women", "black people", "women"], pa.large_string()))
    found = find_phrases(data, offsets, np.array([1, 2]), np.array([0, -1]), phrases(TREES), 3)
    assert found.hits.tolist() == [[1, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("entry", [(0, 0, ""), (0, 0, " - "), (0, 63, "too many"), (0, 0, "a " * 13)])
def test_a_phrase_that_cannot_be_is_refused(entry: tuple[int, int, str]) -> None:
    with pytest.raises(ValueError, match="is no phrase"):
        phrases([[entry]])


def plain_script(text: str) -> str:
    table = characters()
    counts: dict[str, int] = {}
    for letter in text:
        if flags_of(ord(letter), table) & ALPHA:
            script = [name for start, name in _BLOCKS if start <= ord(letter)][-1]
            counts[script] = counts.get(script, 0) + 1
    if not counts:
        return "Zyyy"
    kana, han = counts.pop("Kana", 0), counts.pop("Hani", 0)
    counts["Jpan" if kana > 0.1 * (kana + han) else "Hani"] = kana + han
    order = {"Jpan": "Kana"}
    return min(counts, key=lambda script: (-counts[script], order.get(script, script)))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_the_script_is_that_of_a_plain_count(texts: list[str]) -> None:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    scripts = dominant_scripts(data, offsets, np.arange(len(texts)))
    assert scripts.tolist() == [plain_script(text) for text in texts]
