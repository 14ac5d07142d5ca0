"""Cuts stretches out of texts, a margin around them, and keeps the pieces that are long enough, after GPT-3's rule."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.view import View
from gristmill.decontaminate._words import excerpt
from gristmill.text.cut_spans import pieces_around
from gristmill.text.flat import Offsets

BETWEEN = "\n\n"
"""What stands where something was cut out of a text."""


def cut(view: View, cuts: Offsets, margin: int, min_piece: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The texts without their cuts, how many pieces each falls into, and the share of its bytes that went.

    `cuts` has three rows: the text, and where in its bytes the cut begins and ends. A text without one is one piece,
    however short; one of which nothing would be left is given as it came, and has none.
    """
    texts = view.batch.column("text").take(pa.array(view.rows)).cast(pa.large_string())
    counts = np.ones(len(view), np.int64)
    removed = np.zeros(len(view))
    some = np.unique(cuts[0])
    if not len(some):
        return texts, pa.array(counts), pa.array(removed)
    flat = view.text
    order = np.lexsort((cuts[1], cuts[0]))
    begin = flat.offsets[view.rows]
    starts, stops = cuts[1][order] + begin[cuts[0][order]], cuts[2][order] + begin[cuts[0][order]]
    bounds = np.append(np.searchsorted(cuts[0][order], some), len(order))
    rows = view.rows[some]
    pieces = pieces_around(
        flat.data, flat.offsets[rows], flat.offsets[rows + 1], starts, stops, bounds, margin, min_piece
    )
    anew = []
    for k, row in enumerate(some):
        own = pieces[1:, pieces[0] == k]
        left = own.T if own.shape[1] else [(flat.offsets[rows[k]], flat.offsets[rows[k] + 1])]
        anew.append(BETWEEN.join(excerpt(flat.data, a, b) for a, b in left))
        counts[row] = own.shape[1]
        removed[row] = 1 - int((own[1] - own[0]).sum()) / max(int(flat.offsets[rows[k] + 1] - flat.offsets[rows[k]]), 1)
    mask = np.zeros(len(view), np.bool_)
    mask[some] = True
    texts = pc.replace_with_mask(texts, pa.array(mask), pa.array(anew, pa.large_string()))
    return texts, pa.array(counts), pa.array(removed)
