"""Write src/gristmill/text/scripts.npz: script, look-alikes and place in the alphabet of each code point.

    python tools/make_scripts.py

Scripts are read from the names of the letters, which begin with them (Python's unicodedata, Unicode licence). The
look-alikes are those pairs of single letters that are drawn alike in common typefaces, written down here by hand; they
are a small part of what UTS #39 lists.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from gristmill.text import scripts as flag

CYRILLIC_AS_LATIN = "аеорсухіјѕԛԝһԁӏАВЕКМНОРСТУХІЈЅԚԜӀ"
GREEK_AS_LATIN = "αιϊίκνορυϋχγητωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ"
LATIN_AS_CYRILLIC = "aceijlopsxydhqwABCEHIJKMOPSTXYQW"
LATIN_AS_GREEK = "aiknopuvxytwcjABEHIKMNOPTXYZCJ"
ALPHABETS = {
    flag.LATIN: "abcdefghijklmnopqrstuvwxyz",
    flag.GREEK: "αβγδεζηθικλμνξοπρστυφχψω",
    flag.CYRILLIC: "абвгдежзийклмнопрстуфхцчшщъыьэюя",
}
SAME = str.maketrans({"ς": "σ", "ё": "е", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t"})
SCRIPTS = {"LATIN": flag.LATIN, "GREEK": flag.GREEK, "CYRILLIC": flag.CYRILLIC}
LAST = 0x110000


def script(char: str) -> int:
    """The script of a letter by its name; OTHER for those that are not told apart, COMMON for what is no letter."""
    if unicodedata.category(char)[0] != "L":
        return flag.COMMON
    name = unicodedata.name(char, "")
    if "MATHEMATICAL" in name or char in "µªº":
        return flag.COMMON
    words = name.replace("FULLWIDTH ", "").replace("MODIFIER LETTER ", "").split(" ")
    return SCRIPTS.get(words[0], flag.OTHER)


def place(char: str, kind: int) -> int:
    """The place of a letter in its alphabet, from 1, case and marks aside; ELSE for a letter that is not in it."""
    alphabet = ALPHABETS.get(kind)
    if alphabet is None:
        return 0
    lower = char.lower().translate(SAME)
    if lower[:1] not in alphabet:
        lower = unicodedata.normalize("NFD", lower)[0].translate(SAME)
    return alphabet.index(lower[0]) + 1 if lower[0] in alphabet else flag.ELSE


def unseen(char: str) -> bool:
    """Marks that nobody sees end a word, for they hide what follows."""
    return char == "\u034f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def entry(char: str) -> int:
    kind = script(char)
    value = kind | place(char, kind) << flag.PLACE_SHIFT
    value |= flag.AS_LATIN * (char in CYRILLIC_AS_LATIN + GREEK_AS_LATIN)
    value |= flag.AS_CYRILLIC * (char in LATIN_AS_CYRILLIC)
    value |= flag.AS_GREEK * (char in LATIN_AS_GREEK)
    value |= flag.CAPITAL * char.isupper()
    value |= flag.MARK * (unicodedata.category(char)[0] == "M" and not unseen(char))
    return value


def main() -> None:
    entries = np.array([entry(chr(code)) for code in range(LAST)], np.uint32).reshape(-1, 256)
    blocks, which = np.unique(entries, axis=0, return_inverse=True)
    first = LAST >> 8
    table = np.concatenate([(first + 256 * which.ravel()).astype(np.uint32), blocks.ravel()])
    path = Path(__file__).parents[1] / "src/gristmill/text/scripts.npz"
    np.savez_compressed(path, table=table)


if __name__ == "__main__":
    main()
