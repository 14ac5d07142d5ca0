"""What is scanned for in lines sixty-four bytes at a time, against plain Python: the blocks end anywhere in a line."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.contracts.scans import lines
from gristmill.contracts.view import View
from gristmill.text.draft import Draft
from gristmill.text.line_cuts import citations
from gristmill.text.line_phrases import CURLY_BRACKET, JAVASCRIPT, LOREM_IPSUM, POLICY, POLICY_PHRASES, phrases
from gristmill.text.line_words import have_longer_words, words_in_lines

ALL = settings(max_examples=200, deadline=None)

SPACES = " \t\x0b\x0c\r\x1c\x1f\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
OTHERS = "a.\x08\x0e\x1b\x7féÂâ\u167f\u1681\u200b\u2010\u2060\u2fff\u3001ぁ的😀"
word = st.one_of(st.text(alphabet=OTHERS, max_size=8), st.integers(1, 150).map("x".__mul__))
texts = st.lists(st.lists(st.one_of(word, st.sampled_from([*SPACES, "\n"])), max_size=50).map("".join), min_size=1)


def drafted(values: list[str]) -> Draft:
    asked = View(pa.record_batch({"text": pa.array(values, pa.large_string())}))
    return Draft.of(asked.text.data, lines(asked), asked.rows)


def lines_of(values: list[str]) -> list[str]:
    return [line for value in values for line in value.split("\n")]


@ALL
@given(texts)
def test_words_are_those_of_str_split(values: list[str]) -> None:
    draft = drafted(values)
    found = words_in_lines(draft.data, draft.starts, draft.stops)
    assert found.tolist() == [len(line.split()) for line in lines_of(values)]


@ALL
@given(texts, st.integers(1, 100))
def test_a_longer_word_is_found_in_any_place(values: list[str], most: int) -> None:
    draft = drafted(values)
    found = have_longer_words(draft.data, draft.starts, draft.stops, most)
    assert found.tolist() == [any(len(word) > most for word in line.split()) for line in lines_of(values)]


@ALL
@given(st.lists(st.text(alphabet=" ab[]12٣edit\n", max_size=150), min_size=1, max_size=4))
def test_citations_are_cut_as_a_regular_expression_would(values: list[str]) -> None:
    draft = drafted(values)
    draft.cut(citations(draft))
    left = draft.texts(pa.array(values)).to_pylist()
    assert left == ["\n".join(without_citations(line) for line in value.split("\n")) for value in values]


def without_citations(line: str) -> str:
    out, at = "", 0
    while at < len(line):
        end = line.find("]", at)
        inner = line[at + 1 : end] if line[at] == "[" and end > 0 else None
        if inner is not None and (inner in ("edit", "citation needed") or all(char.isdecimal() for char in inner)):
            at = end + 1
        else:
            out += line[at]
            at += 1
    return out


SAID = {"lorem ipsum": LOREM_IPSUM, "{": CURLY_BRACKET, "javascript": JAVASCRIPT}
SAID |= dict.fromkeys(POLICY_PHRASES, POLICY)
some = st.one_of(
    st.sampled_from([said.upper() for said in SAID]),
    st.sampled_from([*SAID, "\n", "\0", "[", "Lorem\0ipsum", "java", "terms of", "cookie"]),
    st.text(alphabet="aé ", max_size=40),
)


@ALL
@given(st.lists(st.lists(some, max_size=12).map("".join), min_size=1), st.data())
def test_phrases_are_found_in_any_case_and_place(values: list[str], data: st.DataObject) -> None:
    draft = drafted(values)
    for k in data.draw(st.lists(st.integers(0, len(draft.alive) - 1), max_size=2)):
        draft.alive[k] = False
    found = phrases(draft.data, draft.starts, draft.stops, draft.alive)
    for flags, alive, line in zip(found.tolist(), draft.alive.tolist(), lines_of(values), strict=True):
        assert flags == sum({flag for said, flag in SAID.items() if alive and said in line.lower()})


@pytest.mark.parametrize("said", SAID)
def test_each_phrase_is_known(said: str) -> None:
    draft = drafted([said, said.title() + "."])
    assert phrases(draft.data, draft.starts, draft.stops, draft.alive).tolist() == [SAID[said]] * 2


def test_lines_that_were_written_anew_lie_elsewhere() -> None:
    draft = drafted(["use cookies[1]\nno\n{[2]\nJava[edit]Script[3] {"])
    draft.cut(citations(draft))
    found = phrases(draft.data, draft.starts, draft.stops, draft.alive)
    assert found.tolist() == [POLICY, 0, CURLY_BRACKET, JAVASCRIPT | CURLY_BRACKET]
