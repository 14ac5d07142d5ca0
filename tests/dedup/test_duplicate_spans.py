"""Stretches that stand elsewhere, cut by real builds and held to a search of all substrings."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cut_corpus import cut

SENTENCE = "the mill and river grind corn all day while water runs low over old wheels of oak that turn slowly round"
WORDS = SENTENCE.split()


def corpus(seed: int, records: int, planted: int) -> list[str]:
    """Texts of random words, into which stretches of others are planted, at whole words and not."""
    chance = random.Random(seed)
    texts = [" ".join(chance.choice(WORDS) for _ in range(chance.randrange(5, 90))) for _ in range(records)]
    for _ in range(planted):
        source, target = chance.randrange(records), chance.randrange(records)
        begin = chance.randrange(len(texts[source]))
        piece = texts[source][begin : begin + chance.randrange(20, 120)]
        at = chance.randrange(len(texts[target]) + 1)
        texts[target] = texts[target][:at] + piece + texts[target][at:]
    return texts


def repeated(texts: list[str], size: int) -> list[list[bool]]:
    """For each byte, whether a run of `size` bytes over it comes earlier, in the order of texts."""
    seen: set[bytes] = set()
    out = []
    for text in texts:
        data = text.encode()
        covered = [False] * len(data)
        for at in range(len(data) - size + 1):
            run = data[at : at + size]
            if run in seen:
                covered[at : at + size] = [True] * size
            seen.add(run)
        out.append(covered)
    return out


def words_cut_short(text: bytes, start: int, stop: int) -> bool:
    """Whether a stretch begins or ends inside a word."""
    decoded = text.decode()
    return any(0 < at < len(decoded) and " " not in decoded[at - 1 : at + 1] for at in (start, stop))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_cut_stands_earlier_and_what_stands_earlier_is_cut(tmp_path: Path, seed: int) -> None:
    size = 24
    texts = corpus(seed, records=40, planted=30)
    got = cut(tmp_path, texts, f"[duplicate_spans: {{size: {size}}}]")
    went = [[False] * len(text.encode()) for text in texts]
    for one in got.cuts:
        data = texts[one.record].encode()
        assert not words_cut_short(data, one.start, one.stop)
        piece = data[one.start : one.stop]
        assert one.twin is not None and one.twin_start is not None
        assert texts[one.twin].encode()[one.twin_start :].startswith(piece)
        assert (one.twin, one.twin_start) < (one.record, one.start)
        went[one.record][one.start : one.stop] = [True] * len(piece)
    wanted = repeated(texts, size)
    total = sum(map(sum, wanted))
    missed = sum(w and not g for mine, cut_ in zip(wanted, went, strict=True) for w, g in zip(mine, cut_, strict=True))
    extra = sum(g and not w for mine, cut_ in zip(wanted, went, strict=True) for w, g in zip(mine, cut_, strict=True))
    assert extra == 0
    # What is missed are letters of words that the stretch holds in part, and white space at its ends.
    longest = max(map(len, WORDS))
    assert missed <= 2 * longest * len(got.cuts)
    assert missed < 0.12 * total


def test_the_first_copy_stays_and_the_text_around_others_stays_to_the_byte(tmp_path: Path) -> None:
    shared = "This notice stands in more than one of the texts, word for word, and is long enough to count as a copy."
    texts = [f"First. {shared} End.", f"Another text. {shared} And on it goes.", f"x{shared}y"]
    got = cut(tmp_path, texts, "[duplicate_spans: {size: 60}]")
    assert got.kept[0] == texts[0]
    assert got.kept[1] == "Another text. And on it goes."
    assert got.kept[2] == "xThis copy.y"


def test_size_may_be_words(tmp_path: Path) -> None:
    shared = "one two three four five six seven eight nine ten"
    texts = [f"a b c {shared} d e", f"f g {shared} h i", "one two three four five six seven"]
    got = cut(tmp_path, texts, "[duplicate_spans: {unit: words, size: 8}]")
    assert got.kept == {0: texts[0], 1: "f g h i", 2: texts[2]}


def test_a_text_that_repeats_itself_keeps_the_first_round(tmp_path: Path) -> None:
    text = "round and round the old mill goes, " * 20
    got = cut(tmp_path, [text], "[duplicate_spans: {size: 50}]")
    assert got.kept[0] == "round and round the old mill goes, "


def test_no_character_is_cut_in_two(tmp_path: Path) -> None:
    shared = "日本語の文章は単語の間に空白を入れませんが、重複は見つけなければなりません。"
    texts = [f"旦{shared}甲", f"旧{shared}由"]
    got = cut(tmp_path, texts, "[duplicate_spans: {size: 30}]")
    assert got.kept == {0: texts[0], 1: "旧由"}


@pytest.mark.parametrize("copies", [200])
def test_a_stretch_that_every_text_has_is_found_in_all_but_the_first(tmp_path: Path, copies: int) -> None:
    shared = "Copyright by the millers of this valley, who ask that their notice stays with each copy of the text."
    texts = [f"own text of {k * 7919}: {shared} ({k})" for k in range(copies)]
    got = cut(tmp_path, texts, "[duplicate_spans: {size: 60}]")
    assert {one.record for one in got.cuts} == set(range(1, copies))
    assert all(shared not in text for k, text in got.kept.items() if k)


def test_long_texts_of_one_letter_take_no_longer_than_others_and_only_the_first_stays(tmp_path: Path) -> None:
    texts = ["a" * 400_000, "xyz " * 100_000, "a" * 399_000]
    got = cut(tmp_path, texts, "[duplicate_spans: {size: 100}]")
    assert got.kept[0].startswith("a") and 2 not in got.kept
    assert len(got.kept[1]) < 1_000
    assert len(got.cuts) < 20_000
