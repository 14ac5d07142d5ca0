"""Words that are cut sixty-four bytes at a time are cut as the rules of one word cut them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Bytes, flat
from gristmill.text.jit import kernel
from gristmill.text.tokens import rules, split_tokens
from gristmill.text.word_tokens import Known, Spans, Table, add_word


@kernel
def _one_word(data: Bytes, spans: Spans, table: Table, known: Known) -> tuple[int, int]:
    return add_word(data, 0, len(data), spans, 0, table, known)


def tokens_by_the_rules(word: str) -> list[str]:
    data = np.frombuffer(word.encode(), np.uint8)
    spans = np.empty((2, len(data) + 1), np.int64)
    end, found = _one_word(data, spans, rules().table, rules().known)
    assert end == len(data)
    return [data[start:stop].tobytes().decode() for start, stop in spans[:, :found].T]


def tokens(values: list[str]) -> list[list[str]]:
    text = flat(pa.array(values, pa.large_string()))
    words = split_tokens(text.data, text.offsets, np.arange(len(values)))
    spans = list(zip(words.starts.tolist(), words.stops.tolist(), strict=True))
    return [
        [text.data[start:stop].tobytes().decode() for start, stop in spans[words.offsets[i] : words.offsets[i + 1]]]
        for i in range(len(values))
    ]


bare = st.text("abeinotABZ", min_size=1, max_size=12)
odd = st.text("aZ9.,:;!?)('\"-_@\\\0é’…的", min_size=1, max_size=8)
contractions = st.sampled_from(["don't", "don’t", "it's", "cannot", "Im", "'Cause", "’em", "and/or", "10pm"])
dotted = st.sampled_from(["Mr.", "D.C.", "U.S.", "a.m.", "°C.", "e.g.", "a.b/c-d", "1.2.3.4?a-b"])
exceptions = st.one_of(contractions, dotted, st.sampled_from(["8)", ":)", "(:", "http://a.example/b?c=1,2", "x" * 130]))
fronts = st.sampled_from(["", "", "(", '"', "“", "'", "’", "$", "#", "-", "--", "[", "...", "(("])
pieces = st.sampled_from(["ab", "Cd", "EF", "G", "7", "42", "é", "дом", "的", "com", "MB", "km", "st", "s", "x×"])
joints = st.sampled_from(
    ["", "", "-", "--", ".", "..", "...", "’", "'", "/", ":", "=", "_", "__", ",", "—", "–", "…", "(", "?", "&", "@"]
)
endings = st.sampled_from(
    [
        "",
        "",
        ".",
        ",",
        "'s",
        "’S",
        "s",
        "...",
        '",',
        '."',
        "').",
        ")",
        "()",
        "%",
        "%.",
        "!?",
        ".”",
        "”.",
        ".,",
        "..",
        "+",
    ]
)
joined = st.tuples(pieces, joints, pieces, joints, pieces, joints).map("".join)
made = st.tuples(fronts, st.one_of(joined, pieces, exceptions), endings).map("".join)
words = st.one_of(
    bare, bare, st.tuples(bare, st.sampled_from(list(",.:;!?)"))).map("".join), exceptions, odd, made, made
)
spaces = st.sampled_from([" ", " ", " ", "\n", "  ", "\u3000", "\u2003", "\x1c", "\xa0"])
texts = st.lists(st.tuples(words, spaces), max_size=60).map(lambda parts: "".join(map("".join, parts)))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(texts, texts.map(str.rstrip)), min_size=1, max_size=3))
def test_a_text_has_the_tokens_of_its_words(values: list[str]) -> None:
    assert tokens(values) == [
        [token for word in value.split() for token in tokens_by_the_rules(word)] for value in values
    ]


def test_words_are_cut_alike_wherever_a_block_ends() -> None:
    text = (
        "It cannot be (as Mr. O'Neil’s “said”, e.g.) 3.5km off; well-known — facts: don't... stop! http://a.example/b."
    )
    wanted = [token for word in text.split() for token in tokens_by_the_rules(word)]
    for gap in range(70):
        assert tokens([" " * gap + text]) == [wanted]
        assert tokens(["x" * gap + " " + text])[0][bool(gap) :] == wanted
