"""How many bytes two texts have in common from two places on, or before them: 64 at once."""

from __future__ import annotations

from gristmill.text.flat import Bytes
from gristmill.text.jit import part
from gristmill.text.many_bytes import WIDE, above_last_set, first_set, where_unlike


@part
def same_from(data: Bytes, at: int, stop: int, other: Bytes, there: int, other_stop: int) -> int:
    """How many bytes are the same from two places on."""
    most = min(stop - at, other_stop - there)
    wide = min(len(data) - at, len(other) - there) - WIDE  # from there on, texts behind these are looked at in vain
    count = 0
    while count < most and count <= wide:
        unlike = where_unlike(data, at + count, other, there + count)
        if unlike:
            return min(count + first_set(unlike), most)
        count += WIDE
    while count < most and data[at + count] == other[there + count]:
        count += 1
    return min(count, most)


@part
def same_before(data: Bytes, at: int, start: int, other: Bytes, there: int, other_start: int) -> int:
    """How many bytes are the same before two places."""
    most = min(at - start, there - other_start)
    wide = min(at, there) - WIDE
    count = 0
    while count < most and count <= wide:
        unlike = where_unlike(data, at - count - WIDE, other, there - count - WIDE)
        if unlike:
            return min(count + above_last_set(unlike), most)
        count += WIDE
    while count < most and data[at - 1 - count] == other[there - 1 - count]:
        count += 1
    return min(count, most)
