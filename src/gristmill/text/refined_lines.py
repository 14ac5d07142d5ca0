"""RefinedWeb's corrections of lines, in the order and with the side effects of DCLM's published pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.text.characters import DIGIT, UPPER, characters
from gristmill.text.draft import Draft
from gristmill.text.line_cuts import items_in_cart, read_more, sign_in
from gristmill.text.line_flags import COUNTED, counters, shares
from gristmill.text.line_words import words_in_lines


@dataclass(frozen=True, slots=True)
class Corrections:
    """Which lines go; None or False leaves a correction out."""

    max_uppercase_ratio: float | None
    max_digit_ratio: float | None
    counters: bool
    min_words: int
    boilerplate_max_words: int | None  # phrases are cut in lines of no more words


def correct(draft: Draft, how: Corrections) -> None:
    """Drop lines of capitals, digits, counters or too few words; cut phrases of carts and buttons.

    After each correction white space goes from both ends of a text, which the next one sees: DCLM c7ed275,
    baselines/mappers/modifiers.py, in the order of baselines_configs/dclm_baseline_refinedweb.yaml.
    """
    table = characters()
    for bound, flag in ((how.max_uppercase_ratio, UPPER), (how.max_digit_ratio, DIGIT)):
        if bound is not None:
            draft.drop(shares(draft.data, draft.starts, draft.stops, flag, table) > bound)
            draft.strip_texts()
    if how.counters:
        draft.drop(counters(draft.data, draft.starts, draft.stops, table, *COUNTED))
        draft.strip_texts()
    words = words_in_lines(draft.data, draft.starts, draft.stops)
    draft.drop((words < how.min_words) & (draft.starts < draft.stops))
    if how.boilerplate_max_words is None:
        return
    for phrase in (items_in_cart, read_more, sign_in):
        short = draft.alive & (words <= how.boilerplate_max_words)
        filled = draft.starts < draft.stops
        if draft.cut(phrase(draft, short)).any():
            words = words_in_lines(draft.data, draft.starts, draft.stops)
        draft.drop(short & filled & (words == 0))
        draft.strip_texts()
