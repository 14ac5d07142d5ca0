"""The kernel against the package that wraps fastText itself."""

from __future__ import annotations

import fasttext
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.language._lid176 import identifier, path
from gristmill.text.fasttext import SEEK, predict
from gristmill.text.fasttext_sums import Model
from gristmill.text.flat import flat

WHOLE = 1 << 40
AWKWARD = [
    "",
    " ",
    "</s>",
    "hola </s> the rest is not read",
    "__label__en word",
    "__label__en",
    "a\x00b",
    "the",
    "<the>",
    "ÿ" * 300,
    "的",
    "\U0001f600",
]


@pytest.fixture(scope="module")
def reference():
    return fasttext.load_model(str(path()))


def predicted(texts, sample=WHOLE, windows=4):
    model, labels = identifier()
    text = flat(pa.array(texts, pa.large_string()))
    best, scores, _ = predict(model, text.data, text.offsets, np.arange(len(texts)), sample, windows)
    return [labels[i] for i in best], scores


def assert_as_the_package(reference, texts):
    labels, scores = predicted(texts)
    for text, label, score in zip(texts, labels, scores, strict=True):
        (wanted,), (chance,) = reference.predict(text.replace("\n", " "))
        assert (label, float(score)) == (wanted.removeprefix("__label__"), pytest.approx(chance, abs=1e-4)), text


def test_awkward_texts_are_predicted_as_the_package_does(reference):
    assert_as_the_package(reference, AWKWARD)


words = st.sampled_from(["the", "und", "</s>", "__label__fr", "le", "不", "привет", "สวัสดี", "ﷺ", "x" * 200])
pieces = st.one_of(words, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(pieces, st.sampled_from([" ", "\t", "\r", "\v", "\f", "\0", "\n", ""])), max_size=30))
def test_any_text_is_predicted_as_the_package_does(reference, parts):
    assert_as_the_package(reference, ["".join(word + gap for word, gap in parts)])


vocabulary = st.lists(st.one_of(words, st.text("abcdeé的", min_size=1, max_size=18)), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(vocabulary, st.randoms(use_true_random=False))
def test_words_met_again_are_predicted_as_the_package_does(reference, known, chance):
    known = [word for word in known if word != "</s>"]
    assert_as_the_package(
        reference, [" ".join(chance.choice(known) for _ in range(90)) for _ in range(4 if known else 0)]
    )


def test_a_text_is_predicted_the_same_wherever_it_stands():
    texts = [f"Ein Satz mit Wörtern, number {n % 7} of a text {n % 3}." for n in range(60)]
    labels, scores = predicted(texts)
    for n in range(0, 60, 7):
        label, score = predicted([texts[n]])
        assert (label, score.tolist()) == ([labels[n]], [scores[n]])


def test_what_was_predicted_before_changes_nothing():
    model, _ = identifier()
    text = flat(pa.array([f"word{n} and wörter {n % 9}" for n in range(300)], pa.large_string()))
    rows = np.arange(300)
    again = [predict(model, text.data, text.offsets, rows, WHOLE, 4)[:2] for _ in range(2)]
    other = Model(*model)  # of which no words were met
    fresh = predict(other, text.data, text.offsets, rows, WHOLE, 4)
    for labels, scores in again:
        assert (labels.tolist(), scores.tolist()) == (fresh[0].tolist(), fresh[1].tolist())


def stretches(text: bytes, sample: int, windows: int) -> list[bytes]:
    """The stretches that a long text is judged by, in plain Python."""

    def space(at):
        return text[at] in b" \t\n\r\v\f\0"

    def inside(at):
        return at < len(text) and text[at] & 0xC0 == 0x80

    width, until, found = sample // windows, 0, []
    for i in range(windows):
        begin = max((len(text) - width) * i // (windows - 1), until)
        end = min(begin + width, len(text))
        if begin > 0:
            begin = next((at for at in range(begin, min(begin + SEEK, end)) if space(at)), begin)
            while begin < end and inside(begin):
                begin += 1
        limit = min(end + SEEK, len(text))
        while end < limit and not space(end):
            end += 1
        while inside(end):
            end += 1
        found.append(text[begin:end])
        until = end
    return found


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("aé 的\nz"), min_size=200, max_size=900), st.integers(64, 160))
def test_a_long_text_is_judged_by_its_stretches(text, sample):
    if len(text.encode()) <= sample:
        return
    joined = b" ".join(stretches(text.encode(), sample, 4)).decode()
    assert predicted([text], sample)[0] == predicted([joined])[0]
    np.testing.assert_allclose(predicted([text], sample)[1], predicted([joined])[1], atol=1e-6)


def test_letters_are_counted():
    model, _ = identifier()
    text = flat(pa.array(["a B\n的 7,[{`@", "", "é é¿"], pa.large_string()))
    assert predict(model, text.data, text.offsets, np.array([0, 2]), WHOLE, 4)[2].tolist() == [3, 3]
