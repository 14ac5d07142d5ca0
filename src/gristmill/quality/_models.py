"""The model of a classifier from its file, whether it was trained here or by fastText."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gristmill.contracts.list_files import ListFile, contents
from gristmill.errors import InputError
from gristmill.quality._linear_model import MAGIC, load
from gristmill.text.fasttext_file import parse
from gristmill.text.fasttext_supervised import Supervised, probabilities, supervised
from gristmill.text.flat import Bytes, Offsets

NAME = "model.gristmill"
"""Of the file in the folder that `gristmill train-classifier` makes."""

_PREFIX = "__label__"


class Model(Protocol):
    """What the step asks of a model."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""

    @property
    def positive(self) -> str | None:
        """The label whose probability is the score, where the model says so."""

    def probabilities(self, data: Bytes, offsets: Offsets, rows: Offsets) -> npt.NDArray[np.float64]:
        """By row and label; nan where the model says nothing of a text."""


class FastText:
    """A published model. Its file does not say which label is the good one."""

    positive = None

    def __init__(self, model: Supervised, labels: tuple[str, ...]) -> None:
        self.model = model
        self.labels = labels

    def probabilities(self, data: Bytes, offsets: Offsets, rows: Offsets) -> npt.NDArray[np.float64]:
        return probabilities(self.model, data, offsets, rows).astype(np.float64)


@lru_cache(maxsize=4)
def read(file: ListFile) -> Model:
    """The model in a file, read once a process; InputError where it is none, or not what it was when looked up."""
    data = contents(file)
    try:
        if data[: len(MAGIC)] == MAGIC:
            return load(data)
        parsed = parse(data)
    except ValueError as error:
        raise InputError(file.name, f"cannot be read as a model: {error}") from error
    labels = tuple(label.decode("utf-8", "replace").removeprefix(_PREFIX) for label in parsed.labels())
    return FastText(supervised(parsed), labels)
