"""Listed words, groups as targets and a model's score of each window of a text, in one scan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import Table, characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import keep_hit
from gristmill.text.jit import kernel, part
from gristmill.text.lexicon import Kinds, Languages, Lexicon, Mask
from gristmill.text.mixing import Hashes
from gristmill.text.speech_context import is_excused, names_a_target
from gristmill.text.speech_cues import MOST_CUES, MOST_HITS, take_cues
from gristmill.text.speech_features import MOST_FEATURES, Model, scored, take_features
from gristmill.text.spoken_words import MOST_BYTES, MOST_WORDS, UNSPACED, join_letters, take_window

MOST_TOLD = 6  # hits of a text
_CHARACTERS_A_WORD = 2  # of scripts without spaces

Figures = npt.NDArray[np.float64]


class Speech(NamedTuple):
    """An entry for each asked row; the last five fields have one for each of its first MOST_TOLD hits.

    `hits` listed words, `left` of them without excuse; `targets` windows with a group as a target, of `windows`. The
    worst scores `best`. `toxic` is the words in windows that score high, `backed` those of them in windows with a
    listed word left or a target. Hit `k` is entry `entries[k]` at bytes `starts[k]:stops[k]` of the buffer, in asked
    row number `rows[k]`.
    """

    words: Offsets
    hits: Offsets
    left: Offsets
    targets: Offsets
    windows: Offsets
    best: Figures
    toxic: Offsets
    backed: Offsets
    rows: Offsets
    starts: Offsets
    stops: Offsets
    entries: Offsets
    excused: Mask


@part
def _size(buffer: Bytes, spans: Offsets, words: int) -> int:
    """Words of a window; scripts without spaces count by characters."""
    total = 0
    for k in range(words):
        if spans[4, k] & UNSPACED:
            letters = 0
            for at in range(spans[0, k], spans[1, k]):
                letters += (buffer[at] & 0xC0) != 0x80
            total += (letters + 1) // _CHARACTERS_A_WORD
        else:
            total += 1
    return total


@kernel
def _scan(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    asked: Languages,
    table: Table,
    known: Hashes,
    first: Offsets,
    shift: np.uint64,
    kinds: Kinds,
    listed: Languages,
    cued: Languages,
    extends: Mask,
    weights: npt.NDArray[np.int8],
    scales: Figures,
    bias: float,
    high: float,
    counts: Offsets,
    best: Figures,
    out: Offsets,
) -> int:
    buffer = np.zeros(MOST_BYTES + 8, np.uint8)
    hashes = np.empty(MOST_WORDS, np.uint64)
    spans = np.empty((5, MOST_WORDS), np.int64)
    cues = np.empty(MOST_CUES, np.uint8)
    places = np.empty(MOST_CUES, np.int32)
    found = np.empty((4, MOST_HITS), np.int64)
    features = np.empty(MOST_FEATURES, np.int32)
    total = 0
    for i in range(len(rows)):
        at, stop = offsets[rows[i]], offsets[rows[i] + 1]
        quoted = False
        told = 0
        while at < stop:
            at, words, quoted = take_window(data, at, stop, quoted, table, buffer, hashes, spans)
            if words == 0:
                continue
            words = join_letters(buffer, hashes, spans, words, known, first, shift)
            count, hits = take_cues(
                buffer,
                hashes,
                spans,
                words,
                known,
                first,
                shift,
                kinds,
                listed,
                cued,
                extends,
                asked[i],
                cues,
                places,
                found,
            )
            kept = hits - min(hits, MOST_HITS)
            for k in range(min(hits, MOST_HITS)):
                excused = is_excused(cues, places, count, spans, found[0, k])
                kept += not excused
                if told < MOST_TOLD:
                    total = keep_hit(out, total, i, found[2, k], found[3, k], 2 * found[1, k] + excused)
                    told += 1
            target = count > 0 and names_a_target(cues, places, count, spans)
            size = _size(buffer, spans, words)
            end = spans[1, words - 1] + 1
            pieces, paired, last = take_features(buffer, end, hashes, words, cues, count, features)
            score = 1.0 / (1.0 + np.exp(-bias - scored(features, pieces, paired, last, weights, scales)))
            counts[0, i] += size
            counts[1, i] += hits
            counts[2, i] += kept
            counts[3, i] += target
            counts[4, i] += 1
            if score > best[i]:
                best[i] = score
            if score >= high:
                counts[5, i] += size
                counts[6, i] += size if kept or target else 0
    return total


def toxic_speech(
    data: Bytes, offsets: Offsets, rows: Offsets, asked: Languages, lexicon: Lexicon, model: Model, high: float
) -> Speech:
    """Scan the asked rows, `asked[i]` being the languages of which lists count in row `rows[i]`, a bit each."""
    counts = np.zeros((7, len(rows)), np.int64)
    best = np.zeros(len(rows))
    known, kinds, listed, cued, extends = lexicon
    out = np.empty((4, MOST_TOLD * len(rows)), np.int64)
    table = characters()
    told = _scan(
        data, offsets, rows, asked, table, *known, kinds, listed, cued, extends, *model, high, counts, best, out
    )
    at, starts, stops, entries = out[:, :told]
    words, found, left, targets, windows, toxic, backed = counts
    return Speech(
        words, found, left, targets, windows, best, toxic, backed,
        at, starts, stops, entries >> 1, (entries & 1).astype(np.bool_),
    )  # fmt: skip
