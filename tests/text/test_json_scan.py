"""Strings, numbers, values, times and lines are read by the kernels as orjson and Python read them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.character_counts import characters_in
from gristmill.text.flat import Bytes
from gristmill.text.json_records import KEYS
from gristmill.text.json_scan import write_value
from gristmill.text.many_bytes import WIDE
from gristmill.text.sound_lines import line_end
from gristmill.text.time_scan import iso_time, since_1970

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
)
spaces = st.sampled_from([(",", ":"), (", ", ": "), ("\t,  ", " :\r")])
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def line(content: bytes) -> Bytes:
    """A line where kernels want it."""
    return np.frombuffer(bytes(WIDE) + content + b"\n" + bytes(2 * WIDE), np.uint8)


def written(content: bytes) -> tuple[int, bytes, bool]:
    """What was read of a value, what was written, and whether that is final."""
    out = np.zeros(len(content) + 2 * WIDE, np.uint8)
    at, to, same = write_value(line(content), WIDE, out, 0, np.zeros(KEYS, np.int64))
    return at - WIDE, out[:to].tobytes(), same


@given(values, spaces, st.booleans())
def test_a_value_is_written_as_orjson_writes_it_or_known_not_to_be(
    value: object, separators: tuple[str, str], ascii: bool
) -> None:
    content = json.dumps(value, separators=separators, ensure_ascii=ascii).encode()
    end, out, same = written(content)
    if end < 0:
        return  # keys with escapes and long numbers are left to orjson
    assert end == len(content)
    assert orjson.loads(out) == orjson.loads(content)
    if same:
        assert out == orjson.dumps(orjson.loads(content), option=orjson.OPT_SORT_KEYS)


@given(st.text(st.sampled_from('{}[],:"\\ \t0123.-+eE/ubn\x1fdc9atrulsfé'), max_size=12))
def test_what_is_no_value_is_not_read_to_its_end(content: str) -> None:
    end, out, same = written(content.encode())
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        assert end != len(content.encode())
    else:
        if end == len(content.encode()):
            assert orjson.loads(out) == value
            assert not same or out == orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize(
    ("content", "out"),
    [
        (
            rb'"\u00e9\ud83d\ude00\/\u000a\u001F\u007f\b\f\r\t\n\"\\\u0022"',
            '"é😀/\\n\\u001f\x7f\\b\\f\\r\\t\\n\\"\\\\\\""',
        ),
        (b'{ "a" : [ 1 , 2.5 , "x" ] , "b" : { } , "c" : [ ] }', '{"a":[1,2.5,"x"],"b":{},"c":[]}'),
        (b"-8234567890123456789", "-8234567890123456789"),
        (b"0.25", "0.25"),
        (b"-0.0", "-0.0"),
        (b'[true,false,null,"' + b"y" * 200 + b'"]', '[true,false,null,"' + "y" * 200 + '"]'),
    ],
)
def test_the_usual_is_written_at_once(content: bytes, out: str) -> None:
    assert written(content) == (len(content), out.encode(), True)
    assert orjson.dumps(orjson.loads(content), option=orjson.OPT_SORT_KEYS) == out.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"1.50",
        b"1e5",
        b"-0",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":2}',
        b"0.12345678901234567",
        b"0.30000000000000001",
        b"[0.000001]",
    ],
)
def test_what_orjson_writes_otherwise_is_known(content: bytes) -> None:
    end, _, same = written(content)
    assert (end, same) == (len(content), False)


@given(st.floats(0.001, 1e12), st.integers(-3, 3), st.integers(12, 17))
def test_digits_are_known_to_be_those_of_a_double(value: float, off: int, digits: int) -> None:
    for told in (repr(value), f"{value:.{digits}g}", f"{value * (1 + off * 2**-53):.{digits}f}"):
        end, _, same = written(told.encode())
        if end == len(told) and same:
            assert orjson.dumps(float(told)) == told.encode() or told.isdigit()


def test_most_doubles_are_known_as_such() -> None:
    told = [repr(0.02 + value * 2**-53) for value in np.random.default_rng(1).integers(0, 2**53, 2000).tolist()]
    assert np.mean([written(one.encode())[2] for one in told]) > 0.95


@pytest.mark.parametrize(
    "content",
    [
        b"1" * 41,
        b"1e400",
        b"NaN",
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\u0061":1}',
        b"[" * 70 + b"]" * 70,
        b'"\\x"',
        b"'a'",
    ],
)
def test_the_unusual_and_the_wrong_are_left(content: bytes) -> None:
    assert written(content)[0] < 0


@given(st.binary(max_size=40) | st.text(max_size=100).map(str.encode), st.integers(0, 130))
def test_a_line_ends_at_its_newline_and_is_sound_where_it_is_utf8(content: bytes, ascii: int) -> None:
    content = b"x" * ascii + content.replace(b"\n", b"")
    try:
        size = len(content.decode())
    except UnicodeDecodeError:
        size = -1
    end, sound = line_end(line(content), WIDE)
    assert (end - WIDE, sound) == (len(content), size >= 0)
    if sound:
        assert characters_in(line(content), WIDE, end) == size


@pytest.mark.parametrize("lead", range(0x80, 0x100))
def test_every_second_byte_is_sound_after_those_that_it_may_follow(lead: int) -> None:
    for second in range(0x100):
        if second == 0x0A:
            continue
        for rest in (b"", b"\x80", b"\xbf", b"\x80\xbf", b"\x80\x80\x80"):
            content = b"a" * 60 + bytes([lead, second]) + rest
            try:
                content.decode()
                known = True
            except UnicodeDecodeError:
                known = False
            assert line_end(line(content), WIDE)[1] == known


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), st.sampled_from(["", "Z", "+00:00"]), st.booleans())
def test_a_time_is_read_as_python_reads_it(time: datetime, zone: str, short: bool) -> None:
    told = time.isoformat(timespec="milliseconds" if short else "auto") + zone
    expected = datetime.fromisoformat(told).replace(tzinfo=UTC)
    found, known = iso_time(line(told.encode()), WIDE, WIDE + len(told))
    assert known
    assert BEGIN + timedelta(microseconds=found) == expected


@given(
    st.text(st.sampled_from("0123456789-:T .Z+"), min_size=8, max_size=28)
    | st.from_regex(r"[0-2]\d{3}-[01]\d-[0-3]\d(T[0-2]\d:[0-6]\d:[0-6]\d)?", fullmatch=True)
)
def test_what_is_no_time_to_python_is_none(told: str) -> None:
    found, known = iso_time(line(told.encode()), WIDE, WIDE + len(told))
    if known:
        expected = datetime.fromisoformat(told)
        assert BEGIN + timedelta(microseconds=found) == expected.replace(tzinfo=UTC)


@given(st.integers(-(10**10), 10**18) | st.integers(10**11, 5 * 10**12) | st.integers(10**14, 5 * 10**15))
def test_seconds_are_read_as_python_reads_them(value: int) -> None:
    found, known = since_1970(value)
    if known:
        scale = 1 if value < 1e11 else 1e3 if value < 1e14 else 1e6
        assert BEGIN + timedelta(microseconds=found) == datetime.fromtimestamp(value / scale, UTC)
