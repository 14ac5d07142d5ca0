"""Elements, hidden characters and figures."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.document import figures
from gristmill.document.markup import tag
from gristmill.document.visible import collapsed, plain, shown

SPACE = "\N{NO-BREAK SPACE}"


class _One(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.data = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.data += data


plain_text = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(plain_text, plain_text)
def test_any_text_comes_out_of_an_element_as_it_went_in(text: str, value: str) -> None:
    parsed = _One(tag("p", {"title": value}, text))
    assert (parsed.tags, parsed.attributes, parsed.data) == (["p"], {"title": value}, text)


@given(st.text())
def test_shown_text_is_escaped_and_bounded(text: str) -> None:
    html = shown(text * 50, 100)
    assert len(html.encode()) <= 8 * 100
    assert set(_One(html).tags) <= {"i"}
    html.encode("utf-8")


@given(st.text(), st.sampled_from(["\x1b]0;x\x07", "\u202e", "\x9b31m", "\U000e0041", "\u2066", "\r"]))
def test_plain_text_has_no_power_over_a_terminal(text: str, weapon: str) -> None:
    marked = plain(text + weapon)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in marked)
    assert not any(0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\U000e0041" for c in marked)
    assert "‹U+" in marked


def test_letters_of_any_script_and_their_joiners_stay() -> None:
    text = "می‌خواهم क्‍ष 👩‍🌾 漢字 עברית"
    assert plain(text) == text
    assert shown(text) == text


def test_whitespace_collapses_and_line_ends_stay_visible() -> None:
    assert collapsed("a \t b\n\n  \n c ") == "a b ¶ c"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 10_000, "< 0.1 %"),
        (9_999, 10_000, "> 99.9 %"),
        (1, 3, "33.3 %"),
        (0, 0, "–"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, said: str) -> None:
    assert figures.percent(part, whole).replace(SPACE, " ") == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1_000, "1 k"), (12_345, "12.3 k"), (999_600, "1 M"), (2_500_000_000, "2.5 G")],
)
def test_large_numbers_are_short(number: int, said: str) -> None:
    assert figures.short(number).replace(SPACE, " ") == said


def test_sizes_and_times_name_their_units() -> None:
    assert figures.size(999).replace(SPACE, " ") == "999 bytes"
    assert figures.size(1_530_000_000).replace(SPACE, " ") == "1.53 GB"
    assert figures.duration(3.21) == "3.2 s"
    assert figures.duration(250) == "4 min 10 s"
    assert figures.duration(7_500) == "2 h 05 min"
