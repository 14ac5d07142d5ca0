"""Finds the places of some phrases in texts, or in what pages show: one look at each byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.tags import MOST_BYTES, SCRIPT, STYLE, behind_comment, closing_tag, name_code, tag_end

MOST_BLANK = 16
"""Bytes of white space, or of marks of comments, that may stand for a space of a phrase."""

_SPACE, _LESS, _SLASH, _DASH, _BANG, _CASE = ord(" "), ord("<"), ord("/"), ord("-"), ord("!"), 0x20
_STAR, _HASH, _GREATER, _SEMICOLON = ord("*"), ord("#"), ord(">"), ord(";")


class Phrases(NamedTuple):
    """Phrases, their ASCII letters in lower case: `words[bounds[k]:bounds[k + 1]]`, the longer of like ones first.

    Those whose first two bytes make the number `p` are `first[p]` to `first[p + 1]`; `order[k]` is the place of one as
    it was given.
    """

    words: Bytes
    bounds: Offsets
    first: Offsets
    pairs: npt.NDArray[np.bool_]  # two bytes that one begins with, in either case
    order: Offsets


def phrases(given: Sequence[str]) -> Phrases:
    """Phrases as `find_phrases` wants them, each of two bytes or more. A space stands for white space of any kind."""
    raw = [phrase.encode().lower() for phrase in given]  # of bytes: ASCII letters alone
    if any(len(phrase) < 2 or phrase.startswith(b" ") for phrase in raw):
        raise ValueError("a phrase has two bytes or more and begins with no space")
    order = sorted(range(len(raw)), key=lambda k: (raw[k][:2], -len(raw[k]), raw[k]))
    pairs = np.zeros(0x10000, np.bool_)
    for phrase in raw:
        for a in {phrase[:1], phrase[:1].upper()}:
            for b in {phrase[1:2], phrase[1:2].upper()}:
                pairs[a[0] << 8 | b[0]] = True
    return Phrases(
        np.frombuffer(b"".join(raw[k] for k in order), np.uint8),
        np.cumsum([0, *(len(raw[k]) for k in order)]).astype(np.int64),
        np.searchsorted([raw[k][0] << 8 | raw[k][1] for k in order], np.arange(0x10001)).astype(np.int64),
        pairs,
        np.array(order, np.int64),
    )


@small_part
def _is_blank(byte: int) -> bool:
    return byte <= _SPACE or byte in (_STAR, _HASH, _SLASH, _GREATER, _SEMICOLON)


@small_part
def _is_alphanumeric(byte: int) -> bool:
    return 0x61 <= byte | _CASE <= 0x7A or 0x30 <= byte <= 0x39


@small_part
def _lower(byte: int) -> int:
    return byte | _CASE if 0x41 <= byte <= 0x5A else byte


@part
def _fits(data: Bytes, at: int, stop: int, words: Bytes, first: int, last: int) -> int:
    """Where a phrase that begins at `at` ends; -1 where it does not stand there."""
    for k in range(first, last):
        wanted = words[k]
        if wanted == _SPACE:
            begin = at
            while at < stop and at - begin < MOST_BLANK and _is_blank(data[at]):
                at += 1
            if at == begin:
                return -1
            continue
        if at == stop:
            return -1
        if _lower(data[at]) != wanted:
            return -1
        at += 1
    return at


@part
def _over_tag(data: Bytes, at: int, stop: int) -> int:
    """Behind the tag, the comment, the script or style that begins at `at`; the next byte where none does."""
    if at + 3 < stop and data[at + 1] == _BANG and data[at + 2] == _DASH and data[at + 3] == _DASH:
        return behind_comment(data, at + 2, stop)
    begin = at + 2 if at + 1 < stop and data[at + 1] == _SLASH else at + 1
    if begin >= stop or not 0x61 <= data[begin] | _CASE <= 0x7A:
        return at + 1
    code, end = name_code(data, begin, stop)
    end = tag_end(data, end, stop)
    if end < 0:
        return min(stop, begin + MOST_BYTES)
    if begin == at + 1 and code in (SCRIPT, STYLE):
        return closing_tag(data, end, stop, code)
    return end


@kernel
def _find(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    words: Bytes,
    bounds: Offsets,
    first: Offsets,
    pairs: npt.NDArray[np.bool_],
    pages: bool,
    out: Offsets,
) -> int:
    total = 0
    for row in range(len(rows)):
        begin, stop = offsets[rows[row]], offsets[rows[row] + 1]
        at = begin
        while at + 1 < stop:
            byte = data[at]
            if pages and byte == _LESS:
                at = _over_tag(data, at, stop)
                continue
            end = -1
            if pairs[np.int64(byte) << 8 | data[at + 1]]:
                inside = at > begin and _is_alphanumeric(byte) and _is_alphanumeric(data[at - 1])
                pair = np.int64(_lower(byte)) << 8 | _lower(data[at + 1])
                for k in range(first[pair], first[pair] if inside else first[pair + 1]):
                    end = _fits(data, at, stop, words, bounds[k], bounds[k + 1])
                    if end >= 0:
                        total = keep_hit(out, total, row, at, end, k)
                        break
            at = end if end >= 0 else at + 1
    return total


def find_phrases(data: Bytes, offsets: Offsets, rows: Offsets, wanted: Phrases, *, pages: bool = False) -> Hits:
    """The places of phrases, of several at one place the longest, none within another.

    ASCII letters are compared whatever their case, other bytes as they are. A phrase that begins with a letter or digit
    begins a word. Of pages (HTML in UTF-8) tags, comments, scripts and styles are passed over.
    """
    found = collected(
        lambda out: _find(data, offsets, rows, wanted.words, wanted.bounds, wanted.first, wanted.pairs, pages, out)
    )
    return found._replace(entries=wanted.order[found.entries])
