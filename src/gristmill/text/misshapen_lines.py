"""C4's rules on the shape of a line: how many words it has, how long they are, how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.text.draft import Draft, Mask
from gristmill.text.line_flags import Counts, without_end
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


def drop_misshapen(draft: Draft, words: Counts, longest: Counts, spared: Mask, shape: Shape) -> None:
    """Drop lines that are not of the shape; `spared` ones go for a long word alone."""
    if shape.max_word_length is not None:
        draft.drop(longest > shape.max_word_length)
    if shape.terminal_punctuation:
        bare = Draft(draft.data, draft.starts.copy(), draft.stops.copy(), draft.alive, draft.bounds)
        if shape.space_after:
            bare.strip_lines()
        wanted, bad = pieces(*shape.endings), pieces(*shape.bad_endings)
        draft.drop(without_end(bare.data, bare.starts, bare.stops, *wanted, *bad) & ~spared)
    draft.drop((words < shape.min_words_per_line) & ~spared)
