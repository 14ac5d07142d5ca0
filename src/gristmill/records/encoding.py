"""Bytes of unknown encoding to text: a mark, UTF-8, what was declared, what the bytes look like, in this order.

Labels mean what the WHATWG Encoding Standard says (`latin1` is windows-1252), as in browsers. Valid UTF-8 is UTF-8
whatever was declared: other encodings do not look like it by accident.
"""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import NamedTuple

import chardet
from resiliparse.parse.encoding import map_encoding_to_html5

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

PYTHON_NAMES = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso8859_8",
    "macintosh": "mac_roman",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
}
"""WHATWG names whose decoder Python calls otherwise, or has a wider form of."""

SAMPLE = 1 << 16
"""Bytes that detection looks at."""

TOLERATED = 0.02
"""Share of undecodable characters for each byte that is not ASCII, up to which a declaration is believed."""

_OF_TEXT = (
    "big5",
    "cp",
    "euc",
    "gb",
    "hp",
    "hz",
    "iso",
    "johab",
    "koi8",
    "kz1048",
    "mac",
    "ptcp",
    "shift",
    "tis",
    "utf",
)
"""How Python's names of character sets begin. Its other codecs (punycode, unicode_escape) are none."""

_FEWEST_UTF8 = 20
_SHARE_UTF8 = 0.2
"""Bytes that are not ASCII, in lines that are UTF-8, of all such bytes: fewer may be so by accident."""

_HIGH = bytes(range(128, 256))
_ESCAPE, _NUL = b"\x1b", b"\0"
_ASCII = bytes(range(128))
_BEFORE = 1 << 10
_FALLBACK = "cp1252"
_OF_ASCII = ("hz", "utf-7")
_WITH_CONTROLS = ("iso2022", "utf-16", "utf-32")


class Decoded(NamedTuple):
    """A text, the encoding it was read in, how sure that is (1 where it was not guessed), and what was lost."""

    text: str
    encoding: str
    confidence: float = 1.0
    undecodable: int = 0  # replaced by U+FFFD

    def facts(self) -> dict[str, object]:
        """What metadata says of it: nothing where the bytes were plain UTF-8."""
        found: dict[str, object] = {}
        if self.encoding != "utf-8":
            found = {"encoding": self.encoding, "encoding_confidence": round(self.confidence, 2)}
        return found | ({"undecodable": self.undecodable} if self.undecodable else {})


def codec(label: str | None) -> str | None:
    """Python's name of the decoder that a label means, None where there is none."""
    if not label:
        return None
    plain = label.strip(" \t\r\n\f\"'").lower()[:40]
    for name in (map_encoding_to_html5(plain, fallback_utf8=False), plain):
        with suppress(LookupError, ValueError):
            found = codecs.lookup(PYTHON_NAMES.get(name.lower(), name)).name if name else ""
            if found.startswith(_OF_TEXT):
                return found
    return None


def decoded(data: bytes, named: str | None = None) -> Decoded:
    """The text of any bytes at all; `named` is the label that they came with."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _read(data[len(mark) :], name, 1.0)
    believed = codec(named)
    if _ESCAPE not in data and _NUL not in data and believed not in _OF_ASCII:
        try:
            return Decoded(data.decode(), "utf-8")
        except UnicodeDecodeError:
            pass
    if believed is not None:
        found = _read(data, believed, 1.0)
        if found.undecodable <= TOLERATED * max(_high(data), 1):
            return found
    name, confidence = detected(data)
    mixed = None if name.startswith((*_WITH_CONTROLS, "utf-8")) else _of_two_encodings(data)
    return mixed or _read(data, name, confidence)


def _of_two_encodings(data: bytes) -> Decoded | None:
    """A text whose lines are partly UTF-8, partly in another encoding, as where files were put together.

    Few lines in other encodings are UTF-8 by accident: there must be a share of them, and of some length.
    """
    lines = data.split(b"\n")
    odd = [at for at, line in enumerate(lines) if not line.isascii() and not _is_utf8(line)]
    rest = b"\n".join(lines[at] for at in odd)
    high, as_utf8 = _high(data), _high(data) - _high(rest)
    if as_utf8 < max(_FEWEST_UTF8, _SHARE_UTF8 * high):
        return None
    name, confidence = detected(rest)
    texts = [line.decode("utf-8", "replace") for line in lines]
    for at in odd:
        texts[at] = lines[at].decode(name, "replace")
    text = "\n".join(texts)
    return Decoded(text, f"utf-8 and {name}", confidence, sum(texts[at].count("\ufffd") for at in odd))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def detected(data: bytes) -> tuple[str, float]:
    """Python's name of the encoding that bytes without a mark look like, and how sure that is.

    By chardet, on the bytes from the first one on that is not ASCII. Bytes that look like nothing are windows-1252,
    which gives every byte a character but five.
    """
    start = max(len(data) - len(data.lstrip(_ASCII)) - _BEFORE, 0) // 4 * 4  # UTF-32 stays in step
    sample = data[start : start + SAMPLE] or data[:SAMPLE]
    guess: tuple[str, float] | None = None
    if _ESCAPE in sample or _NUL in sample:
        guess = _guess(sample)
        if guess is not None and guess[0].startswith(_WITH_CONTROLS):
            return guess
    as_utf8 = sample.decode("utf-8", "replace")
    cut = len(data) > start + SAMPLE and as_utf8.endswith("\ufffd")
    if as_utf8.count("\ufffd") - cut <= TOLERATED * _high(sample):
        return "utf-8", 1.0
    return guess or _guess(sample) or (_FALLBACK, 0.0)


def _guess(sample: bytes) -> tuple[str, float] | None:
    found = chardet.detect(sample)
    name = codec(found["encoding"])
    return (name, float(found["confidence"] or 0.0)) if name else None


def _read(data: bytes, name: str, confidence: float) -> Decoded:
    try:
        return Decoded(data.decode(name), name, confidence)
    except ValueError:
        text = data.decode(name, "replace")
    return Decoded(text, name, confidence, text.count("\ufffd"))


def _high(data: bytes) -> int:
    """Bytes that are not ASCII."""
    return len(data) - len(data.translate(None, _HIGH))
