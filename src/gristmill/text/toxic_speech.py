"""Listed words, groups as targets and a model's score of each window of a text, in one scan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import Table, characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import keep_hit
from gristmill.text.jit import kernel, part
from gristmill.text.lexicon import Languages, Lexicon, Mask
from gristmill.text.speech_context import is_excused, names_a_target
from gristmill.text.speech_cues import MOST_HITS, Window, empty_window, take_cues
from gristmill.text.speech_features import Model, scored
from gristmill.text.spoken_words import UNSPACED, join_letters, take_window

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


@part
def _without_excuse(window: Window, cues: int, hits: int, row: int, told: int, total: int, out: Offsets) -> int:
    """How many listed words of a window have no excuse. Of those with room in `out` each is told, `told` before them.

    What is beyond MOST_HITS is not looked at and has none.
    """
    left = hits - min(hits, MOST_HITS)
    for k in range(min(hits, MOST_HITS)):
        word, entry, start, stop = window.found[0, k], window.found[1, k], window.found[2, k], window.found[3, k]
        excused = is_excused(window.cues, window.places, cues, window.spans, word)
        left += not excused
        if told + k < MOST_TOLD:
            keep_hit(out, total + k, row, start, stop, 2 * entry + excused)
    return left


@part
def _score(window: Window, words: int, cues: int, model: Model) -> float:
    """The model's score of a window."""
    size = window.spans[1, words - 1] + 1
    total = scored(window.buffer, size, window.hashes, words, window.cues, cues, window.features, model)
    return float(1.0 / (1.0 + np.exp(-model.bias - total)))


@kernel
def _scan(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    asked: Languages,
    table: Table,
    lexicon: Lexicon,
    model: Model,
    high: float,
    window: Window,
    counts: Offsets,
    best: Figures,
    out: Offsets,
) -> int:
    total = 0
    for i in range(len(rows)):
        at, stop = offsets[rows[i]], offsets[rows[i] + 1]
        quoted = False
        told = 0
        while at < stop:
            at, words, quoted = take_window(data, at, stop, quoted, table, window.buffer, window.hashes, window.spans)
            if words == 0:
                continue
            words = join_letters(window.buffer, window.hashes, window.spans, words, lexicon.known)
            cues, hits = take_cues(window, words, lexicon, asked[i])
            left = _without_excuse(window, cues, hits, i, told, total, out) if hits else 0
            new = min(hits, MOST_TOLD - told)
            told, total = told + new, total + new
            target = cues > 0 and names_a_target(window.cues, window.places, cues, window.spans)
            size = _size(window.buffer, window.spans, words)
            score = _score(window, words, cues, model)
            counts[0, i] += size
            counts[1, i] += hits
            counts[2, i] += left
            counts[3, i] += target
            counts[4, i] += 1
            best[i] = max(best[i], score)
            if score >= high:
                counts[5, i] += size
                counts[6, i] += size if left or target else 0
    return total


def toxic_speech(
    data: Bytes, offsets: Offsets, rows: Offsets, asked: Languages, lexicon: Lexicon, model: Model, high: float
) -> Speech:
    """Scan the asked rows, `asked[i]` being the languages of which lists count in row `rows[i]`, a bit each."""
    counts = np.zeros((7, len(rows)), np.int64)
    best = np.zeros(len(rows))
    out = np.empty((4, MOST_TOLD * len(rows)), np.int64)
    told = _scan(data, offsets, rows, asked, characters(), lexicon, model, high, empty_window(), counts, best, out)
    at, starts, stops, entries = out[:, :told]
    words, found, left, targets, windows, toxic, backed = counts
    return Speech(
        words, found, left, targets, windows, best, toxic, backed,
        at, starts, stops, entries >> 1, (entries & 1).astype(np.bool_),
    )  # fmt: skip
