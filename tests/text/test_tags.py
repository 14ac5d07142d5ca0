"""Tags that hold a word, found without parsing; the twin is Python's own parser."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.tags import ANCHOR, LINK, LINKED_DATA, META, MOST_BYTES, TIME, tags_with

WORDS = (b"robots", b"license")
KINDS = {"meta": META, "link": LINK, "a": ANCHOR, "area": ANCHOR, "time": TIME}


def found(*pages: bytes) -> list[tuple[int, int, str]]:
    data, offsets = flat(pa.array(pages, pa.large_binary()))
    hits = tags_with(data, offsets, np.arange(len(pages)), WORDS)
    return [
        (row, kind, data[start:stop].tobytes().decode("utf-8", "replace"))
        for row, start, stop, kind in zip(*(column.tolist() for column in hits), strict=True)
    ]


class Twin(HTMLParser):
    """The same tags by the parser of the standard library."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[int, int, str]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        text = self.get_starttag_text() or ""
        if tag in KINDS and any(word.decode() in text.lower() for word in WORDS):
            self.tags.append((0, KINDS[tag], text))


def test_tags_with_a_word_are_found_and_no_others() -> None:
    page = (
        b'<p>robots</p><META NAME=Robots content="noai"><link rel="license" href=x><a href="/robots.txt">r</a><meta x>'
    )
    assert found(page, b"", b"<area alt=license>") == [
        (0, META, '<META NAME=Robots content="noai">'),
        (0, LINK, '<link rel="license" href=x>'),
        (0, ANCHOR, '<a href="/robots.txt">'),
        (2, ANCHOR, "<area alt=license>"),
    ]


def test_links_may_be_looked_at_for_fewer_words() -> None:
    page = np.frombuffer(b"<a rel=License><a robots><a rights><meta robots><meta rights><link license>", np.uint8)
    hits = tags_with(page, np.array([0, len(page)]), np.zeros(1, np.int64), [*WORDS, b"rights"], [b"license"])
    assert hits.entries.tolist() == [ANCHOR, META, META, LINK]


def test_comments_scripts_and_styles_hold_no_tags() -> None:
    page = b"<!-- <meta name=robots> --><script>'<meta name=robots>'</script><style><meta name=robots></style>"
    assert found(page + b"<meta name=robots>") == [(0, META, "<meta name=robots>")]
    assert found(b"<!--><meta name=robots>") == [(0, META, "<meta name=robots>")]


def test_a_quoted_value_may_hold_what_would_end_a_tag() -> None:
    assert found(b'<meta name="robots" content="a > b">x') == [(0, META, '<meta name="robots" content="a > b">')]


def test_linked_data_is_given_whole_where_it_has_a_word() -> None:
    page = b'<script type="application/ld+json">{"license": "x"}</script><script type="application/ld+json">{}</script>'
    assert found(page) == [(0, LINKED_DATA, '{"license": "x"}')]


def test_a_tag_that_never_ends_is_passed_over() -> None:
    assert found(b'<meta name="robots') == []
    long = b'<meta content="' + b"x" * MOST_BYTES + b"<meta name=robots>"
    assert found(long) == [(0, META, "<meta name=robots>")]


def test_longer_names_are_other_elements() -> None:
    assert found(b"<metal robots><linked license><abbr robots><meta-x robots>") == []


NAMES = st.sampled_from(["meta", "link", "a", "p", "script2", "META", "time"])
VALUES = st.sampled_from(["robots", "License", "x", "a>b", "it's"])
TAGS = st.builds(lambda name, value: f'<{name} k="{value}">', NAMES, VALUES)
PROSE = st.sampled_from(["robots", "a < b", "<!-- <meta k='robots'> -->", "</p>", " & "])


@given(st.lists(st.one_of(TAGS, PROSE), max_size=12).map("".join))
def test_it_finds_what_a_parser_finds(page: str) -> None:
    twin = Twin()
    twin.feed(page)
    twin.close()
    assert found(page.encode()) == twin.tags


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_taken(page: bytes) -> None:
    found(page, b"<meta name=robots>" + page)
