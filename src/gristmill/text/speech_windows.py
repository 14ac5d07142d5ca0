"""What a linear model sees of every window of some texts, for its training."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import Table, characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.lexicon import Kinds, Languages, Lexicon, Mask
from gristmill.text.mixing import Hashes
from gristmill.text.speech_cues import MOST_CUES, MOST_HITS, take_cues
from gristmill.text.speech_features import MOST_FEATURES, take_features
from gristmill.text.spoken_words import MOST_BYTES, MOST_WORDS, Numbers, join_letters, take_window


@kernel
def _features(
    data: Bytes,
    offsets: Offsets,
    asked: np.uint64,
    table: Table,
    known: Hashes,
    first: Offsets,
    shift: np.uint64,
    kinds: Kinds,
    listed: Languages,
    cued: Languages,
    extends: Mask,
    bounds: Offsets,
    out: Numbers,
) -> tuple[int, int]:
    buffer = np.zeros(MOST_BYTES + 8, np.uint8)
    hashes = np.empty(MOST_WORDS, np.uint64)
    spans = np.empty((5, MOST_WORDS), np.int64)
    cues = np.empty(MOST_CUES, np.uint8)
    places = np.empty(MOST_CUES, np.int32)
    found = np.empty((4, MOST_HITS), np.int64)
    features = np.empty(MOST_FEATURES, np.int32)
    windows = total = 0
    for row in range(len(offsets) - 1):
        at, stop = offsets[row], offsets[row + 1]
        quoted = False
        while at < stop:
            at, words, quoted = take_window(data, at, stop, quoted, table, buffer, hashes, spans)
            if words == 0:
                continue
            words = join_letters(buffer, hashes, spans, words, known, first, shift)
            count, _ = take_cues(
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
                asked,
                cues,
                places,
                found,
            )
            end = spans[1, words - 1] + 1
            pieces, paired, last = take_features(buffer, end, hashes, words, cues, count, features)
            if windows < bounds.shape[1] and total + last <= len(out):
                bounds[0, windows] = row
                bounds[1, windows] = total
                bounds[2, windows] = total + pieces
                bounds[3, windows] = total + paired
                bounds[4, windows] = total + last
                out[total : total + last] = features[:last]
            windows += 1
            total += last
    return windows, total


def features_of_windows(data: Bytes, offsets: Offsets, asked: int, lexicon: Lexicon) -> tuple[Offsets, Numbers]:
    """What the model sees of each window: its row, where its groups of features begin and end; and the features."""
    windows, total = _into(data, offsets, asked, lexicon, np.empty((5, 0), np.int64), np.empty(0, np.int32))
    bounds, out = np.empty((5, windows), np.int64), np.empty(total, np.int32)
    _into(data, offsets, asked, lexicon, bounds, out)
    return bounds, out


def _into(
    data: Bytes, offsets: Offsets, asked: int, lexicon: Lexicon, bounds: Offsets, out: Numbers
) -> tuple[int, int]:
    known, kinds, listed, cued, extends = lexicon
    languages = np.uint64(asked)
    return _features(data, offsets, languages, characters(), *known, kinds, listed, cued, extends, bounds, out)
