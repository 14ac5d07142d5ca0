"""Finds the few tags of an HTML page that hold one of some words, without parsing it: one look at each byte.

It reads as browsers tokenise: comments, scripts and styles hold no tags, and a `>` in a quoted value ends none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.html_markup import next_byte
from gristmill.text.jit import kernel, part, small_part

META, LINK, ANCHOR, LINKED_DATA, TIME = range(5)
"""Kinds of what is found: `<meta>`, `<link>`, `<a>` or `<area>`, what `<script type=...ld+json>` holds, `<time>`."""

MOST_BYTES = 8192
"""A longer tag is passed over: a quote that is never closed would else take the page with it."""

_LESS, _GREATER, _SLASH, _DASH, _BANG, _EQUALS = ord("<"), ord(">"), ord("/"), ord("-"), ord("!"), ord("=")
_QUOTE, _APOSTROPHE, _CASE = ord('"'), ord("'"), 0x20


def _code(name: bytes) -> int:
    return int.from_bytes(name, "big")


_META, _LINK, _A, _AREA, _TIME = map(_code, (b"meta", b"link", b"a", b"area", b"time"))
SCRIPT, STYLE = map(_code, (b"script", b"style"))


@small_part
def name_code(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The letters from `at` on as one number, in lower case, and where they end; 0 where there are too many."""
    code = 0
    begin = at
    while at < stop and 0x61 <= data[at] | _CASE <= 0x7A and at - begin < 7:
        code = (code << 8) | (data[at] | _CASE)
        at += 1
    ends = at < stop and (data[at] <= 0x20 or data[at] == _SLASH or data[at] == _GREATER)
    return (code if ends else 0), at


@part
def tag_end(data: Bytes, at: int, stop: int) -> int:
    """Where a tag whose name ends at `at` ends, its `>` included; -1 where it is too long or never ends."""
    quote = 0
    valued = False  # a quote opens a value only behind the sign of equality
    most = min(stop, at + MOST_BYTES)
    while at < most:
        byte = data[at]
        if quote:
            if byte == quote:
                quote = 0
        elif byte == _GREATER:
            return at + 1
        elif valued and byte in (_QUOTE, _APOSTROPHE):
            quote = byte
        if byte > 0x20:
            valued = byte == _EQUALS and not quote
        at += 1
    return -1


@part
def behind_comment(data: Bytes, at: int, stop: int) -> int:
    """Where a comment whose text begins at `at` ends."""
    at += 2
    while at < stop:
        at = next_byte(data, at, stop, _GREATER)
        if at < stop and data[at - 1] == _DASH and data[at - 2] == _DASH:
            return at + 1
        at += 1
    return stop


@part
def closing_tag(data: Bytes, at: int, stop: int, code: int) -> int:
    """Where the closing tag of a script or style begins."""
    at = next_byte(data, at, stop, _LESS)
    while at + 1 < stop:
        if data[at + 1] == _SLASH and name_code(data, at + 2, stop)[0] == code:
            return at
        at = next_byte(data, at + 1, stop, _LESS)
    return stop


@part
def _has_bytes(data: Bytes, at: int, stop: int, words: Bytes, first: int, last: int) -> bool:
    if at + last - first > stop:
        return False
    for k in range(first, last):
        byte = data[at + k - first]
        if (byte | _CASE if 0x41 <= byte <= 0x5A else byte) != words[k]:
            return False
    return True


@part
def _has_word(data: Bytes, at: int, stop: int, words: Bytes, bounds: Offsets, firsts: Offsets, lasts: Offsets) -> bool:
    """Whether one of the words, which are in lower case, stands in `data[at:stop]`, ASCII case aside.

    Of those that begin with a byte the ones from `firsts[byte]` up to `lasts[byte]` are looked for.
    """
    for begin in range(at, stop):
        byte = data[begin]
        lower = byte | _CASE if 0x41 <= byte <= 0x5A else byte
        for k in range(firsts[lower], lasts[lower]):
            if _has_bytes(data, begin, stop, words, bounds[k], bounds[k + 1]):
                return True
    return False


@part
def _kind(code: int) -> int:
    if code == _META:
        return META
    if code == _LINK:
        return LINK
    if code == _TIME:
        return TIME
    return ANCHOR if code in (_A, _AREA) else -1


@kernel
def _find(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    words: Bytes,
    bounds: Offsets,
    firsts: Offsets,
    lasts: Offsets,
    of_links: Offsets,
    json: Bytes,
    json_bounds: Offsets,
    json_firsts: Offsets,
    json_lasts: Offsets,
    out: Offsets,
) -> int:
    total = 0
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        while at < stop:
            at = next_byte(data, at, stop, _LESS)
            if at == stop:
                break
            if at + 3 < stop and data[at + 1] == _BANG and data[at + 2] == _DASH and data[at + 3] == _DASH:
                at = behind_comment(data, at + 2, stop)  # `<!-->` is a whole comment
                continue
            begin = at
            code, at = name_code(data, at + 1, stop)
            kind = _kind(code)
            if kind < 0 and code != SCRIPT and code != STYLE:
                continue
            end = tag_end(data, at, stop)
            if end < 0:
                at = min(stop, at + MOST_BYTES)
            elif kind >= 0:
                at = end
                if _has_word(data, begin, end, words, bounds, firsts, of_links if kind == ANCHOR else lasts):
                    total = keep_hit(out, total, k, begin, end, kind)
            else:
                at = closing_tag(data, end, stop, code)
                linked = code == SCRIPT and _has_word(data, begin, end, json, json_bounds, json_firsts, json_lasts)
                if linked and _has_word(data, end, at, words, bounds, firsts, lasts):
                    total = keep_hit(out, total, k, end, at, LINKED_DATA)
    return total


def tags_with(
    data: Bytes, offsets: Offsets, rows: Offsets, words: Sequence[bytes], of_links: Sequence[bytes] | None = None
) -> Hits:
    """The tags of pages that hold one of the words, which are in lower case, whatever case the page has them in.

    Row `hits.rows[k]` (an index into `rows`) has one at `data[starts[k]:stops[k]]`, of the kind `entries[k]`. A page in
    UTF-16 or UTF-32 shows none. For `<a>` and `<area>`, which most tags of a page are, fewer of the words may do.
    """
    wanted = _prepared(tuple(words), tuple(words if of_links is None else of_links))
    linked_data = _prepared((b"ld+json",), ())[:-1]
    return collected(lambda out: _find(data, offsets, rows, *wanted, *linked_data, out))


@cache
def _prepared(
    words: tuple[bytes, ...], of_links: tuple[bytes, ...]
) -> tuple[Bytes, Offsets, Offsets, Offsets, Offsets]:
    """Words end to end, where each begins and the last ends; by their first bytes where they begin, and where they end,
    all of them and those for links.
    """
    ordered = sorted(words, key=lambda word: (word[0], word not in of_links, word))
    initials = np.array([word[0] for word in ordered])
    firsts, lasts = (np.searchsorted(initials, np.arange(256), side) for side in ("left", "right"))
    linked = np.bincount([word[0] for word in ordered if word in of_links], minlength=256)
    bounds = np.cumsum([0, *map(len, ordered)]).astype(np.int64)
    return np.frombuffer(b"".join(ordered), np.uint8), bounds, firsts, lasts, firsts + linked
