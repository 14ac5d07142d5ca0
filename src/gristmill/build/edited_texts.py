"""How the texts that edits leave are stored: by what went out of the texts before, and whole where more has changed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gristmill.text.deletions import Deletions, deletions, made_again
from gristmill.text.flat import Flat, flat

GONE, WHOLE = "_gone", "_whole"
"""Columns of a store: bytes of the text before that went, from where to where, from where to where and so on; and the
text itself, where it is not told so. Both are null where there is no text."""


def as_stored(before: pa.Array, after: pa.Array, old: Flat, new: Flat) -> dict[str, pa.Array]:
    """The columns that tell the texts after an edit, given all texts also as flat arrays."""
    told, bounds, places = deletions(before, after, old, new)
    gone = pa.LargeListArray.from_arrays(
        pa.array(bounds), pa.array(places), mask=None if told.all() else pa.array(~told)
    )
    if not told.any():
        return {GONE: gone, WHOLE: after}
    rows = np.arange(len(after))
    return {GONE: gone, WHOLE: after.take(pa.array(rows, mask=told))}  # has no bytes beneath what is null


def as_edited(before: pa.Array, gone: pa.Array, whole: pa.Array) -> pa.Array:
    """The texts after an edit, from those before it and what is stored."""
    bounds = gone.offsets.to_numpy()
    if not gone.null_count and bounds[0] == bounds[-1]:
        return before
    if gone.null_count == len(gone):
        return whole
    told = gone.is_valid().to_numpy(zero_copy_only=False)
    known = told | whole.is_valid().to_numpy(zero_copy_only=False)
    return made_again(flat(before), flat(whole), Deletions(told, bounds, gone.values.to_numpy()), known)
