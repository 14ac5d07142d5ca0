"""The scan for identifiers, beside plain Python."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn

from gristmill.protect._accounts import IBAN_LENGTHS
from gristmill.text import address_shapes, identifier_lists
from gristmill.text import found_identifiers as shapes
from gristmill.text.found_identifiers import Found, digits_of, groups_of
from gristmill.text.identifier_lists import NAMED, SECRET, Prefix, lengths_of, prefixes_of, words_of
from gristmill.text.identifiers import identifiers

WORDS = words_of({3: ["phone number", "tel", "Телефон", "电话"], SECRET: ["api key"], NAMED: ["login"]})
PREFIXES = prefixes_of([Prefix("tok_", "hex", 8, 12), Prefix("tok_live_", "alnum", 4, 6)])
LENGTHS = lengths_of(IBAN_LENGTHS)


def _found(*texts: str) -> Found:
    raw = [text.encode() for text in texts]
    data = np.frombuffer(b"".join(raw), np.uint8)
    offsets = np.cumsum([0, *map(len, raw)]).astype(np.int64)
    return identifiers(data, offsets, np.arange(len(raw), dtype=np.int64), WORDS, PREFIXES, LENGTHS)


def _values(text: str, shape: int) -> list[str]:
    found = _found(text)
    raw = text.encode()
    return [raw[a:b].decode() for a, b, s in zip(found.starts, found.stops, found.shapes, strict=True) if s == shape]


_QUAD = re.compile(r"[0-9]+(?:\.[0-9]+){3}")  # an address may have four digits
_GROUPED = re.compile(
    r"(?<![0-9A-Za-z])[0-9]+(?:\.[0-9]+){3}(?=[ /][0-9])"
    r"|(?<![0-9A-Za-z])(?:1  )?[0-9]{3}  [0-9]{3}  [0-9]{4}(?! *[0-9])"
    r"|(?<![0-9A-Za-z])[0-9]+(?:[ ./-][0-9]+)*(?![0-9A-Za-z])"
)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 .-/,;ab\n", max_size=60))
def test_numbers_are_groups_of_digits_with_one_sign_between(text: str) -> None:
    """Where no letter touches a number, as a regular expression finds them; ten groups and thirty digits at most."""
    plain = [m[0] for m in _GROUPED.finditer(text) if len(re.sub(r"\D", "", m[0])) > 5 or _QUAD.fullmatch(m[0])]
    small = [value for value in plain if len(re.findall(r"\d+", value)) < 10 and len(re.sub(r"\D", "", value)) < 30]
    if len(small) == len(plain) and not re.search(r"[ab]", text) and not _values(text, shapes.PLACE):
        assert _values(text, shapes.NUMBER) == plain


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789", min_size=12, max_size=19))
def test_the_flag_for_luhn_is_that_of_the_standard(number: str) -> None:
    found = _found(number)
    assert bool(found.details[0] & shapes.LUHN) == luhn.is_valid(number)
    assert (digits_of(found.details)[0], groups_of(found.details)[0]) == (len(number), 1)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.text(alphabet="0123456789", min_size=30, max_size=30), st.booleans())
def test_an_account_is_one_where_its_length_and_check_are_right(country: str, rest: str, spaced: bool) -> None:
    body = rest[: IBAN_LENGTHS[country] - 4]
    text = country + iban.calc_check_digits(f"{country}00{body}") + body
    wrong = country + f"{(int(text[2:4]) + 1) % 97:02}" + body
    written = " ".join(text[at : at + 4] for at in range(0, len(text), 4)) if spaced else text
    assert _values(f"to {written}, please", shapes.ACCOUNT) == [written]
    assert _values(f"to {wrong}, please", shapes.ACCOUNT) == []
    assert _values(f"to {text}7, please", shapes.ACCOUNT) == []


_EMAIL = re.compile(
    r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(_EMAIL, fullmatch=True), st.sampled_from([" ", ", ", "<", "\n", "電話"]))
def test_an_address_is_found_whatever_stands_around(address: str, around: str) -> None:
    local, _, host = address.partition("@")
    well_formed = not host.startswith("-") and not host.endswith("-") and ".-" not in host and "-." not in host
    short = len(local) < 60 and len(host) <= 255  # as RFC 5321 has it
    if address.isascii() and well_formed and short and not local.startswith(("-", "_")):
        assert address in _values(f"x{around}{address}{around}y", shapes.EMAIL)


def test_words_speak_of_what_follows_and_of_what_they_follow_closely() -> None:
    found = _found(
        "Phone-Number: 12345678", "1234567 tel", "tel " + "x " * 40 + "1234567", "ТЕЛЕФОН 1234567", "电话1234567"
    )
    assert [context >> 3 & 1 for context in found.contexts] == [1, 1, 0, 1, 1]


def test_a_word_in_a_placeholder_does_not_speak() -> None:
    assert [context >> 3 & 1 for context in _found("<TEL> 12345678", "tel> 12345678", "tel: 12345678").contexts] == [
        0,
        0,
        1,
    ]


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=3, max_size=20))
def test_lists_are_made_by_the_numbers_that_the_kernel_looks_up(raw: bytes) -> None:
    word = np.uint64(int.from_bytes(raw[:8], "little"))
    assert identifier_lists._bucket(raw) == identifier_lists.bucket_of(word)
    assert identifier_lists._sketch(raw) == identifier_lists.sketch(word, len(raw))


def test_of_two_beginnings_the_first_of_the_list_that_fits_counts() -> None:
    found = _found("tok_0123456789ab tok_live_abc12 tok_0123 tok_0123456789abc")
    assert found.details[found.shapes == shapes.PREFIXED].tolist() == [0, 1]


def test_rows_that_are_not_asked_for_are_not_read() -> None:
    raw = b"1234567 7654321"
    data, offsets = np.frombuffer(raw, np.uint8), np.array([0, 8, 15])
    found = identifiers(data, offsets, np.array([1]), WORDS, PREFIXES, LENGTHS)
    assert (found.rows.tolist(), found.starts.tolist()) == ([0], [8])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_bytes_that_are_no_text_are_read_within_their_bounds(raw: bytes) -> None:
    data = np.frombuffer(raw, np.uint8)
    found = identifiers(data, np.array([0, len(raw)]), np.array([0]), WORDS, PREFIXES, LENGTHS)
    assert ((found.starts >= 0) & (found.starts < found.stops) & (found.stops <= len(raw))).all()


_URL_ENDS = re.compile("[\x00-\x20\"'<>`\\\\|^]")
_SOFT_BREAK = re.compile(r"=\r?\n")


def _plain_url(text: str, at: int) -> tuple[int, int]:
    """What the kernel says of a url whose `://` ends at `at`: the end, and bits for what it has."""
    end = at
    while end < len(text) and not _URL_ENDS.match(text, end):
        cut = _SOFT_BREAK.match(text, end)
        goes_on = cut and cut.end() < len(text) and not _URL_ENDS.match(text, cut.end())
        end = cut.end() if cut and goes_on else end + 1
    rest = _SOFT_BREAK.sub(lambda cut: "\n" * len(cut[0]) if cut.end() < end - at else cut[0], text[at:end])
    has = 0
    for within in re.split("(?<=://)", rest):
        host, path = re.match("([^/?#]*)(.*)", within, re.S).groups()
        has |= address_shapes.USER if "@" in host else 0
        has |= address_shapes.ASKS if re.search("=|%(3[Dd]|40|25)", path) else 0
        steps = [step for step in re.split("(?=[/?#])", path) if step.startswith("/")]
        long = [step for step in steps if len(step) > 6 and re.search("[0-9]", step)]
        has |= address_shapes.NUMBERED if long else 0
    return end, has


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "12345", "/", "://", "?", "#", "=", "@", "%3D", "%", "=\n", "=\r\n", "\n", ">", "b7"])
    )
)
def test_a_url_ends_where_it_does_in_plain_python_and_has_what_it_has_there(pieces: list[str]) -> None:
    text = "".join(pieces)
    data = np.frombuffer(text.encode() or b" ", np.uint8)
    assert address_shapes.url(data, 0, len(text)) == _plain_url(text, 0)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[a-z][a-z0-9]{2,20}@[a-z]{3,9}(\.[a-z]{2,9}){1,3}", fullmatch=True), st.data())
def test_an_address_that_soft_breaks_cut_is_found_whole(address: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(1, len(address) - 1), max_size=4)))
    pieces = [address[a:b] for a, b in zip([0, *places], [*places, len(address)], strict=True)]
    written = data.draw(st.sampled_from(["=\n", "=\r\n"])).join(pieces)
    assert _values(f"It is to {written} that we write.", shapes.EMAIL) == [written]
