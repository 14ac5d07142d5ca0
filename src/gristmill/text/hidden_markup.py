"""Reads a page as a browser would and tells the text that its inline markup hides, without building a tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import APOSTROPHE, BANG, DASH, EQUALS, GREATER, LESS, QUESTION, QUOTE, SLASH, SPACE, is_letter
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.inline_style import (
    ATTRIBUTE,
    COLOUR,
    UNKNOWN,
    alike,
    colour,
    hashed_name,
    hidden_by,
    name_of,
    over_space,
)
from gristmill.text.jit import kernel, part, small_part

COMMENT = ATTRIBUTE + 1
"""A kind of what is found beside those of `inline_style`: what a comment says."""

VISIBLE, ARIA_HIDDEN, NOSCRIPT = COMMENT + 1, COMMENT + 2, COMMENT + 3
"""Further columns of the counts: text that is seen, of it that kept from screen readers, and that for no script."""

COLUMNS = NOSCRIPT + 1
DEEPEST, SEARCHED = 512, 64  # elements open at once; of them those that an end tag is looked for in

_NAME, _KIND, _FOREGROUND, _BACKGROUND, _ARIA, _ASIDE, _FIELDS = range(7)

_STYLE, _HIDDEN, _ARIA_HIDDEN, _BGCOLOR, _COLOR = map(
    name_of, (b"style", b"hidden", b"aria-hidden", b"bgcolor", b"color")
)
_TRUE = name_of(b"true")
_RAW = np.array([name_of(w) for w in (b"script", b"style", b"title", b"textarea", b"iframe", b"noembed", b"noframes")])
_VOID = np.array(
    [
        name_of(w)
        for w in (
            b"br", b"img", b"hr", b"input", b"meta", b"link", b"area", b"base", b"col", b"embed", b"source", b"track",
            b"wbr", b"param",
        )
    ]
)  # fmt: skip
_BLOCK = np.array(
    [
        name_of(w)
        for w in (
            b"div", b"ul", b"ol", b"dl", b"table", b"section", b"article", b"header", b"footer", b"nav", b"aside",
            b"main", b"form", b"blockquote", b"pre", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"td", b"th", b"body",
            b"fieldset", b"figure", b"address",
        )
    ]
)  # fmt: skip
_SIBLING = np.array([name_of(w) for w in (b"p", b"li", b"td", b"th", b"tr", b"dt", b"dd", b"option", b"tbody")])
_P, _NOSCRIPT, _TEMPLATE, _SVG, _MATH = map(name_of, (b"p", b"noscript", b"template", b"svg", b"math"))


class Found(NamedTuple):
    """Counts of characters that are no white space, a row for each page; and stretches of what is hidden.

    `counts[i, kind]` for the kinds of `inline_style`, COMMENT, VISIBLE, ARIA_HIDDEN and NOSCRIPT. The stretch k is
    `data[starts[k]:stops[k]]`, hidden by `entries[k]`, or a comment; it may have tags in it.
    """

    counts: npt.NDArray[np.int64]
    stretches: Hits


@part
def _among(name: np.uint64, names: npt.NDArray[np.uint64]) -> bool:
    found = False
    for k in range(len(names)):
        found |= names[k] == name
    return found


@part
def _characters(data: Bytes, start: int, stop: int) -> int:
    """Characters of UTF-8 but white space."""
    found = 0
    for at in range(start, stop):
        found += data[at] > SPACE and data[at] & 0xC0 != 0x80
    return found


@part
def _comment_end(data: Bytes, at: int, stop: int) -> int:
    """Where the text of a comment ends that begins behind `<!--`."""
    if at < stop and data[at] == GREATER:
        return at
    while at + 2 < stop:
        if data[at] == DASH and data[at + 1] == DASH and data[at + 2] == GREATER:
            return at
        at += 1
    return stop


@part
def _raw_end(data: Bytes, at: int, stop: int, name: np.uint64) -> int:
    """Where the end tag of a script or style begins."""
    while at + 1 < stop:
        if data[at] == LESS and data[at + 1] == SLASH and hashed_name(data, at + 2, stop)[0] == name:
            return at
        at += 1
    return stop


@part
def _value(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Where the value of an attribute begins and ends, and where to go on."""
    if at < stop and (data[at] == QUOTE or data[at] == APOSTROPHE):
        quote = data[at]
        end = at + 1
        while end < stop and data[end] != quote:
            end += 1
        return at + 1, end, end + 1
    end = at
    while end < stop and data[end] > SPACE and data[end] != GREATER:
        end += 1
    return at, end, end


@part
def _open(
    data: Bytes, at: int, stop: int, own: Offsets, colours: Offsets, numbers: Offsets, small: Offsets
) -> tuple[int, bool]:
    """Read the attributes of a start tag into `own`: where it ends, and whether it ends in a slash."""
    slash = False
    colours[0], colours[1] = own[_FOREGROUND], own[_BACKGROUND]
    hidden = -1
    while at < stop and data[at] != GREATER:
        if data[at] <= SPACE or data[at] == SLASH:
            slash = data[at] == SLASH
            at += 1
            continue
        slash = False
        name, end = hashed_name(data, at, stop)
        while end < stop and data[end] > SPACE and data[end] not in (SLASH, EQUALS, GREATER):
            name, end = np.uint64(0), end + 1  # no name of ours
        at = over_space(data, max(end, at + 1), stop)
        begin = last = at
        if at < stop and data[at] == EQUALS:
            begin, last, at = _value(data, over_space(data, at + 1, stop), stop)
        if name == _STYLE:
            kind = hidden_by(data, begin, last, colours, numbers, small)
            hidden = kind if hidden < 0 else hidden
        elif name == _HIDDEN:
            hidden = ATTRIBUTE if hidden < 0 else hidden
        elif name == _ARIA_HIDDEN:
            own[_ARIA] |= hashed_name(data, begin, last)[0] == _TRUE
        elif name == _BGCOLOR:
            colours[1] = colour(data, begin, last, numbers)
        elif name == _COLOR:
            colours[0] = colour(data, begin, last, numbers)
    own[_FOREGROUND], own[_BACKGROUND] = colours[0], colours[1]
    if own[_KIND] < 0:
        own[_KIND] = hidden
    return min(at + 1, stop), slash


@part
def _closed(stack: Offsets, depth: int, name: np.int64) -> int:
    """How many elements are open behind an end tag. Only one of a block closes what is open around a block."""
    is_block = _among(np.uint64(name), _BLOCK)
    k = depth
    while k > 1 and depth - k < SEARCHED:
        k -= 1
        if stack[k, _NAME] == name:
            return k
        if not is_block and _among(np.uint64(stack[k, _NAME]), _BLOCK):
            break
    return depth


@part
def _before_open(stack: Offsets, depth: int, name: np.uint64) -> int:
    """How many elements stay open where one of this name begins: a block ends a paragraph, an item ends another."""
    if depth < 2:
        return depth
    top = np.uint64(stack[depth - 1, _NAME])
    if (top == name and _among(name, _SIBLING)) or (top == _P and _among(name, _BLOCK)):
        return depth - 1
    return depth


@part
def _text(
    data: Bytes,
    start: int,
    stop: int,
    own: Offsets,
    counts: Offsets,
    region: Offsets,
    out: Offsets,
    total: int,
    row: int,
) -> int:
    """Count a piece of text as what the element makes of it; a stretch that is hidden goes on or ends with it."""
    characters = _characters(data, start, stop)
    if characters == 0:
        return total
    kind = own[_KIND]
    if own[_ASIDE]:
        counts[NOSCRIPT] += characters if own[_ASIDE] == 1 else 0
        kind = -1
    else:
        if kind < 0 and alike(own[_FOREGROUND], own[_BACKGROUND]):
            kind = COLOUR
        if kind < 0:
            counts[VISIBLE] += characters
            counts[ARIA_HIDDEN] += characters if own[_ARIA] else 0
        else:
            counts[kind] += characters
    if region[0] >= 0 and region[0] != kind:
        total = keep_hit(out, total, row, region[1], region[2], region[0])
        region[0] = -1
    if kind >= 0:
        if region[0] < 0:
            region[0] = kind
            region[1] = start
        region[2] = stop
    return total


@small_part
def _behind_bracket(data: Bytes, at: int, stop: int) -> int:
    while at < stop and data[at] != GREATER:
        at += 1
    return at + 1


@part
def _ended_region(region: Offsets, out: Offsets, total: int, row: int) -> int:
    """Tell the stretch that is open, if one is."""
    if region[0] >= 0:
        total = keep_hit(out, total, row, region[1], region[2], region[0])
        region[0] = -1
    return total


@part
def _comment(
    data: Bytes, at: int, stop: int, counts: Offsets, region: Offsets, out: Offsets, total: int, row: int
) -> tuple[int, int]:
    """Tell the comment whose text begins at `at`; the hits then, and where the page goes on."""
    end = _comment_end(data, at, stop)
    characters = _characters(data, at, end)
    if characters:
        counts[COMMENT] += characters
        total = _ended_region(region, out, total, row)
        total = keep_hit(out, total, row, at, end, COMMENT)
    return total, min(end + (1 if end < stop and data[end] == GREATER else 3), stop)


@part
def _page(
    data: Bytes, at: int, stop: int, background: int, work: tuple[Offsets, ...], counts: Offsets, out: Offsets,
    total: int, row: int,
) -> int:  # fmt: skip
    stack, colours, numbers, small, region, own = work
    stack[0, :] = 0
    stack[0, _KIND] = -1
    stack[0, _FOREGROUND] = UNKNOWN
    stack[0, _BACKGROUND] = background
    depth = 1
    over = foreign = 0
    region[0] = -1
    while at < stop:
        begin = at
        while at < stop and data[at] != LESS:
            at += 1
        if at > begin:
            total = _text(data, begin, at, stack[depth - 1], counts, region, out, total, row)
        if at + 1 >= stop:
            break
        following = data[at + 1]
        if following == BANG and at + 3 < stop and data[at + 2] == DASH and data[at + 3] == DASH:
            total, at = _comment(data, at + 4, stop, counts, region, out, total, row)
        elif following in (BANG, QUESTION) or (following == SLASH and not _letter(data, at + 2, stop)):
            at = _behind_bracket(data, at, stop)
        elif following == SLASH:
            name, at = hashed_name(data, at + 2, stop)
            at = _behind_bracket(data, at, stop)
            if over:
                over -= 1
            else:
                depth = _closed(stack, depth, np.int64(name))
                foreign = foreign if foreign < depth else 0
        elif _letter(data, at + 1, stop):
            name, at = hashed_name(data, at + 1, stop)
            depth = _before_open(stack, depth, name)
            for k in range(_FIELDS):
                own[k] = stack[depth - 1, k]
            own[_NAME] = np.int64(name)
            at, slash = _open(data, at, stop, own, colours, numbers, small)
            if name in (_NOSCRIPT, _TEMPLATE):
                own[_ASIDE] = 1 if name == _NOSCRIPT else 2
            if _among(name, _RAW) and not foreign:
                at = _raw_end(data, at, stop, name)
            elif not (_among(name, _VOID) or (slash and (foreign or name in (_SVG, _MATH)))):
                if depth < DEEPEST:
                    for k in range(_FIELDS):
                        stack[depth, k] = own[k]
                    if (name in (_SVG, _MATH)) and not foreign:
                        foreign = depth
                    depth += 1
                else:
                    over += 1
        else:
            total = _text(data, at, at + 1, stack[depth - 1], counts, region, out, total, row)
            at += 1
    return _ended_region(region, out, total, row)


@part
def _letter(data: Bytes, at: int, stop: int) -> bool:
    return bool(at < stop and is_letter(data[at]))


@kernel
def _find(data: Bytes, offsets: Offsets, rows: Offsets, background: int, counts: Offsets, out: Offsets) -> int:
    counts[:] = 0
    work = (
        np.zeros((DEEPEST, _FIELDS), np.int64),
        np.zeros(2, np.int64),
        np.zeros(4, np.int64),
        np.zeros(2, np.int64),
        np.zeros(3, np.int64),
        np.zeros(_FIELDS, np.int64),
    )
    total = 0
    for k in range(len(rows)):
        total = _page(data, offsets[rows[k]], offsets[rows[k] + 1], background, work, counts[k], out, total, k)
    return total


def hidden_markup(data: Bytes, offsets: Offsets, rows: Offsets, *, white: bool) -> Found:
    """Count the text of the asked pages by how it is hidden, and give the stretches that are.

    What inline styles, `hidden`, `bgcolor` and `color` say counts, and is inherited; style sheets and scripts are not
    read. With `white`, a page is white where it does not say. Scripts, styles, titles, frames and templates hold no
    text. A page in UTF-16 or UTF-32 shows no text.
    """
    counts = np.zeros((len(rows), COLUMNS), np.int64)
    background = 0xFFFFFF if white else UNKNOWN
    hits = collected(lambda out: _find(data, offsets, rows, background, counts, out))
    return Found(counts, hits)
