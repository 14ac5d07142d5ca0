"""The words of a text as near-copies share them: lower case, numbers as 0, no punctuation, no marks.

This is datatrove's `simplify_text` by a table of code points (tools/make_simplified.py), and it hashes the words
rather than writing them. It departs from it where one code point alone does not decide, or should not:

- a final sigma is a sigma, so lower-cased and upper-cased Greek agree; combining marks are not put in order (most
  are dropped anyway);
- in Chinese, Japanese, Thai, Lao, Khmer and Myanmar, which put no spaces between words, each letter is a word;
  Tibetan stops part words.
"""

from __future__ import annotations

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.mixing import Hashes
from gristmill.text.simplified_block import Lone
from gristmill.text.simplified_characters import characters_of_texts
from gristmill.text.simplified_words import words_of_texts


def simplified(data: Bytes, offsets: Offsets, rows: Offsets, by_character: bool = False) -> tuple[Hashes, Offsets]:
    """The hashes of the simplified words of each row, or of its characters with one space between words.

    Row `rows[k]` has `hashes[bounds[k]:bounds[k + 1]]`.
    """
    if by_character:
        return characters_of_texts(data, offsets, rows)
    hashes, bounds, _ = words_of_texts(data, offsets, rows, False)
    return hashes, bounds


def simplified_and_lone(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Hashes, Offsets, Lone]:
    """As `simplified`, and for each word whether it is a letter of a script without spaces."""
    return words_of_texts(data, offsets, rows, True)
