"""Words of a PDF page with their places, by PDFium: text in one call, boxes by word, none by character."""

from __future__ import annotations

import ctypes
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gristmill.collect._pdf_accents import with_accents
from gristmill.collect._pdf_glyphs import by_number

MAX_CHARS = 1_000_000
"""Characters of a page at most; a page of a newspaper has some 50,000."""

HYPHEN = "\ufffe"
"""What PDFium writes for a hyphen at the end of a line."""

# CMBX, SFBX: the bold of TeX's own fonts. CMTT, SFTT and so on: its typewriters.
_BOLD = (b"bold", b"black", b"cmbx", b"sfbx", b"medi")
# What a file says of the weight of these is often wrong.
_PLAIN = (b"regular", b"roman", b"italic", b"light", b"book")
_TEX_PLAIN = (b"cmr", b"cmti", b"cmsl", b"cmtt", b"cmmi", b"cmsy", b"cmcsc", b"cmss1", b"sfrm", b"sfti", b"sftt")
_MONO = (b"mono", b"courier", b"cmtt", b"sftt", b"lmtt", b"ectt", b"txtt", b"zi4", b"consol", b"typewriter", b"cmsltt")

_ASKEW = 0.03
"""A share of a right angle; beyond it text does not stand with the page."""


class TooMuchText(Exception):
    """A page has more than MAX_CHARS."""


_LINE_HYPHENS = (HYPHEN, "\u0002")


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a space, on the page turned so that most text is upright; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    mono: bool
    ends_line: bool


@dataclass(frozen=True, slots=True)
class PageWords:
    """What one page holds. `unmapped` counts characters that have no Unicode value, `askew` words at other angles."""

    words: list[Word]
    chars: int
    unmapped: int
    askew: int
    height: float


def page_words(raw: Any, page: Any) -> PageWords:
    """All words of a page in the order of its content stream. `raw` is the module `pypdfium2.raw`.

    Raises TooMuchText.
    """
    text_page = page.get_textpage()
    try:
        return _words(raw, text_page.raw, page.get_size())
    finally:
        text_page.close()


def _words(raw: Any, handle: Any, size: tuple[float, float]) -> PageWords:
    count = raw.FPDFText_CountChars(handle)
    if count > MAX_CHARS:
        raise TooMuchText
    text = _bulk_text(raw, handle, count)
    # Text and boxes have one numbering unless characters without a Unicode value were left out of the text.
    same = len(text) == count
    box = raw.FS_RECTF()
    found: list[tuple[Word, int]] = []
    angles = Counter[int]()
    for start, stop in _spans(text):
        first = start if same else raw.FPDFText_GetCharIndexFromTextIndex(handle, start)
        last = stop - 1 if same else raw.FPDFText_GetCharIndexFromTextIndex(handle, stop - 1)
        if first < 0 or last < 0 or not raw.FPDFText_GetLooseCharBox(handle, first, ctypes.byref(box)):
            continue
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        if last != first and raw.FPDFText_GetLooseCharBox(handle, last, ctypes.byref(box)):
            left, right = min(left, box.left), max(right, box.right)
            top, bottom = max(top, box.top), min(bottom, box.bottom)
        quarters = max(raw.FPDFText_GetCharAngle(handle, first), 0.0) / 1.5707963
        angle = round(quarters) % 4 if abs(quarters - round(quarters)) < _ASKEW else 4
        angles[angle] += stop - start
        place = _turned(left, top, right, bottom, angle, size)
        height = abs(place[3] - place[1])
        # The matrix of the page may scale the font; the box tells what is seen.
        points = raw.FPDFText_GetFontSize(handle, first)
        points = points if 0.5 * height < points < 1.5 * height else height / 1.2
        bold, mono = _face(raw, handle, first)
        ends = text[stop - 1] in _LINE_HYPHENS or text[stop : stop + 1] in ("\r", "\n", "")
        found.append((Word(_mended(text[start:stop]), *place, points, bold, mono, ends), angle))
    del angles[4]
    upright = angles.most_common(1)[0][0] if angles else 0
    words = [word for word, angle in found if angle == upright]
    visible = sum(not char.isspace() for char in text)
    unmapped = sum(_unmapped(char) for char in text) + max(count - len(text), 0)
    return PageWords(words, visible, unmapped, len(found) - len(words), size[1] if upright % 2 == 0 else size[0])


def _bulk_text(raw: Any, handle: Any, count: int) -> str:
    """One UTF-16 unit a character, as PDFium numbers them; pairs of surrogates are put together by word."""
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(handle, 0, count, buffer)
    units = array("I", buffer[: max(written - 1, 0)])
    return by_number(units.tobytes().decode("utf-32-le", "surrogatepass").replace("\0", "\ufffd"))


def _spans(text: str) -> list[tuple[int, int]]:
    spans = []
    start = -1
    for at, char in enumerate(text):
        if char.isspace():
            if start >= 0:
                spans.append((start, at))
            start = -1
        else:
            start = at if start < 0 else start
            if char in _LINE_HYPHENS:  # the word goes on in the next line, which PDFium does not say otherwise
                spans.append((start, at + 1))
                start = -1
    if start >= 0:
        spans.append((start, len(text)))
    return spans


def _turned(
    left: float, top: float, right: float, bottom: float, angle: int, size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """A box of PDF (y upwards) as left, top, right, bottom with y downwards, turned back by quarters."""
    width, height = size
    if angle == 1:  # runs upwards on the page
        return bottom, left, top, right
    if angle == 2:
        return width - right, bottom, width - left, top
    if angle == 3:
        return height - top, width - right, height - bottom, width - left
    return left, height - top, right, height - bottom


def _face(raw: Any, handle: Any, index: int) -> tuple[bool, bool]:
    """Whether the letters are bold, and whether all are of one width."""
    buffer = ctypes.create_string_buffer(96)
    flags = ctypes.c_int()
    known = raw.FPDFText_GetFontInfo(handle, index, buffer, 96, ctypes.byref(flags)) > 0
    weight = raw.FPDFText_GetFontWeight(handle, index)
    return _style(buffer.value if known else b"", flags.value if known else 0, weight)


@lru_cache(maxsize=1024)
def _style(name: bytes, flags: int, weight: int) -> tuple[bool, bool]:
    name = name.lower().rpartition(b"+")[2]
    bold = any(part in name for part in _BOLD)
    if not bold and not name.startswith(_TEX_PLAIN) and not any(part in name for part in _PLAIN):
        bold = weight >= 600
    return bold, bool(flags & 1) or any(part in name for part in _MONO)


_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u0002": HYPHEN}
)


def _mended(text: str) -> str:
    """Ligatures as letters, accents on theirs; half of a surrogate pair, which no text can hold, as U+FFFD."""
    return with_accents(text).translate(_LIGATURES).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unmapped(char: str) -> bool:
    return char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or (char < " " and char not in "\r\n\t\x02")
