"""How many syllables an English word has, by its letters."""

from __future__ import annotations

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part


@small_part
def _letter(byte: int) -> int:
    """In lower case; 0 for what is no ASCII letter."""
    low = byte | 0x20
    return low if 97 <= low <= 122 else 0


@small_part
def _is_vowel(letter: int) -> bool:
    return letter == 97 or letter == 101 or letter == 105 or letter == 111 or letter == 117 or letter == 121


@small_part
def _splits(first: int, second: int, before: int) -> bool:
    """Whether two vowels side by side are commonly two syllables: create, idea, radio, genuine, science."""
    if first == 105:  # i
        # But not in -tion, -cial, -sion, -gion, -xious.
        soft = before == 116 or before == 99 or before == 115 or before == 103 or before == 120
        return (second == 97 or second == 111 or second == 117) and not soft
    if first == 101:  # e
        return second == 111
    if first == 117:  # u
        return second == 97 and before != 113 and before != 103
    return first == 121 and second == 105


@part
def syllables(data: Bytes, start: int, stop: int) -> int:
    """Runs of vowels, with common hiatus told apart, less a silent e (also of -es and -ed); at least 1.

    Other letters than those of ASCII are passed over.
    """
    found = 0
    one = two = three = four = 0  # the last letters, the last one first
    for at in range(start, stop):
        letter = _letter(data[at])
        if not letter:
            continue
        if _is_vowel(letter) and (not _is_vowel(one) or _splits(one, letter, two)):
            found += 1
        one, two, three, four = letter, one, two, three
    if found > 1 and one == 101 and not _is_vowel(two):  # -e
        found -= not (two == 108 and three and not _is_vowel(three))  # but table
    elif found > 1 and one == 100 and two == 101 and not _is_vowel(three):  # -ed
        found -= three != 116 and three != 100 and not (three == 108 and four != 108 and four and not _is_vowel(four))
    elif found > 1 and one == 115 and two == 101 and not _is_vowel(three):  # -es
        hissing = three == 115 or three == 122 or three == 120 or three == 99 or three == 103
        hissing = hissing or (three == 104 and (four == 99 or four == 115))
        found -= not hissing and not (three == 108 and four and not _is_vowel(four))
    return max(found, 1)
