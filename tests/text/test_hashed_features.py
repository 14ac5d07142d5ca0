"""Hashed features and the training over them, against plain Python."""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.hashed_features import Shape, activations, slots_of_runs
from gristmill.text.linear_training import train

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
TOKEN = re.compile(rb"[0-9A-Za-z\x80-\xff]+|[^\s0-9A-Za-z\x80-\xff]")
SHAPES = [Shape(10, 1, 5, 3, 64), Shape(12, 3, 5, 2, 4096), Shape(16, 2, 2, 1, 33)]


def slot(state: int, kind: int, bits: int) -> int:
    return ((state + kind) * GOLDEN & MASK) >> (64 - bits)


def slot_of_characters(chars: list[int], bits: int) -> int:
    state = len(chars)
    for char in chars:
        state = (state * 0x9E3779B1 + char) & 0xFFFFFFFF
    return ((state ^ (state >> 15)) * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - bits)


def plain_slots(text: str, shape: Shape) -> tuple[list[int], list[int]]:
    data = text.encode()[: shape.most_bytes].decode("utf-8", "ignore").encode()
    folded = re.sub(rb"[\t-\r ]+", b" ", data).removeprefix(b" ").decode()
    chars = [int.from_bytes(char.encode(), "big") for char in folded]
    letters = []
    for end in range(1, len(chars) + 1):
        sizes = range(shape.shortest, min(shape.longest, end) + 1)
        letters += [slot_of_characters(chars[end - n : end], shape.bits) for n in sizes]
    hashes = []
    for token in TOKEN.findall(data):
        value = 0
        for byte in token.lower():
            value = (value * 0x100000001B3 + byte) & MASK
        hashes.append((value ^ (value >> 29)) * 0xA24BAED4963EE407 & MASK)
    runs = []
    for end in range(1, len(hashes) + 1):
        for n in range(1, min(shape.words, end) + 1):
            state = 0
            for value in hashes[end - n : end]:
                state = (state * 0xA24BAED4963EE407 + value) & MASK
            runs.append(slot(state, 5 + n, shape.bits))
    return letters, runs


def plain_activation(text: str, shape: Shape, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    out = bias.copy()
    for slots in plain_slots(text, shape):
        if slots:
            out += weights[slots].astype(np.float64).sum(axis=0) / math.sqrt(len(slots))
    return out


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("aB7é水𝄞 \n\t\x1c\x85.,-_'") | st.characters(exclude_categories=["Cs"]))))
@example(["", " ", "A mill, a mill!", "水" * 40, "é" * 16 + "x" * 40])
def test_activations_are_those_of_plain_python(texts: list[str]) -> None:
    text = flat(pa.array(texts, pa.large_string()))
    for shape in SHAPES:
        draw = np.random.default_rng(shape.bits)
        weights, bias = draw.normal(size=(1 << shape.bits, 2)).astype(np.float32), draw.normal(size=2)
        rows = np.arange(len(texts))[::-1].copy()
        found = activations(text.data, text.offsets, rows, shape, weights, bias, shape.room())
        wanted = [plain_activation(texts[row], shape, weights, bias) for row in rows]
        np.testing.assert_allclose(found, np.reshape(wanted, found.shape), atol=1e-9)


def test_a_word_alone_has_the_slot_that_it_has_in_a_text() -> None:
    words = ["mill", "MILL", "水", "7"]
    text = flat(pa.array(words, pa.large_string()))
    shape = SHAPES[1]
    found = slots_of_runs(text.data, text.offsets, shape, shape.room())
    assert found.tolist() == [plain_slots(word, shape)[1][0] for word in words]
    assert found[0] == found[1]


def plain_training(texts, order, labels, importance, shape, columns, rate, decay):
    weights = np.zeros((1 << shape.bits, columns), np.float32)
    grown = np.full((1 << shape.bits, columns), np.float32(1e-2))
    bias, bias_grown = np.zeros(columns), np.ones(columns)
    rate32, decay32 = np.float32(rate), np.float32(decay)
    for row in np.concatenate(order):
        groups = plain_slots(texts[row], shape)
        out = plain_activation(texts[row], shape, weights, bias)
        if columns == 1:
            errors = 1 / (1 + np.exp(-out)) - labels[row]
        else:
            errors = np.exp(out - out.max()) / np.exp(out - out.max()).sum()
            errors[labels[row]] -= 1
        for column, error in enumerate(errors * importance[labels[row]]):
            if abs(error) < 1e-4:
                continue
            bias_grown[column] += error * error
            bias[column] -= rate * error / np.sqrt(bias_grown[column])
            for slots in groups:
                for one in slots:
                    step = np.float32(error / np.sqrt(len(slots))) + decay32 * weights[one, column]
                    grown[one, column] += step * step
                    weights[one, column] -= rate32 * step / np.sqrt(grown[one, column])
    return weights, bias


@pytest.mark.parametrize("columns", [1, 3])
def test_training_takes_the_steps_of_plain_python(columns: int) -> None:
    texts = ["the mill grinds", "BUY NOW!!!", "wheat, rye and 水", "", "free offer"]
    labels = np.array([0, 1, 0, 1, 1 if columns == 1 else 2])
    order = np.stack([np.array([0, 1, 2, 3, 4]), np.array([4, 2, 0, 1, 3])])
    importance, shape = np.array([1.5, 0.5, 1.0]), SHAPES[0]
    text = flat(pa.array(texts, pa.large_string()))
    found = train(*text, order, labels, importance, shape, columns, shape.room(), np.array([0.1, 1e-3]))
    wanted = plain_training(texts, order, labels, importance, shape, columns, 0.1, 1e-3)
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-5)
    np.testing.assert_allclose(found[1], wanted[1], atol=1e-6)
    assert np.abs(found[0]).max() > 0.01
