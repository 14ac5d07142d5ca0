"""Accents that stand before their letters, as fonts of seven bits have TeX print them: `Universit¨at`."""

from __future__ import annotations

import re
from unicodedata import normalize

_COMBINING = {"¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a", "˘": "\u0306", "¸": "\u0327"}
_ACUTE = "\u0301"
_BEFORE = re.compile("([¨ˆ˜ˇ˚˘¸])([A-Za-zıȷ])|´([aeiouyAEIOUYı])")  # ´ is an apostrophe before consonants: it´s
_DOTLESS = {"ı": "i", "ȷ": "j"}


def with_accents(text: str) -> str:
    """The text with accents on the letters that they stand before; those that no letter takes stay."""
    return text if text.isascii() else _BEFORE.sub(_accented, text)


def _accented(found: re.Match[str]) -> str:
    mark, letter, vowel = found.groups()
    base = letter or vowel
    whole = normalize("NFC", _DOTLESS.get(base, base) + (_COMBINING[mark] if mark else _ACUTE))
    return whole if len(whole) == 1 else found[0]
