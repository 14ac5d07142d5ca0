"""Paragraphs that come again in the corpus, cut by real builds."""

from __future__ import annotations

from pathlib import Path

from cut_corpus import cut

SHARED = "A paragraph that two records have,\nand that goes over two lines."


def test_the_second_copy_goes_with_the_blank_lines_behind_it(tmp_path: Path) -> None:
    texts = [f"first\n\n{SHARED}\n", f"before it\n\n{SHARED}\n\n \nafter it\n", f"{SHARED}\n\nat the beginning", "none"]
    got = cut(tmp_path, texts, "[duplicate_paragraphs]")
    assert got.kept == {0: texts[0], 1: "before it\n\nafter it\n", 2: "at the beginning", 3: "none"}
    assert [(one.record, one.twin) for one in got.cuts] == [(1, 0), (2, 0)]


def test_a_paragraph_is_compared_as_a_whole(tmp_path: Path) -> None:
    texts = [SHARED, SHARED + "\nand a third line", SHARED.replace("\n", "\n\n")]
    assert cut(tmp_path, texts, "[duplicate_paragraphs]").kept == dict(enumerate(texts))


def test_lines_go_first_where_that_stands_first(tmp_path: Path) -> None:
    line = "a line that is in both of them, word for word"
    texts = [f"{line}\n\n{SHARED}", f"{line}\nbefore\n\n{SHARED}\n\nthe end"]
    got = cut(tmp_path, texts, "[duplicate_lines: {min_characters: 40}, duplicate_paragraphs]")
    assert got.kept[0] == texts[0]
    assert got.kept[1] == "before\n\nthe end"
