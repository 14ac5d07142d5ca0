"""Write src/gristmill/text/simplified.npz: what becomes of each code point when a text is simplified.

    pip install unicodedata2==16.0.0 datatrove==0.10.1 numpy pyarrow numba
    python tools/make_simplified.py

Each code point goes through datatrove's `simplify_text` by itself, but for numbers, which the kernel puts
together. Decompositions and categories are those of Unicode 16.0, lower case is that of the Python that runs this.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import unicodedata2 as ucd
from datatrove.utils.text import PUNCTUATION

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from gristmill.text import characters
from gristmill.text import simplified_table as to

OUT = Path(__file__).parents[1] / "src/gristmill/text/simplified.npz"
NUMBER_SEPARATORS = ".,،٫⎖⎗⎘"
TIBETAN_STOPS = "\u0f0b\u0f0c\u0f0d\u0f0e\u0f0f\u0f10\u0f11\u0f12\u0f14"  # between syllables and sentences
KATAKANA = [(0x30A0, 0x3100), (0x31F0, 0x3200), (0xFF66, 0xFFA0)]


def simplified(char: str) -> str:
    """What is left of one character: lower case, decomposed, without marks."""
    lower = char.lower().replace("ς", "σ")
    return "".join(c for c in ucd.normalize("NFD", lower) if ucd.category(c) != "Mn")


def is_lone(code: int) -> bool:
    """Whether a character of its script is a word: scripts that put no spaces between words."""
    flags = characters.flags_of(code, characters.characters())
    scripts = characters.HAN | characters.HIRAGANA | characters.COMPLEX
    return bool(flags & scripts) or any(low <= code < high for low, high in KATAKANA)


def entry(code: int, sequences: list[int]) -> int:
    """The table's entry for a code point; longer results go to `sequences`, each ended by 0."""
    char = chr(code)
    separator = to.NUMBER_SEPARATOR if char in NUMBER_SEPARATORS else 0
    if 0xAC00 <= code < 0xD7A4:
        return to.HANGUL
    if ucd.category(char) == "Nd":
        return to.DIGIT
    if char in PUNCTUATION or char in TIBETAN_STOPS or char.isspace():
        return to.SPACE | separator
    out = simplified(char)
    if not out.strip():
        return to.SPACE | separator if out else to.NOTHING
    if len(out) == 1:
        return (to.LONE if is_lone(code) else to.LETTER) | separator | ((ord(out) - code) & to.CODE) << to.SHIFT
    sequences.extend([*map(ord, out), 0])
    return to.LETTERS | separator | (len(sequences) - len(out) - 1) << to.SHIFT


def main() -> None:
    sequences: list[int] = []
    entries = np.array(
        [0 if 0xD800 <= code < 0xE000 else entry(code, sequences) for code in range(0x110000)], np.uint32
    )
    blocks, index = np.unique(entries.reshape(-1, 256), axis=0, return_inverse=True)
    table = np.concatenate([index.ravel() * 256 + len(index), blocks.ravel()]).astype(np.uint32)
    np.savez_compressed(OUT, table=table, sequences=np.array(sequences, np.uint32))


if __name__ == "__main__":
    main()
