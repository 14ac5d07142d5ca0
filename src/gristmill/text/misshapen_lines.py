"""C4's rules on the shape of a line: how many words it has, how long they are, how it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gristmill.text.draft import Draft, Mask
from gristmill.text.line_flags import without_end
from gristmill.text.line_words import Counts, have_longer_words
from gristmill.text.measures import pieces


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line is to look like."""

    min_words_per_line: int
    max_word_length: int | None  # code points
    endings: tuple[str, ...] = (".", "?", "!", '"', "'")
    bad_endings: tuple[str, ...] = ("...",)
    terminal_punctuation: bool = True  # whether endings are looked at
    space_after: bool = True  # white space after an ending does no harm


def have_too_long_words(draft: Draft, shape: Shape) -> Mask:
    """Which lines have a word that is longer than the shape allows."""
    if shape.max_word_length is None:
        return np.zeros(len(draft.starts), np.bool_)
    return have_longer_words(draft.data, draft.starts, draft.stops, shape.max_word_length)


def drop_misshapen(draft: Draft, words: Counts, too_long: Mask, spared: Mask, shape: Shape) -> None:
    """Drop lines that are not of the shape; `spared` ones go for too long a word alone."""
    draft.drop(too_long)
    if shape.terminal_punctuation:
        bare = Draft(draft.data, draft.starts.copy(), draft.stops.copy(), draft.alive, draft.bounds)
        if shape.space_after:
            bare.strip_lines()
        wanted, bad = pieces(*shape.endings), pieces(*shape.bad_endings)
        draft.drop(without_end(bare.data, bare.starts, bare.stops, *wanted, *bad) & ~spared)
    draft.drop((words < shape.min_words_per_line) & ~spared)
