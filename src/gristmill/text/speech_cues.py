"""The cues and listed words of a window, in their order; names of groups and slurs are then hidden from the model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part
from gristmill.text.lexicon import Kinds, Lexicon, find_inside, find_phrase, may_begin
from gristmill.text.mixing import Hashes
from gristmill.text.speech_context import GROUP, QUOTE, SLUR, opens_quote
from gristmill.text.speech_features import MOST_FEATURES
from gristmill.text.spoken_words import MOST_BYTES, MOST_WORDS, UNSPACED, Numbers

MOST_CUES = 2 * MOST_WORDS
MOST_HITS = 512  # of a window; what is beyond is counted and not looked at


class Window(NamedTuple):
    """Room for the words of a window as `take_window` writes them, its cues and listed words, and its features.

    Cue `k` stands at word `places[k]`; a listed word is a column of `found`: word, entry, first and last byte.
    """

    buffer: Bytes
    hashes: Hashes
    spans: Offsets
    cues: Kinds
    places: Numbers
    found: Offsets
    features: Numbers


def empty_window() -> Window:
    return Window(
        np.zeros(MOST_BYTES + 8, np.uint8),
        np.empty(MOST_WORDS, np.uint64),
        np.empty((5, MOST_WORDS), np.int64),
        np.empty(MOST_CUES, np.uint8),
        np.empty(MOST_CUES, np.int32),
        np.empty((4, MOST_HITS), np.int64),
        np.empty(MOST_FEATURES, np.int32),
    )


@part
def _hide(buffer: Bytes, hashes: Hashes, spans: Offsets, first: int, last: int, kind: int) -> None:
    """Put the name of a group, or a slur, out of the model's sight: it is to judge all groups alike."""
    for k in range(first, last):
        hashes[k] = np.uint64(kind)
        for at in range(spans[0, k], spans[1, k]):
            buffer[at] = kind


@part
def _take_listed(window: Window, hits: int, word: int, entry: int, start: int, stop: int) -> int:
    """Write a listed word down where there is room; the number of them with it."""
    if hits < MOST_HITS:
        window.found[0, hits], window.found[1, hits] = word, entry
        window.found[2, hits], window.found[3, hits] = start, stop
    return hits + 1


@part
def _take_inside(window: Window, hits: int, k: int, lexicon: Lexicon, asked: np.uint64) -> int:
    """Write down what is listed within word `k`, whose script has no spaces; the number of listed words then."""
    buffer, spans = window.buffer, window.spans
    at = spans[0, k]
    while at < spans[1, k]:
        entry, end = find_inside(buffer, at, spans[1, k], lexicon, asked)
        if entry >= 0:
            ahead = spans[2, k] - spans[0, k]  # folding changes no length in these scripts
            hits = _take_listed(window, hits, k, entry, at + ahead, end + ahead)
            at = end
            continue
        at += 1
        while at < spans[1, k] and (buffer[at] & 0xC0) == 0x80:
            at += 1
    return hits


@part
def take_cues(window: Window, words: int, lexicon: Lexicon, asked: np.uint64) -> tuple[int, int]:
    """Write the cues of a window down in their order, and its listed words as (word, entry, first byte, last byte)."""
    hashes, spans, cues, places = window.hashes, window.spans, window.cues, window.places
    kinds = lexicon.kinds
    count = hits = 0
    k = 0
    while k < words:
        if opens_quote(spans, k):
            cues[count], places[count] = QUOTE, k
            count += 1
        if spans[4, k] & UNSPACED:
            hits = _take_inside(window, hits, k, lexicon, asked)
            k += 1
            continue
        if not may_begin(hashes[k], lexicon):
            k += 1
            continue
        entry, size = find_phrase(k, words, hashes, lexicon, asked)
        if entry >= 0:
            if kinds[entry] and lexicon.cued[entry] & asked:
                cues[count], places[count] = kinds[entry], k
                count += 1
                if kinds[entry] == GROUP or kinds[entry] == SLUR:
                    _hide(window.buffer, hashes, spans, k, k + size, kinds[entry])
            if lexicon.listed[entry] & asked:
                hits = _take_listed(window, hits, k, entry, spans[2, k], spans[3, k + size - 1])
        k += size
    return count, hits
