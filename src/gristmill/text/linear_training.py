"""Logistic regression over hashed features by AdaGrad, one text after another: the same order, the same weights.

Duchi, Hazan and Singer, JMLR 2011. With one column the label is yes or no (logistic), with more it is one of them
(softmax).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hashed_features import Scores, Shape, Slots, Weights, activate, characters, end_of, words
from gristmill.text.jit import kernel, part

_NEGLIGIBLE = 1e-4  # an error too small to learn from; most are, of many labels
_GROWN = np.float32(1e-2)

Labels = npt.NDArray[np.int64]


@part
def _errors(out: Scores, label: int) -> None:
    """Activations to probabilities, less those that were right."""
    if len(out) == 1:
        out[0] = 1 / (1 + np.exp(-out[0])) - label
        return
    highest = out[0]
    for value in out:
        highest = max(highest, value)
    whole = 0.0
    for column in range(len(out)):
        out[column] = np.exp(out[column] - highest)
        whole += out[column]
    for column in range(len(out)):
        out[column] /= whole
    out[label] -= 1


@part
def _learn(
    slots: Slots, begin: int, end: int, column: int, error: float, weights: Weights, grown: Weights, settings: Scores
) -> None:
    """One step for the weights of slots[begin:end] in a column."""
    if end == begin:
        return
    rate, decay = np.float32(settings[0]), np.float32(settings[1])
    slope = np.float32(error / np.sqrt(end - begin))
    for k in range(begin, end):
        slot = slots[k]
        step = slope + decay * weights[slot, column]
        grown[slot, column] += step * step
        weights[slot, column] -= rate * step / np.sqrt(grown[slot, column])


@kernel
def train(
    data: Bytes,
    offsets: Offsets,
    order: Labels,
    labels: Labels,
    importance: Scores,
    shape: Shape,
    columns: int,
    room: int,
    settings: Scores,
) -> tuple[Weights, Scores]:
    """Weights and bias after the texts in `order`, epoch by epoch. `settings` are the rate and the decay.

    `importance[label]` is how much a text of a label counts.
    """
    weights = np.zeros((1 << shape.bits, columns), np.float32)
    grown = np.full((1 << shape.bits, columns), _GROWN)
    bias = np.zeros(columns, np.float64)
    bias_grown = np.full(columns, 1.0)
    out = np.empty(columns, np.float64)
    slots = np.empty(room, np.uint32)
    for epoch in range(len(order)):
        for row in order[epoch]:
            start = offsets[row]
            stop = end_of(data, start, offsets[row + 1], shape.most_bytes)
            letters = characters(data, start, stop, shape, slots)
            whole = words(data, start, stop, shape, slots, letters)
            activate(slots, letters, whole, weights, bias, out)
            _errors(out, labels[row])
            for column in range(columns):
                error = out[column] * importance[labels[row]]
                if abs(error) < _NEGLIGIBLE:
                    continue
                bias_grown[column] += error * error
                bias[column] -= settings[0] * error / np.sqrt(bias_grown[column])
                _learn(slots, 0, letters, column, error, weights, grown, settings)
                _learn(slots, letters, whole, column, error, weights, grown, settings)
    return weights, bias
