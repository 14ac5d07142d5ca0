"""The cues and listed words of a window, in their order; names of groups and slurs are then hidden from the model."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part
from gristmill.text.lexicon import Kinds, Languages, Mask, find_inside, find_phrase
from gristmill.text.mixing import Hashes
from gristmill.text.speech_context import GROUP, QUOTE, SLUR, opens_quote
from gristmill.text.spoken_words import MOST_WORDS, UNSPACED, Numbers

MOST_CUES = 2 * MOST_WORDS
MOST_HITS = 512  # of a window; what is beyond is counted and not looked at


@part
def _hide(buffer: Bytes, hashes: Hashes, spans: Offsets, first: int, last: int, kind: int) -> None:
    """Put the name of a group, or a slur, out of the model's sight: it is to judge all groups alike."""
    for k in range(first, last):
        hashes[k] = np.uint64(kind)
        for at in range(spans[0, k], spans[1, k]):
            buffer[at] = kind


@part
def take_cues(
    buffer: Bytes,
    hashes: Hashes,
    spans: Offsets,
    words: int,
    known: Hashes,
    first: Offsets,
    shift: np.uint64,
    kinds: Kinds,
    listed: Languages,
    cued: Languages,
    extends: Mask,
    asked: np.uint64,
    cues: Kinds,
    places: Numbers,
    found: Offsets,
) -> tuple[int, int]:
    """The cues of a window in their order, and its listed words as (word, entry, first byte, last byte)."""
    count = hits = 0
    k = 0
    while k < words:
        if opens_quote(spans, k):
            cues[count], places[count] = QUOTE, k
            count += 1
        if spans[4, k] & UNSPACED:
            at = spans[0, k]
            while at < spans[1, k]:
                entry, end = find_inside(buffer, at, spans[1, k], known, first, shift, listed, extends, asked)
                if entry >= 0:
                    if hits < MOST_HITS:
                        found[0, hits], found[1, hits] = k, entry
                        # Folding changes no length in these scripts.
                        found[2, hits] = spans[2, k] + at - spans[0, k]
                        found[3, hits] = spans[2, k] + end - spans[0, k]
                    hits += 1
                    at = end
                    continue
                at += 1
                while at < spans[1, k] and (buffer[at] & 0xC0) == 0x80:
                    at += 1
            k += 1
            continue
        entry, size = find_phrase(k, words, hashes, known, first, shift, listed, cued, extends, asked)
        if entry >= 0:
            if kinds[entry] and cued[entry] & asked:
                cues[count], places[count] = kinds[entry], k
                count += 1
                if kinds[entry] == GROUP or kinds[entry] == SLUR:
                    _hide(buffer, hashes, spans, k, k + size, kinds[entry])
            if listed[entry] & asked:
                if hits < MOST_HITS:
                    found[0, hits], found[1, hits] = k, entry
                    found[2, hits], found[3, hits] = spans[2, k], spans[3, k + size - 1]
                hits += 1
        k += size
    return count, hits
