"""What a linear model sees of every window of some texts, for its training."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import Table, characters
from gristmill.text.copying import copied
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.lexicon import Lexicon
from gristmill.text.speech_cues import Window, empty_window, take_cues
from gristmill.text.speech_features import take_features
from gristmill.text.spoken_words import Numbers, join_letters, take_window


@kernel
def _features(
    data: Bytes,
    offsets: Offsets,
    asked: np.uint64,
    table: Table,
    lexicon: Lexicon,
    window: Window,
    bounds: Offsets,
    out: Numbers,
) -> tuple[int, int]:
    buffer, hashes, spans, features = window.buffer, window.hashes, window.spans, window.features
    windows = total = 0
    for row in range(len(offsets) - 1):
        at, stop = offsets[row], offsets[row + 1]
        quoted = False
        while at < stop:
            at, words, quoted = take_window(data, at, stop, quoted, table, buffer, hashes, spans)
            if words == 0:
                continue
            words = join_letters(buffer, hashes, spans, words, lexicon.known)
            count, _ = take_cues(window, words, lexicon, asked)
            end = spans[1, words - 1] + 1
            pieces, paired, last = take_features(buffer, end, hashes, words, window.cues, count, features)
            if windows < bounds.shape[1] and total + last <= len(out):
                bounds[0, windows] = row
                bounds[1, windows] = total
                bounds[2, windows] = total + pieces
                bounds[3, windows] = total + paired
                bounds[4, windows] = total + last
                copied(features, 0, last, out, total)
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
    return _features(data, offsets, np.uint64(asked), characters(), lexicon, empty_window(), bounds, out)
