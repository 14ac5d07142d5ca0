"""Write src/gristmill/text/characters.npz and tokens.npz: what the kernels know of code points and of odd tokens.

    pip install unicodedata2==16.0.0 uniseg==0.10.1 spacy==3.8.18 datatrove==0.10.1 pyarrow numba
    python tools/make_characters.py

Word_Break, Line_Break and Extended_Pictographic are those of Unicode 16.0 (uniseg), categories likewise
(unicodedata2). The classes of spaCy's tokenizer and datatrove's punctuation are read from those packages.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import spacy as spacy_library
import unicodedata2 as ucd
from datatrove.utils.text import PUNCTUATION_SET, TERMINAL_PUNCTUATION
from spacy.lang import char_classes as spacy
from uniseg.emoji import extended_pictographic
from uniseg.linebreak import line_break
from uniseg.wordbreak import word_break

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from gristmill.text import affixes, tokens
from gristmill.text import characters as flag
from gristmill.text.mixing import GOLDEN

WORD_BREAK = {
    "Other": flag.WB_OTHER,
    "CR": flag.WB_CR,
    "LF": flag.WB_LF,
    "Newline": flag.WB_NEWLINE,
    "Extend": flag.WB_EXTEND,
    "ZWJ": flag.WB_ZWJ,
    "Format": flag.WB_FORMAT,
    "Regional_Indicator": flag.WB_REGIONAL,
    "Katakana": flag.WB_KATAKANA,
    "Hebrew_Letter": flag.WB_HEBREW,
    "ALetter": flag.WB_LETTER,
    "Single_Quote": flag.WB_SINGLE_QUOTE,
    "Double_Quote": flag.WB_DOUBLE_QUOTE,
    "MidNumLet": flag.WB_MID_NUM_LET,
    "MidLetter": flag.WB_MID_LETTER,
    "MidNum": flag.WB_MID_NUM,
    "Numeric": flag.WB_NUMERIC,
    "ExtendNumLet": flag.WB_EXTEND_NUM_LET,
    "WSegSpace": flag.WB_SPACE,
}
HAN = re.compile(
    "[\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
HIRAGANA = re.compile("[\u3041-\u3096\u309d-\u309f]")
LEAD_VOWEL = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")


def one_of(chars: list[str]) -> re.Pattern[str]:
    """The entries of a spaCy list that match a single character."""
    return re.compile("|".join(chars))


ALPHA, LOWER, UPPER = (re.compile(f"[{c}]") for c in (spacy.ALPHA, spacy.ALPHA_LOWER, spacy.ALPHA_UPPER))
ICON = re.compile(f"[{spacy.CONCAT_ICONS}]")
QUOTE = one_of(spacy.LIST_QUOTES)
PUNCT = one_of(spacy.LIST_PUNCT)
CURRENCY = one_of([c for c in spacy.LIST_CURRENCY if len(c.strip("\\")) == 1])
HYPHEN = one_of(spacy.LIST_HYPHENS)


def second_halves() -> set[str]:
    """Characters that NFC may join to the one before them."""
    pairs = (ucd.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1))
    jamo = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    return jamo | {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}


SECOND_HALVES = second_halves()


def recomposes(char: str) -> bool:
    """Whether its NFC_Quick_Check is not Yes, or its place among marks may be another."""
    return ucd.combining(char) > 0 or char in SECOND_HALVES or ucd.normalize("NFC", char) != char


def properties(code: int) -> int:
    char = chr(code)
    category = ucd.category(char)
    punct, quote, icon = (bool(p.fullmatch(char)) for p in (PUNCT, QUOTE, ICON))
    currency = bool(CURRENCY.fullmatch(char))
    back = punct or quote or icon or char in "…—–"
    unspaced = bool(HAN.match(char) or HIRAGANA.match(char) or line_break(char).value == "SA")
    numeric = ucd.numeric(char, None) is not None
    flags = {
        flag.PICTOGRAPHIC: extended_pictographic(char),
        flag.SPACE: char.isspace(),
        flag.ALPHA: category[0] == "L",
        flag.ALNUM: category[0] == "L" or numeric,
        flag.DIGIT: ucd.digit(char, None) is not None,
        flag.UPPER: char.isupper(),
        flag.DECIMAL: category == "Nd",
        flag.TERMINAL: char in TERMINAL_PUNCTUATION,
        flag.SYMBOL: char in PUNCTUATION_SET,
        flag.HAN: HAN.match(char),
        flag.HIRAGANA: HIRAGANA.match(char),
        flag.COMPLEX: line_break(char).value == "SA",
        flag.LEAD_VOWEL: LEAD_VOWEL.match(char),
        flag.MARK: category[0] == "M",
        flag.PEEL_FRONT: back or currency or char in "§%=+",
        flag.PEEL_BACK: back,
        flag.QUOTE: quote,
        flag.ICON: icon or char == "…",
        flag.TOKEN_ALPHA: ALPHA.match(char),
        flag.TOKEN_LOWER: LOWER.match(char),
        flag.TOKEN_UPPER: UPPER.match(char),
        flag.HYPHEN: HYPHEN.fullmatch(char),
        flag.BEFORE_DOT: punct or quote or char in "0123456789%²-+|():?" or LOWER.match(char),
        flag.TOKEN_BREAK: back or currency or unspaced or HYPHEN.fullmatch(char) or char in "0123456789.,:<>=/+-*^§%",
        flag.PUNCTUATION: category[0] == "P",
        flag.WORD: char == "_" or category[0] == "L" or numeric,
        flag.RECOMPOSES: recomposes(char),
    }
    return WORD_BREAK[word_break(char).value] | sum(bit for bit, held in flags.items() if held)


def key(text: str) -> int:
    """The 64-bit FNV-1a hash by which the kernel finds a token."""
    value = affixes.FNV_OFFSET
    for byte in text.encode():
        value = (value ^ byte) * affixes.FNV_PRIME & (1 << 64) - 1
    return value


def known_pieces() -> dict[int, int]:
    """The exceptions of spaCy's English tokenizer, with their cuts, and its units of measure and of money."""
    found: dict[int, int] = {}
    for text, pieces in spacy_library.blank("en").tokenizer.rules.items():
        if not text.isspace() and len(pieces) <= 3:
            lengths = [len(next(iter(piece.values())).encode()) for piece in pieces]
            cuts = [sum(lengths[:n]) for n in range(1, len(lengths))]
            found[key(text)] = affixes.SPECIAL | sum(cut << 8 * n for n, cut in enumerate(cuts))
    for unit in (*spacy.LIST_UNITS, *(c.replace("\\", "") for c in spacy.LIST_CURRENCY)):
        found[key(unit)] = found.get(key(unit), 0) | affixes.UNIT
    return dict(sorted(found.items()))


def cores(text: str) -> set[tuple[str, int]]:
    """What may be left of a word that an exception begins, and what stands behind it there: see `tokens.Rules`."""
    found = {(text, behind) for behind in range(3)}
    bare = text
    while bare[-1:] in (*"!\"'%(),.:;?[]`{}", "’", "”"):
        bare = bare[:-1]
        found |= {(bare, 1), (bare, 2)}
    for rest, _ in tuple(found):
        if rest[-2:] in ("'s", "'S", "’s", "’S"):
            found.add((rest[:-2], 2))
    return {(core, behind) for core, behind in found if core}


def write_tokens() -> None:
    known = known_pieces()
    lengths = np.zeros((2, affixes.PAIRS), np.uint32)
    begins = np.zeros(3 << tokens.BEGIN_BITS, np.uint64)
    for text in spacy_library.blank("en").tokenizer.rules:
        raw = text.encode()
        for side, pair in enumerate((raw[:2], raw[-2:])):
            lengths[side, (pair[0] & 31) << 5 | pair[-1] & 31] |= 1 << len(raw)
        for core, behind in cores(text):
            mixed = int.from_bytes(core.encode()[:8], "little") * int(GOLDEN) % (1 << 64)
            slot = mixed >> (64 - tokens.BEGIN_BITS) | behind << tokens.BEGIN_BITS
            begins[slot] |= np.uint64(1 << (mixed >> 48 & 63) | 1 << (mixed >> 42 & 63))
    np.savez_compressed(
        Path(tokens.__file__).with_suffix(".npz"),
        known=np.array([list(known), list(known.values())], np.uint64),
        lengths=lengths.reshape(-1),
        begins=begins,
    )


def main() -> None:
    write_tokens()
    every = np.array([properties(code) for code in range(sys.maxunicode + 1)], np.uint32)
    blocks, pages = np.unique(every.reshape(-1, 256), axis=0, return_inverse=True)
    first = pages[0]  # ASCII lies at the start, so that a byte below 128 is its own index
    order = np.concatenate([[first], np.delete(np.arange(len(blocks)), first)])
    start = np.empty(len(order), np.uint32)
    start[order] = flag.ASCII + 256 * np.arange(len(order))
    table = np.concatenate([start[pages.reshape(-1)], blocks[order].reshape(-1)])
    np.savez_compressed(Path(flag.__file__).with_suffix(".npz"), table=table)


if __name__ == "__main__":
    main()
