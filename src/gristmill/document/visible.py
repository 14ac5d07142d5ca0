"""Makes the characters visible that hide, reorder or drive a terminal, and cuts texts to a size."""

from __future__ import annotations

import unicodedata

from gristmill.document.markup import Html, escape

_HIDDEN = (
    *range(0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0xAD,  # soft hyphen
    0x061C,
    0x180E,
    0x200B,
    *range(0x200E, 0x2010),
    *range(0x2028, 0x202F),  # separators and bidi embeddings
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),  # tags
)
"""Zero-width joiners are not among them: Persian, Indic scripts and emoji are spelt with them."""

_MARKED = {code: f"\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}U+{code:04X}›" for code in _HIDDEN}
_MARKED |= {code: f"‹U+{code:04X}›" for code in range(0xD800, 0xE000)}
_AS_HTML = {ord(letter): spelt for letter, spelt in zip("&<>\"'", map(escape, "&<>\"'"), strict=True)}
_AS_HTML |= {code: f'<i class="ctl">U+{code:04X}</i>' for code in _MARKED}
_HTML_BYTES_A_CHARACTER = 8


def plain(text: str) -> str:
    """Text that is safe on a terminal: hidden characters are spelt `‹U+001B›`."""
    return text.translate(_MARKED)


def shown(text: str, longest: int = 600) -> Html:
    """Text of strangers for a page: cut to `longest` characters, hidden characters marked.

    What is written is bounded too (8 bytes for each of `longest`), however many characters need marking.
    """
    cut = _cut(text, longest)
    spelt = cut.translate(_AS_HTML)
    while len(spelt.encode()) > _HTML_BYTES_A_CHARACTER * max(longest, 64):
        cut = cut[: len(cut) // 2] + "…"
        spelt = cut.translate(_AS_HTML)
    return Html(spelt)


def collapsed(text: str) -> str:
    """The text with each run of whitespace as one space, line ends kept as `¶` marks."""
    return " ¶ ".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    end = longest
    while end > longest - 4 and unicodedata.combining(text[end]):
        end -= 1
    return text[:end] + "…"
