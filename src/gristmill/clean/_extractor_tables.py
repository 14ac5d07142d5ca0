"""Tables of how much a class token, a word or a short block speaks for main content, from pages of known content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.clean._extractor_pages import LabelledPage
from gristmill.text.content_tables import (
    PHRASE_CONTENT,
    PHRASE_PAGES,
    TOKEN_CONTENT,
    TOKEN_PAGES,
    WORD_CONTENT,
    WORD_PAGES,
    count_page,
)
from gristmill.text.html_attributes import TOKEN_HASHES
from gristmill.text.page_sums import SCALE

FEWEST_PAGES = 5
"""A token, word or block of fewer pages counts nothing, so that no table can tell what a single page says."""

_SHRINKAGE = 3.0  # pages of the average that each entry is mixed with
_SURE = 0.005  # as near as a share comes to 0 or 1

Counts = npt.NDArray[np.float64]
LogOdds = npt.NDArray[np.int8]


class Tables(NamedTuple):
    """Log-odds by the hash of a token, a word or a short block, in units of `SCALE`, beside those of all together."""

    tokens: LogOdds
    words: LogOdds
    phrases: LogOdds


def counts_of(pages: Iterable[LabelledPage]) -> Counts:
    """The counts of pages; those of several sets of pages may be added."""
    counts = np.zeros((6, TOKEN_HASHES))
    for page in pages:
        arrays = page.arrays
        lengths = page.counts.astype(np.float64)
        count_page(arrays.elements, arrays.blocks, arrays.tokens, arrays.words, lengths, page.shares, counts)
    return counts


def tables_of(counts: Counts) -> Tables:
    return Tables(
        _log_odds(counts[TOKEN_CONTENT], counts[TOKEN_PAGES]),
        _log_odds(counts[WORD_CONTENT], counts[WORD_PAGES]),
        _log_odds(counts[PHRASE_CONTENT], counts[PHRASE_PAGES]),
    )


def empty_tables() -> Tables:
    """Tables that know nothing."""
    return Tables(*(np.zeros(TOKEN_HASHES, np.int8) for _ in Tables._fields))


def _log_odds(content: Counts, pages: Counts) -> LogOdds:
    average = content.sum() / max(pages.sum(), 1)
    share = np.clip((content + _SHRINKAGE * average) / (pages + _SHRINKAGE), _SURE, 1 - _SURE)
    average = float(np.clip(average, _SURE, 1 - _SURE))
    odds = np.log(share / (1 - share)) - np.log(average / (1 - average))
    odds[pages < FEWEST_PAGES] = 0
    rounded: LogOdds = np.clip(np.rint(odds / SCALE), -127, 127).astype(np.int8)
    return rounded
