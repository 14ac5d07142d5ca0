"""Places of phrases in texts and in what pages show."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.literal_phrases import MOST_BLANK, find_phrases, phrases

LISTED = ("all rights reserved", "all", "cc by", "cc-by", "©", "licen", "Все права")
BLANK = frozenset(range(0x21)) | frozenset(b"*#/>;")


def found(text: str | bytes, *, pages: bool = False, listed: tuple[str, ...] = LISTED) -> list[tuple[str, str]]:
    """The phrase and what stands there, for each place."""
    raw = text.encode() if isinstance(text, str) else text
    texts = flat(pa.array([b"all", raw, b"cc by"], pa.large_binary()))
    hits = find_phrases(texts.data, texts.offsets, np.array([1]), phrases(listed), pages=pages)
    assert set(hits.rows.tolist()) <= {0}
    return [
        (listed[entry], texts.data[start:stop].tobytes().decode("utf-8", "replace"))
        for entry, start, stop in zip(hits.entries, hits.starts, hits.stops, strict=True)
    ]


def plainly(raw: bytes) -> list[tuple[int, int, int]]:
    """The twin of the kernel: place, end and phrase."""
    longest = sorted(range(len(LISTED)), key=lambda k: (-len(LISTED[k].encode()), LISTED[k]))
    out, at = [], 0
    while at + 1 < len(raw):
        for k in longest:
            phrase = LISTED[k].encode()
            alnum = bytes([raw[at]]).isalnum()
            if alnum and at and bytes([raw[at - 1]]).isalnum():
                continue
            end: int | None = at
            for byte in phrase:
                assert end is not None
                if byte == 0x20:
                    begin = end
                    while end < len(raw) and end - begin < MOST_BLANK and raw[end] in BLANK:
                        end += 1
                    end = end if end > begin else None
                else:
                    same = end < len(raw) and bytes([raw[end]]).lower()[0] == byte if byte < 0x80 else (
                        end < len(raw) and raw[end] == byte
                    )  # fmt: skip
                    end = end + 1 if same else None
                if end is None:
                    break
            if end is not None:
                out.append((at, end, k))
                at = end - 1
                break
        at += 1
    return out


@given(
    st.lists(st.sampled_from([*LISTED, " ", "\n * ", "a", "ALL", "Rights", "reserved", "é", "9", "\x00"])).map("".join)
)
def test_it_finds_what_a_plain_search_finds(text: str) -> None:
    raw = text.encode()
    texts = flat(pa.array([raw], pa.large_binary()))
    hits = find_phrases(texts.data, texts.offsets, np.array([0]), phrases(LISTED))
    assert list(zip(hits.starts.tolist(), hits.stops.tolist(), hits.entries.tolist(), strict=True)) == plainly(raw)


def test_letter_case_and_white_space_do_not_matter_and_words_begin_where_they_do() -> None:
    assert found("ALL  Rights\n * reserved.") == [("all rights reserved", "ALL  Rights\n * reserved")]
    assert found("wall, sublicense; all") == [("all", "all")]
    assert found("(C) ©2020 Все права, LICENCE") == [("©", "©"), ("Все права", "Все права"), ("licen", "LICEN")]
    assert found("cc by cc-by ccby") == [("cc by", "cc by"), ("cc-by", "cc-by")]


def test_many_hits_are_all_found() -> None:
    assert len(found("all " * 5000)) == 5000


@pytest.mark.parametrize(
    "html",
    [
        "<!-- all --><p>no</p>",
        "<script>var all = '</p>';</script>",
        "<style>all {}</style>",
        '<a title="all > all">no</a>',
        "<!-- all",
        "<all>",
    ],
)
def test_tags_comments_scripts_and_styles_of_pages_are_passed_over(html: str) -> None:
    assert found(html, pages=True) == []
    assert found(html + "</script><b>All</b>", pages=False) != []


def test_what_a_page_shows_is_found() -> None:
    html = "<p>1 < 2 all <b>CC BY</b> <script>all</script> licen<br/>ce </p> all"
    assert [phrase for phrase, _ in found(html, pages=True)] == ["all", "cc by", "licen", "all"]


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.shown = ""
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag in ("script", "style")
        self.shown += "|"

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.shown += "|"

    def handle_comment(self, data: str) -> None:
        self.shown += "|"

    def handle_data(self, data: str) -> None:
        self.shown += "" if self.hidden else data


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b class='all'>", "<!--all-->", "<script>all</script>", "all", " "])))
def test_a_page_is_read_as_a_parser_reads_it(pieces: list[str]) -> None:
    html = "".join(pieces)
    parser = _Shown()
    parser.feed(html)
    parser.close()
    assert len(found(html, pages=True, listed=("all",))) == len(found(parser.shown, listed=("all",)))


def test_a_phrase_of_one_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="two bytes"):
        phrases(["a"])
