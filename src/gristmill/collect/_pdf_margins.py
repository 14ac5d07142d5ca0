"""Numbers of lines in the margins of a page, as drafts under review have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from gristmill.collect._pdf_words import Word

_FEWEST = 8
_SHARE = 0.5  # of the height of the text that the numbers go down; small ones need less


def without_line_numbers(words: Sequence[Word]) -> tuple[list[Word], int]:
    """The words without numbers that count lines down a margin, and how many went."""
    gone: set[int] = set()
    numbers = [at for at, word in enumerate(words) if _is_number(word.text)]
    if len(numbers) >= _FEWEST:
        top, bottom = min(word.top for word in words), max(word.bottom for word in words)
        for band in (*_bands(words, numbers, right=True), *_bands(words, numbers, right=False)):
            counted = _counting(words, band)
            if len(counted) >= _FEWEST and _is_margin(words, counted):
                share = _SHARE / 4 if _is_small(words, counted) else _SHARE
                if _reach(words, counted) > share * (bottom - top):
                    gone.update(counted)
    return [word for at, word in enumerate(words) if at not in gone], len(gone)


def _is_number(text: str) -> bool:
    return len(text) < 6 and text.isascii() and text.isdigit()


def _bands(words: Sequence[Word], numbers: Iterable[int], *, right: bool) -> list[list[int]]:
    """Numbers that end (or begin) at one place across the page."""
    bands: dict[int, list[int]] = defaultdict(list)
    for at in numbers:
        bands[round((words[at].right if right else words[at].left) / 2)].append(at)
    return [band for band in bands.values() if len(band) >= _FEWEST]


def _counting(words: Sequence[Word], band: Sequence[int]) -> list[int]:
    """Those that go on by the step that is usual among them, with the spacing that is usual; none where few do."""
    down = sorted(band, key=lambda at: words[at].top)
    values = [int(words[at].text) for at in down]
    steps = [below - above for above, below in pairwise(values)]
    step = int(median(steps))
    if step < 1:
        return []
    fits = [below - above == step for above, below in pairwise(values)]
    if sum(fits) < 0.8 * len(fits):
        return []
    return [at for place, at in enumerate(down) if any(fits[max(place - 1, 0) : place + 1])]


def _is_small(words: Sequence[Word], counted: Sequence[int]) -> bool:
    return 10 * median(words[at].size for at in counted) < 8 * median(word.size for word in words)


def _reach(words: Sequence[Word], counted: Sequence[int]) -> float:
    return max(words[at].bottom for at in counted) - min(words[at].top for at in counted)


def _is_margin(words: Sequence[Word], counted: Sequence[int]) -> bool:
    """Whether next to nothing lies on one side of the numbers, at their height."""
    left, right = min(words[at].left for at in counted), max(words[at].right for at in counted)
    top, bottom = min(words[at].top for at in counted), max(words[at].bottom for at in counted)
    within = [word for word in words if top <= word.top and word.bottom <= bottom]
    before = sum(word.right <= left for word in within)
    after = sum(word.left >= right for word in within)
    return min(before, after) <= 0.02 * len(within)
