"""Accents and symbols of LaTeX as characters."""

from __future__ import annotations

import unicodedata

COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip

SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "copyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "euro": "€", "texteuro": "€", "textdegree": "°", "ldots": "…", "dots": "…", "textellipsis": "…",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbullet": "•", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "guillemotleft": "«",
    "guillemotright": "»", "og": "« ", "fg": " »", "TeX": "TeX", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e",
    "BibTeX": "BibTeX", "textunderscore": "_", "textdollar": "$", "slash": "/", "quad": " ", "qquad": " ",
    "textsection": "§", "textparagraph": "¶", "textmu": "µ", "texttimes": "×", "textpm": "±", "lq": "‘", "rq": "’",
    "&": "&", "%": "%", "$": "$", "#": "#", "_": "_", "{": "{", "}": "}", " ": " ", "\n": " ", ",": " ", ";": " ",
    ":": " ", "-": "", "/": "", "@": "", "!": "",
}  # fmt: skip


def accented(accent: str, letter: str) -> str:
    """`'` and `e` are é. A dotless i takes its dot away before."""
    letter = {"\\i": "i", "\\j": "j", "ı": "i", "ȷ": "j"}.get(letter, letter)
    return unicodedata.normalize("NFC", letter[:1] + COMBINING[accent] + letter[1:]) if letter else ""


_DASHES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("\xa0", " "))


def typeset(text: str) -> str:
    """Dashes and quotes as TeX sets them."""
    for written, seen in _DASHES:
        text = text.replace(written, seen)
    return text
