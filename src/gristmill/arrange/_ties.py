"""What texts are compared by, and what holds of the ties between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.contracts.splitting import Tied
from gristmill.contracts.step import Keys, Nodes
from gristmill.contracts.view import View
from gristmill.text.clusters import components
from gristmill.text.jaccard import sorted_sets
from gristmill.text.minhash import shingles
from gristmill.text.mixing import hash_lists
from gristmill.text.simplify import simplified

GRAM = 13
"""Words in a run that overlapping texts share."""

_SAMPLED = np.uint64((1 << 64) // 8)  # of the runs of a text those whose hash is below this are keys, ...
_AT_LEAST = 4  # ... and its so many lowest ones in any case


def shingled(view: View, size: int) -> tuple[Keys, Nodes]:
    """Hashes of the shingles of each asked row, of texts shorter than one too."""
    return shingles(*_words(view), size, True)


def runs_of(view: View) -> tuple[Keys, Nodes]:
    """Hashes of the runs of 13 words of each asked row."""
    return shingles(*_words(view), GRAM, False)


def chosen_runs(view: View, seed: int) -> tuple[Nodes, Keys]:
    """Which runs of each asked row (counted) are its keys: the same run is chosen in every text, nearly."""
    runs, bounds = sorted_sets(*runs_of(view))
    owner = np.repeat(np.arange(len(view)), np.diff(bounds))
    chosen = (runs < _SAMPLED) | (np.arange(len(runs)) - bounds[owner] < _AT_LEAST)
    return owner[chosen], hash_lists(runs[chosen], np.arange(int(chosen.sum()) + 1), seed)


def tied(count: int, a: Nodes, b: Nodes, ties: Keys, alike: npt.NDArray[np.float64]) -> Tied:
    """Groups of `count` nodes, by the ties `a[i]`-`b[i]` that have a bit set; `alike` is NaN where not compared."""
    held = ties > 0
    a, b, ties, alike = a[held], b[held], ties[held], alike[held]
    of_node = np.zeros(count, np.uint64)
    twin = np.full(count, -1, np.int64)
    similarity = np.full(count, np.nan)
    order = np.lexsort((b, a, -np.nan_to_num(alike, nan=-1)))[::-1]  # the nearest is written last
    np.bitwise_or.at(of_node, np.concatenate([a, b]), np.concatenate([ties, ties]))
    ends, others = np.stack([a, b], 1)[order].ravel(), np.stack([b, a], 1)[order].ravel()
    twin[ends] = others
    similarity[ends] = np.repeat(alike[order], 2)
    return Tied(components(count, a, b), of_node, twin, similarity)


def _words(view: View) -> tuple[Keys, Nodes]:
    text = view.text
    return simplified(text.data, text.offsets, view.rows)
