from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.nesting import depth

PIECES = [
    b"<div>",
    b"</div>",
    b"<DIV class=a>",
    b"<article",
    b"</Article>",
    b"<divider>",
    b"<p>",
    b"x",
    b"<",
    b"</",
    b"<\0d\0i\0v\0>",
    b"<div-x>",
    b"<div1>",
]


def plain_depth(page: bytes) -> int:
    page = page.replace(b"\0", b"").lower()
    deepest = now = 0
    for piece in page.split(b"<")[1:]:
        closing = piece.startswith(b"/")
        name = piece[closing:]
        for word in (b"div", b"article"):
            after = name[len(word) : len(word) + 1]
            if name.startswith(word) and after and not (after.isalnum() or after == b"-"):
                now = max(now - 1, 0) if closing else now + 1
                deepest = max(deepest, now)
    return deepest


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join), min_size=1, max_size=4))
def test_depth_is_that_of_plain_python(pages):
    data = flat(pa.array(pages, pa.binary()))
    found = depth(data.data, data.offsets, np.arange(len(pages)))
    assert found.tolist() == [plain_depth(page) for page in pages]
