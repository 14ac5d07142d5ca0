"""The kernel that finds encoded blobs against plain Python, on random and awkward text."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.blob_counts import BASE64, BASE85, DATA_URI, HEX, LONG, MINIFIED, PERCENT_ENCODED
from gristmill.text.blobs import blobs
from gristmill.text.flat import flat
from gristmill.text.stretches import cut_out

LEAST = 60
RAW = random.Random(5).randbytes(900)
B64 = base64.b64encode(RAW).decode()

chunk = st.sampled_from(
    [
        "",
        "The mill grinds. ",
        "\n",
        "\r\n",
        "  ",
        "\t",
        '"',
        "(",
        "://",
        "https://mill.example/",
        "data:",
        "data:image/png;base64,",
        ";base64,",
        B64[:31],
        B64[:64],
        B64[:64] + "\n",
        B64[64:128] + "\n",
        B64[:76] + "\r\n" + B64[76:152] + "\r\n",
        B64[:640],
        B64[:40] + "aaaaaaaaaaaaaaaaaaaa" * 30,
        RAW[:32].hex() + "\n",
        RAW[:35].hex() + "\n",
        RAW[:90].hex(),
        "1234567890" * 9,
        base64.b85encode(RAW[:90]).decode(),
        base64.b85encode(RAW[:60]).decode() + "\n",
        "M" + "\x20%(DI8MY'?:" * 5 + "\n",
        "M" + "8MY'?:O'8,#Y" * 5 + "\n",
        " ".join(f"{b:02x}" for b in RAW[:20]) + "\n",
        "0000001: " + " ".join(RAW[i : i + 2].hex() for i in range(0, 16, 2)) + "  ab\n",
        ", ".join(f"0x{b:02x}" for b in RAW[:12]) + ",\n",
        "10 20 30 40 50 60 70 80 90\n",
        "".join(f"\\x{b:02x}" for b in RAW[:20]),
        "%D0%BF" * 15,
        "if(a){b=c[d];}" * 20,
        "abc,12;" * 60,
        "a_Mixed-Token.Of9Words" * 20,
        "中文" * 9,
        "-" * 300,
    ]
)
text = st.one_of(st.lists(chunk, max_size=14).map("".join), st.text(max_size=60))

WRITTEN = re.compile(rb"[A-Za-z0-9+/_=-]+")
GROUP = re.compile(rb"(?:0x)?([0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6,8})(?:,|(?=[ \t\r])|$)")
OFFSET = re.compile(rb"[0-9A-Fa-f]{1,16}:")
HASH_SIZES = (32, 40, 48, 56, 64, 96, 128)


def share(raw: bytes, pattern: bytes) -> int:
    return len(re.findall(pattern, raw))


def kinds(raw: bytes) -> list[int]:
    return [0 if 97 <= b <= 122 else 1 if 65 <= b <= 90 else 2 if 48 <= b <= 57 else 3 for b in raw]


def encoded(lines: list[bytes]) -> int:
    raw = b"".join(lines)
    n = len(raw)
    if n < LEAST:
        return -1
    if re.fullmatch(rb"[0-9A-Fa-f]+", raw):
        return HEX if not raw.isdigit() and len(set(raw)) >= 8 else -1
    if sum(share(one, rb"(?=\\x[0-9A-Fa-f]{2})") for one in lines) * 20 >= n * 3:
        return HEX
    lower, upper, digit, symbol = (kinds(raw).count(k) for k in range(4))
    if upper * 10 < n or lower * 10 < n or digit * 50 < n:
        return -1
    switches = sum(a != b for one in lines for a, b in zip(kinds(one), kinds(one)[1:], strict=False))
    distinct = len({b for b in raw if 0x21 <= b < 0x7F})
    if WRITTEN.fullmatch(raw):
        return BASE64 if switches >= 0.4 * n or (n >= 512 and distinct >= 40 and switches * 4 >= n) else -1
    odd = switches * 2 >= n and symbol * 10 >= n and distinct >= 40
    return BASE85 if odd and not any(b"://" in one for one in lines) and share(raw, rb"[(){}\[\];=]") * 6 < n else -1


def dense(raw: bytes) -> bool:
    return re.fullmatch(rb"[!-~]+", raw) is not None


Line = tuple[int, bytes]  # where it begins, and its bytes without the line feed


def bare(line: Line) -> Line:
    at, raw = line
    return at + len(raw) - len(raw.lstrip(b" \t\r")), raw.strip(b" \t\r")


def ends(line: Line) -> int:
    return line[0] + len(line[1])


def groups(raw: bytes) -> str:
    """The digits of the groups that a line begins with."""
    offset = OFFSET.match(raw)
    at = offset.end() if offset else 0
    out = ""
    while True:
        at += len(raw[at:]) - len(raw[at:].lstrip(b" \t"))
        one = GROUP.match(raw, at)
        if not one or at == len(raw):
            return out
        out += one[1].decode()
        at = one.end()


def block(lines: list[Line]) -> tuple[int, int, int]:
    """Kind, end and how far lines were looked at, of the lines that begin here."""
    looked = 0
    uu: list[Line] = []
    for at, raw in lines:
        one = raw.removesuffix(b"\r")
        if not re.fullmatch(rb"M[ -`]{60}", one, re.S):
            break
        uu.append((at, one))
    if uu:
        looked = ends(uu[-1])
    if len(uu) >= 2:
        return BASE85, looked, looked
    dump, digits = [], ""
    for line in lines:
        some = groups(bare(line)[1])
        if len(some) < (2 if dump else 16):
            break
        dump.append(bare(line))
        digits += some
    if dump:
        letters = sum(not d.isdigit() for d in digits)
        if letters * 20 >= len(digits) and ends(dump[-1]) - lines[0][0] >= LEAST:
            return HEX, ends(dump[-1]), ends(dump[-1])
        looked = max(looked, ends(dump[-1]))
    solid: list[Line] = []
    for line in map(bare, lines):
        size = len((solid or [line])[0][1])
        if len(line[1]) > size or size < 40 or not dense(line[1]):
            break
        if not solid and size in HASH_SIZES and re.fullmatch(rb"[0-9A-Fa-f]+", line[1]):
            break
        solid.append(line)
        if len(line[1]) < size:
            break
    end = ends(solid[-1]) if solid else 0
    kind = encoded([raw for _, raw in solid]) if len(solid) >= 2 else -1
    return kind, end, max(looked, end)


def minified(raw: bytes) -> bool:
    n = len(raw)
    code = share(raw, rb"[(){}\[\];=]")
    return n >= 512 and code * 8 >= n and raw.count(b" ") * 10 <= n and raw.count(b"://") * 60 <= n


Span = tuple[int, int, int]


def data_uris(at: int, raw: bytes) -> Iterator[Span]:
    place, begin = 0, -1
    while place < len(raw):
        if raw.startswith(b"data:", place):
            begin = place
        if begin >= 0 and place - begin < 100 and raw.startswith(b";base64,", place):
            value = WRITTEN.match(raw, place + 8)
            place = value.end() if value else place + 8
            if place - begin >= 32:
                yield at + begin, at + place, DATA_URI
            begin = -1
        else:
            place += 1


def pieces(at: int, raw: bytes) -> Iterator[Span]:
    uris = list(data_uris(at, raw))
    if uris:
        yield from uris
        return
    for one in WRITTEN.finditer(raw):
        quoted = max(raw.rfind(mark, 0, one.start()) for mark in (b'"', b"'", b"(", b")", b"<", b">", b"{", b"}"))
        of_url = b"://" in raw[quoted + 1 : one.start() + 2]
        kind = encoded([one[0]]) if not of_url else -1
        if kind >= 0:
            yield at + one.start(), at + one.end(), kind


def token(at: int, raw: bytes) -> Iterator[Span]:
    n = len(raw)
    if n < 32:
        return
    kind = -1
    if b"://" not in raw and n >= LEAST:
        if share(raw, rb"(?=%[0-9A-Fa-f]{2})") * 10 >= n:
            kind = PERCENT_ENCODED
        elif n >= 256 and share(raw, rb"[(){}\[\];=]") * 8 >= n:
            kind = MINIFIED
        else:
            kind = encoded([raw])
    if kind >= 0 and kind != MINIFIED:
        yield at, at + n, kind
        return
    some = list(pieces(at, raw))
    yield from some
    switches = sum(a != b for a, b in zip(kinds(raw), kinds(raw)[1:], strict=False))
    long = n >= 256 and b"://" not in raw and switches * 10 >= n and len(set(raw)) >= 16
    if not some and (kind == MINIFIED or long):
        yield at, at + n, MINIFIED if kind == MINIFIED else LONG


def plain(raw: bytes) -> Iterator[Span]:
    """The same in plain Python."""
    lines, at = [], 0
    for line in raw.split(b"\n"):
        lines.append((at, line))
        at += len(line) + 1
    k, asked = 0, 0
    while k < len(lines):
        start, one = bare(lines[k])
        kind = end = -1
        if one and lines[k][0] >= asked:
            kind, end, asked = block(lines[k:])
        if kind >= 0:
            yield start, end, kind
            while k < len(lines) and ends(lines[k]) < end:
                k += 1
        elif minified(one):
            yield start, start + len(one), MINIFIED
        else:
            for word in re.finditer(rb"[!-~]+", one):
                yield from token(start + word.start(), word[0])
        k += 1


def found(*texts: str) -> list[list[Span]]:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    hits = blobs(data, offsets, np.arange(len(texts)), LEAST)
    out: list[list[Span]] = [[] for _ in texts]
    for row, start, stop, kind in zip(*(column.tolist() for column in hits), strict=True):
        out[row].append((start - int(offsets[row]), stop - int(offsets[row]), kind))
    return out


@given(st.lists(text, min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_the_kernel_finds_what_plain_python_finds(texts: list[str]) -> None:
    assert found(*texts) == [list(plain(one.encode())) for one in texts]


def test_a_table_of_numbers_of_many_lines_is_looked_at_once() -> None:
    table = "10 20 30 40 50 60 70 80 90\n" * 40_000  # each line begins what may be a dump: not to be asked again
    assert found(table) == [[]]


@given(st.lists(st.tuples(st.text(alphabet="ab\n", max_size=5), st.text(alphabet="xé\n", max_size=4)), max_size=6))
def test_stretches_are_cut_out_with_the_line_feed_of_a_whole_line(parts: list[tuple[str, str]]) -> None:
    whole = "".join(keep + gone for keep, gone in parts)
    raw = whole.encode()
    spans, at = [], 0
    for keep, gone in parts:
        at += len(keep.encode())
        spans.append((at, at + len(gone.encode())))
        at = spans[-1][1]
    expected, copied = b"", 0
    for start, stop in spans:
        expected += raw[copied:start]
        copied = stop
        if raw[stop : stop + 1] == b"\n" and (start == 0 or raw[start - 1 : start] == b"\n"):
            copied += 1
    expected += raw[copied:]
    data, offsets = flat(pa.array([whole], pa.large_string()))
    starts, stops = np.array([s for s, _ in spans], np.int64), np.array([e for _, e in spans], np.int64)
    bounds = np.array([0, len(spans)])
    got, sizes = cut_out(data, offsets, np.arange(1), starts, stops, bounds)
    assert got.tobytes() == expected
    assert sizes.tolist() == [0, len(expected)]
