"""The file of a classifier trained here: a header in JSON, then weights and bias, and nothing behind them.

Bytes are laid down as they are, so that nothing in a file of a stranger can unpack to more than the file holds.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.contracts.calibration import calibrated
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hashed_features import MOST_CHARACTERS, MOST_WORDS, Scores, Shape, Weights, activations

MAGIC = b"GRISTCLS"
FORMAT = 2
_MOST_HEADER = 16 << 20
_MOST_BITS, _MOST_BYTES = 26, 1 << 24


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by [slot, column], and the line that makes an activation a calibrated one: `slope * z + shift`.

    With two labels there is one column, for the second of them; `positive` is the label whose probability is the score,
    None where there are more than two.
    """

    labels: tuple[str, ...]
    positive: str | None
    shape: Shape
    weights: Weights
    bias: Scores
    slope: float
    shift: float

    def activations(self, data: Bytes, offsets: Offsets, rows: Offsets) -> Scores:
        """By row and column, not yet calibrated."""
        return activations(data, offsets, rows, self.shape, self.weights, self.bias, self.shape.room())

    def probabilities(self, data: Bytes, offsets: Offsets, rows: Offsets) -> npt.NDArray[np.float64]:
        """By row and label, calibrated."""
        return calibrated(self.activations(data, offsets, rows), self.slope, self.shift)

    def dump(self) -> bytes:
        """The bytes of its file; the same model gives the same ones."""
        about = {
            "format": FORMAT,
            "labels": self.labels,
            "positive": self.positive,
            "shape": self.shape._asdict(),
            "slope": self.slope,
            "shift": self.shift,
        }
        header = orjson.dumps(about, option=orjson.OPT_SORT_KEYS)
        tables = (self.bias.astype("<f8").tobytes(), self.weights.astype("<f4").tobytes())
        return b"".join((MAGIC, struct.pack("<I", len(header)), header, *tables))


def load(data: bytes | memoryview) -> LinearModel:
    """A model out of the bytes of its file; ValueError, half a sentence, where they are none or not whole."""
    start = len(MAGIC) + 4
    if bytes(data[: len(MAGIC)]) != MAGIC or len(data) < start:
        raise ValueError("it does not begin as a classifier of Gristmill does")
    (size,) = struct.unpack_from("<I", data, len(MAGIC))
    if size > _MOST_HEADER or start + size > len(data):
        raise ValueError("it ends within its header")
    try:
        about = orjson.loads(data[start : start + size])
        return _made(about, memoryview(data)[start + size :])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError("its header is garbled") from error


def _made(about: dict[str, Any], tables: memoryview) -> LinearModel:
    if about["format"] != FORMAT:
        raise ValueError(f"it has format {about['format']!r}, and {FORMAT} is read here")
    labels, positive, shape = tuple(about["labels"]), about["positive"], Shape(**about["shape"])
    slope, shift = float(about["slope"]), float(about["shift"])
    whole = all(type(value) is int for value in shape) and all(type(label) is str for label in labels)
    sound = (
        whole
        and 1 <= shape.bits <= _MOST_BITS
        and 1 <= shape.shortest <= shape.longest <= MOST_CHARACTERS
        and 1 <= shape.words <= MOST_WORDS
        and 1 <= shape.most_bytes <= _MOST_BYTES
        and len(set(labels)) == len(labels) >= 2
        and (positive == labels[1] if len(labels) == 2 else positive is None)
    )
    if not sound:
        raise ValueError("its header is garbled")
    columns = 1 if len(labels) == 2 else len(labels)
    if len(tables) != 8 * columns + 4 * columns * (1 << shape.bits):
        raise ValueError("it is not as long as its header says: it was cut off, or something was added")
    bias = np.frombuffer(tables, "<f8", columns).astype(np.float64)
    weights = np.frombuffer(tables, "<f4", offset=8 * columns).astype(np.float32).reshape(-1, columns)
    if not (np.isfinite(bias).all() and np.isfinite(weights).all() and np.isfinite([slope, shift]).all()):
        raise ValueError("its tables hold what is no number")
    return LinearModel(labels, positive, shape, weights, bias, slope, shift)
