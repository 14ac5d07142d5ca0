"""Listed words, targets and scores of windows, against the same in plain Python."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_speech import Entry, Known, joined, looked_at, score, size, windows

from gristmill.text import speech_context as kinds
from gristmill.text.flat import Flat, flat
from gristmill.text.lexicon import Lexicon, lexicon_of, phrase_hashes
from gristmill.text.speech_features import FEATURES, PARTS, Model
from gristmill.text.speech_windows import features_of_windows
from gristmill.text.toxic_speech import MOST_TOLD, Speech, toxic_speech

KNOWN: Known = {
    ("women",): Entry(kinds.GROUP, cue=True),
    ("black", "people"): Entry(kinds.GROUP, cue=True),
    ("boo",): Entry(kinds.SLUR, listed=True, cue=True),
    ("hate",): Entry(kinds.HATE, cue=True),
    ("kill",): Entry(kinds.VIOLENT, cue=True),
    ("scum",): Entry(kinds.DEHUMANISING, cue=True),
    ("belong", "in", "a"): Entry(kinds.EXCLUDING, cue=True),
    ("not",): Entry(kinds.NEGATION, cue=True),
    ("say",): Entry(kinds.SPEECH, cue=True),
    ("bigot",): Entry(kinds.DENOUNCING, cue=True),
    ("court",): Entry(kinds.REGISTER, cue=True),
    ("pity",): Entry(kinds.KINDNESS, cue=True),
    ("my",): Entry(kinds.OWN, cue=True),
    ("you",): Entry(kinds.YOU, cue=True),
    ("proud",): Entry(kinds.PRAISE, cue=True),
    ("darn",): Entry(kinds.LISTED, listed=True, cue=True),
    ("darn", "it", "all", "to", "heck"): Entry(kinds.LISTED, listed=True, cue=True),
    ("жуть",): Entry(kinds.LISTED, listed=True, cue=True),
    ("悪口",): Entry(kinds.LISTED, listed=True),
    ("悪",): Entry(kinds.LISTED, listed=True),
    ("ไม่ดี",): Entry(kinds.LISTED, listed=True),
}
MODEL = Model(
    np.random.default_rng(1).integers(-127, 128, FEATURES).astype(np.int8), np.array([0.02, 0.03, 0.05]), -0.5
)
PIECES = [
    *("women", "Black people", "boo", "BOO", "b00", "hate", "h4te", "h a t e", "I h a t e", "kill", "scum", "not"),
    *("belong in a", "say", "bigot", "court", "court of", "pity", "my", "you", "proud", "darn", "darn it all to heck"),
    *("darn it all", "Жуть", "悪口", "とても悪", "悪口だよ", "ไม่ดีเลย", "don't", "don’t", "f@g", "x!", "É", "A B C D"),
    *(
        '"',
        "“",
        "”",
        ".",
        "!",
        "。",
        ",",
        "\n",
        "\n\n",
        "one two three four five six",
        "w" * 120,
        "12",
        "日" * 40,
        "e\u0301",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)


def view_of(texts: list[str]) -> Flat:
    """The texts, not at the beginning of their buffer."""
    return flat(pa.array(["front", *texts], pa.large_string()).slice(1))


def lexicon(known: Known) -> Lexicon:
    """What is known, for the kernels."""
    hashes, sizes = phrase_hashes(*flat(pa.array([" ".join(phrase) for phrase in known], pa.large_string())))
    entries: dict[int, list[int]] = {}
    at = 0
    for entry, count in zip(known.values(), sizes.tolist(), strict=True):
        for k in range(at, at + count):
            values = entries.setdefault(int(hashes[k]), [0, 0, 0, 0])
            if k == at + count - 1:
                values[:3] = entry.kind, int(entry.listed), int(entry.cue)
            else:
                values[3] = 1
        at += count
    rows = np.array([entries[value] for value in sorted(entries)])
    return lexicon_of(
        np.array(sorted(entries), np.uint64),
        rows[:, 0].astype(np.uint8),
        rows[:, 1].astype(np.uint64),
        rows[:, 2].astype(np.uint64),
        rows[:, 3].astype(np.bool_),
    )


LEXICON = lexicon(KNOWN)


def scan(texts: list[str], asked: int = 1, high: float = 0.5) -> Speech:
    view = view_of(texts)
    rows = np.arange(len(texts))
    return toxic_speech(view.data, view.offsets, rows, np.full(len(texts), asked, np.uint64), LEXICON, MODEL, high)


@settings(deadline=None)
@example('You say "women hate boo". ' * 9)
@example("women. I do not pity women. pity women")
@given(TEXTS)
def test_a_text_is_as_plain_python_has_it(text: str) -> None:
    found = [looked_at(joined(words, KNOWN), KNOWN) for words in windows(text)]
    scores = [score(window, MODEL.weights, MODEL.scales.tolist(), MODEL.bias) for window in found]
    left = [sum(not window.excused(at) for at, _, _ in window.hits) for window in found]
    backed = [bool(kept) or window.target() for kept, window in zip(left, found, strict=True)]
    sizes = [size(window.words) for window in found]
    told = scan([text])
    assert told.windows[0] == len(found)
    assert told.words[0] == sum(sizes)
    assert told.hits[0] == sum(len(window.hits) for window in found)
    assert told.left[0] == sum(left)
    assert told.targets[0] == sum(window.target() for window in found)
    assert told.best[0] == pytest.approx(max(scores, default=0))
    assert told.toxic[0] == sum(n for n, one in zip(sizes, scores, strict=True) if one >= 0.5)
    of_both = zip(sizes, scores, backed, strict=True)
    assert told.backed[0] == sum(n for n, one, also in of_both if one >= 0.5 and also)
    wanted = [text[start:stop] for window in found for _, start, stop in window.hits][:MOST_TOLD]
    data = text.encode()
    begin = len(b"front")
    spans = zip(told.starts - begin, told.stops - begin, strict=True)
    assert [data[start:stop].decode() for start, stop in spans] == wanted
    excused = [window.excused(at) for window in found for at, _, _ in window.hits]
    assert told.excused.tolist() == excused[:MOST_TOLD]


def test_training_sees_the_features_that_the_scan_scores() -> None:
    texts = ["I hate women, and say so. " * 5, "", "You are proud of my boo. 悪口"]
    view = view_of(texts)
    bounds, features = features_of_windows(view.data, view.offsets, 1, LEXICON)
    best = np.zeros(len(texts))
    for row, *ends in bounds.T:
        total = MODEL.bias
        for scale, begin, end in zip(MODEL.scales, ends, ends[1:], strict=False):
            if end > begin:
                total += MODEL.weights[features[begin:end]].sum(dtype=np.int64) * scale / np.sqrt(end - begin)
        best[row] = max(best[row], 1 / (1 + np.exp(-total)))
    assert np.allclose(best, scan(texts).best)
    assert features.max() < FEATURES
    assert (features >= PARTS[1]).any()


def test_lists_of_languages_that_are_not_asked_for_count_nothing() -> None:
    assert scan(["darn boo 悪口"], asked=2).hits.tolist() == [0]
    assert scan(["darn boo 悪口"], asked=1).hits.tolist() == [3]


def test_the_model_does_not_see_which_group_or_slur_is_named() -> None:
    known = lexicon({**KNOWN, ("girls",): Entry(kinds.GROUP, cue=True)})
    view = view_of(["I hate women and cake.", "I hate girls and cake."])
    found = toxic_speech(*view, np.arange(2), np.ones(2, np.uint64), known, MODEL, 0.5)
    assert found.best[0] == found.best[1]


@pytest.mark.parametrize("piece", ["h ", "“", "darn it all to ", "悪", "not say boo ", "\n", "."])
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    scan(["warm"])

    def seconds(times: int) -> float:
        begun = time.process_time()
        scan([piece * times])
        return time.process_time() - begun

    assert seconds(400_000) < 40 * max(seconds(40_000), 0.002)
