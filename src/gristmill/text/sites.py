"""A hash of the site that a url is on: its host in lower case, `www.` left out."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.url_parts import after_www, folded, parts


@kernel
def _sites(data: Bytes, offsets: Offsets, rows: Offsets, out: Hashes) -> None:
    for k in range(len(rows)):
        host, end, _, _, _ = parts(data, offsets[rows[k]], offsets[rows[k] + 1])
        host = after_www(data, host, end)
        state = GOLDEN
        for at in range(host, end):
            state = (state ^ np.uint64(folded(data[at]))) * GOLDEN
        out[k] = mixed(state) if host < end else np.uint64(0)


def site_hashes(data: Bytes, offsets: Offsets, rows: Offsets) -> Hashes:
    """For each of `rows` a hash of the host of its url; 0 where it has none."""
    out = np.zeros(len(rows), np.uint64)
    if len(rows):
        _sites(data, offsets, rows, out)
    return out
