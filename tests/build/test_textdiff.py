"""Differences of texts: they rebuild both texts, are shortest, and cost a bounded time."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.build.textdiff import Diff, Piece, Skip, compare

texts = st.text(st.sampled_from("ab \n"), max_size=60) | st.text(max_size=80)


def _sides(diff: Diff) -> tuple[str, str]:
    left = ["".join(piece.text for piece in row.left) for row in diff.rows if row.kind != "new"]
    right = ["".join(piece.text for piece in row.right) for row in diff.rows if row.kind != "gone"]
    return "\n".join(left), "\n".join(right)


@settings(max_examples=400)
@given(texts, texts)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    assert _sides(compare(before, after)) == (before, after)


@settings(max_examples=200)
@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_as_many_lines_are_the_same_as_can_be(a: list[str], b: list[str]) -> None:
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            longest[i + 1][j + 1] = longest[i][j] + 1 if left == right else max(longest[i][j + 1], longest[i + 1][j])
    if a and b:
        same = sum(row.kind == "same" for row in compare("\n".join(a), "\n".join(b)).rows)
        assert same == longest[-1][-1]


def test_only_the_words_that_changed_are_marked() -> None:
    (row,) = compare("the grey cat sat", "the black cat sat down").rows
    assert row.kind == "changed"
    assert [piece.text for piece in row.left if piece.changed] == ["grey"]
    assert [piece.text for piece in row.right if piece.changed] == ["black", " down"]


def test_lines_with_nothing_in_common_are_marked_whole() -> None:
    (row,) = compare("one two three", "four five six").rows
    assert row.left == (Piece("one two three", True),)


def test_far_equal_lines_are_skipped() -> None:
    lines = [str(n) for n in range(100)]
    hunks = compare("\n".join(lines), "\n".join([*lines[:50], "new", *lines[50:]])).hunks(context=2)
    assert [row.lines if isinstance(row, Skip) else row.kind for row in hunks] == [
        48, "same", "same", "new", "same", "same", 48,
    ]  # fmt: skip


def test_huge_and_hostile_texts_are_compared_in_bounded_time() -> None:
    started = time.perf_counter()
    compare("ab" * 5_000_000, "ba" * 5_000_000)
    compare("a\nb\n" * 50_000, "b\na\na\n" * 50_000)
    compare("\n".join(map(str, range(9_000))), "\n".join(map(str, range(9_000, 0, -1))))
    compare(" a" * 100_000, " b a" * 100_000)
    assert time.perf_counter() - started < 15
    assert compare("x" * 1_000_000, "y").omitted == 600_000
