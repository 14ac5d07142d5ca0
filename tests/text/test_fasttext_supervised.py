"""Any supervised fastText model: equal answers to fastText's own, and a clear end to every broken file."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.fasttext_file import parse
from gristmill.text.fasttext_supervised import probabilities, supervised
from gristmill.text.flat import flat

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"
MODELS = sorted(path.name for path in GOLDEN.glob("*.bin")) + sorted(path.name for path in GOLDEN.glob("*.ftz"))


@pytest.fixture(scope="module")
def answers() -> dict:
    return json.loads(gzip.decompress((GOLDEN / "answers.json.gz").read_bytes()))


def scored(name: str, texts: list[str]) -> tuple[list[str], np.ndarray]:
    parsed = parse((GOLDEN / name).read_bytes())
    text = flat(pa.array(texts, pa.large_string()))
    shares = probabilities(supervised(parsed), text.data, text.offsets, np.arange(len(texts)))
    return [label.decode() for label in parsed.labels()], shares


@pytest.mark.parametrize("name", MODELS)
def test_scores_are_those_of_fasttext_s_binding(name: str, answers: dict) -> None:
    labels, shares = scored(name, answers["texts"])
    for text, row, own in zip(answers["texts"], answers["models"][name], shares, strict=True):
        if not row:
            assert np.isnan(own).all(), text
        for label, score in row.items():
            assert own[labels.index(label)] == pytest.approx(score, abs=1e-4), (text, label)


def test_the_golden_models_are_of_every_kind(answers: dict) -> None:
    parsed = {name: parse((GOLDEN / name).read_bytes()) for name in MODELS}
    assert answers["models"].keys() == parsed.keys()
    assert {one.loss for one in parsed.values()} == {1, 2, 3, 4}
    assert {one.word_ngrams for one in parsed.values()} == {1, 2, 3}
    assert any(one.kept is not None and len(one.kept) for one in parsed.values())
    marks = [one.names[one.bounds[0] : one.bounds[1]].tobytes() for one in parsed.values()]
    assert any(mark != b"</s>" for mark in marks), "the end of a line is not always the first word"


def test_line_ends_part_words_as_spaces_do() -> None:
    _, shares = scored("softmax_pairs_and_characters.bin", ["the mill\ngrain", "the mill grain"])
    assert (shares[0] == shares[1]).all()


@pytest.mark.parametrize("name", ["softmax_words.bin", "pruned_tree.ftz", "quantised_outputs.ftz"])
def test_a_file_cut_off_anywhere_is_refused(name: str) -> None:
    data = (GOLDEN / name).read_bytes()
    for end in [*range(0, len(data), 97), len(data) - 1]:
        with pytest.raises(ValueError, match="it "):
            parse(data[:end])


def test_word_vectors_and_other_versions_are_told_apart() -> None:
    data = bytearray((GOLDEN / "softmax_words.bin").read_bytes())
    other = bytes(data[:4]) + struct.pack("<i", 13) + bytes(data[8:])
    with pytest.raises(ValueError, match="version 13"):
        parse(other)
    data[8 + 4 * 7 : 12 + 4 * 7] = struct.pack("<i", 2)
    with pytest.raises(ValueError, match="no supervised model"):
        parse(bytes(data))
    with pytest.raises(ValueError, match="does not begin as"):
        parse(b"PK\x03\x04 something else")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MODELS), st.data())
def test_a_garbled_file_is_refused_or_read_but_never_breaks(name: str, data: st.DataObject) -> None:
    garbled = bytearray((GOLDEN / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(8, min(len(garbled), 400) - 5) | st.integers(8, len(garbled) - 5))
        garbled[at : at + 4] = struct.pack("<I", data.draw(st.sampled_from([0, 1, 255, 2**31 - 1, 2**31, 2**32 - 1])))
    try:
        parsed = parse(bytes(garbled))
    except ValueError:
        return
    text = flat(pa.array(["the mill grain não", ""], pa.large_string()))
    shares = probabilities(supervised(parsed), text.data, text.offsets, np.arange(2))
    assert shares.shape == (2, len(parsed.labels()))
