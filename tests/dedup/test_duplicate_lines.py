"""Lines that come again in the corpus, cut by real builds and held to plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from cut_corpus import cut

LINES = [f"line number {k} of the mill" for k in range(12)] + ["short", "", "  ", "日本語の長い行がここにあります。"]


def corpus(seed: int, records: int = 60) -> list[str]:
    chance = random.Random(seed)
    own = [f"a line that only record {k} has, whatever it says" for k in range(records)]
    return [
        "\n".join(chance.sample([chance.choice(LINES) for _ in range(chance.randrange(9))] + [own[k]], k=1))
        if chance.random() < 0.1
        else "\n".join([own[k], *(chance.choice(LINES) for _ in range(chance.randrange(9)))])
        for k in range(records)
    ]


def plain(texts: list[str], least: int, min_records: int, copies: int) -> list[str]:
    """What stays of each text: a line goes where it is long enough, enough records have it, and copies came before."""
    records = defaultdict(set)
    for k, text in enumerate(texts):
        for line in text.split("\n"):
            records[line.strip()].add(k)
    seen: dict[str, int] = defaultdict(int)
    out = []
    for text in texts:
        *lines, last = text.split("\n")
        left, end_went = [], False
        for line in [*(line + "\n" for line in lines), last]:
            bare = line.strip()
            goes = len(bare) >= least and len(records[bare]) >= min_records and seen[bare] >= copies
            seen[bare] += 1
            end_went = (goes if line else end_went) and not text.endswith("\n")
            left += [] if goes else [line]
        out.append("".join(left).rstrip("\n") if end_went else "".join(left))
    return out


@pytest.mark.parametrize(("min_records", "copies"), [(2, 1), (3, 2), (4, 0)])
def test_each_line_stays_as_often_as_asked_in_the_first_records_that_have_it(
    tmp_path: Path, min_records: int, copies: int
) -> None:
    texts = corpus(min_records)
    options = f"min_records: {min_records}, copies: {copies}, min_characters: 10"
    got = cut(tmp_path, texts, f"[duplicate_lines: {{{options}}}]")
    wanted = enumerate(plain(texts, 10, min_records, copies))
    assert got.kept == {k: text for k, text in wanted if text.strip() or text == texts[k]}
    assert got.cuts


def test_the_ledger_has_every_cut_and_the_same_bytes_stand_where_it_says(tmp_path: Path) -> None:
    texts = corpus(7)
    got = cut(tmp_path, texts, "[duplicate_lines: {min_characters: 10}]")
    for one in got.cuts:
        went = texts[one.record].encode()[one.start : one.stop]
        assert one.text == went.decode()
        assert one.twin is not None and one.twin_start is not None
        assert texts[one.twin].encode()[one.twin_start :].startswith(went.strip())
        assert (one.twin, one.twin_start) < (one.record, one.start)


def test_nothing_stands_for_lines_of_which_no_copy_stays(tmp_path: Path) -> None:
    texts = ["the same line everywhere\nown one", "the same line everywhere\nown two"]
    got = cut(tmp_path, texts, "[duplicate_lines: {copies: 0}]")
    assert got.kept == {0: "own one", 1: "own two"}
    assert [(one.record, one.twin, one.twin_start) for one in got.cuts] == [(0, None, None), (1, None, None)]


def test_a_text_with_nothing_left_is_dropped_with_what_it_was(tmp_path: Path) -> None:
    texts = ["a line that comes twice\n", "a line that comes twice\n\n", "something else that stays"]
    assert cut(tmp_path, texts, "[duplicate_lines]").kept.keys() == {0, 2}


def test_a_share_may_be_asked_for(tmp_path: Path) -> None:
    shared = "a line of twenty-odd letters"
    texts = [shared, shared + "\nown", shared + "\nan own line that is much longer than the shared one is"]
    assert cut(tmp_path, texts, "[duplicate_lines: {max_cut_share: 0.5}]").kept.keys() == {0, 2}


def test_boilerplate_is_learnt_by_site(tmp_path: Path) -> None:
    menu = "Home | News | About this mill"
    texts = [f"{menu}\ntext {k} of the page" for k in range(5)]
    urls = ["https://www.a.org/1", "http://A.org/2", "https://a.org:443/3", "https://b.org/1", None]
    steps = "[duplicate_lines: {within: site, copies: 0, min_records: 3}]"
    got = cut(tmp_path, texts, steps, urls)
    assert got.kept == {k: f"text {k} of the page" if k < 3 else texts[k] for k in range(5)}


def test_simplified_lines_may_differ_in_case_digits_and_marks(tmp_path: Path) -> None:
    texts = ["Posted on 3 May by the miller", "POSTED on 12 may, by the miller!\nand an own line here"]
    assert cut(tmp_path / "a", texts, "[duplicate_lines]").kept == dict(enumerate(texts))
    got = cut(tmp_path / "b", texts, "[duplicate_lines: {normalise: simplified}]").kept
    assert got == {0: texts[0], 1: "and an own line here"}


def test_copies_inside_one_record_alone_are_left_alone(tmp_path: Path) -> None:
    poem = "and the mill goes round and round\n" * 3
    assert cut(tmp_path, [poem, "another text of some length"], "[duplicate_lines]").kept[0] == poem


def test_null_and_empty_texts_pass(tmp_path: Path) -> None:
    got = cut(tmp_path, [None, "", "a line of some length that is alone"], "[duplicate_lines]")
    assert 2 in got.kept
    assert got.cuts == []
