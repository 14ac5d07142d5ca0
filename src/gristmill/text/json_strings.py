"""Texts as JSON strings (RFC 8259), in quotation marks and escaped as orjson escapes them."""

from __future__ import annotations

import numpy as np

from gristmill.text.eight_bytes import eight, has, is_printable
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, small_part

QUOTE, BACKSLASH = 0x22, 0x5C
_SHORT = np.zeros(32, np.uint8)
_SHORT[[8, 9, 10, 12, 13]] = [ord(letter) for letter in "btnfr"]


@small_part
def _is_plain(word: np.uint64) -> bool:
    """Whether eight bytes go into a string as they are."""
    return is_printable(word) and not has(word, QUOTE) and not has(word, BACKSLASH)


@kernel
def _measure(data: Bytes, offsets: Offsets, bounds: Offsets, short: Bytes) -> None:
    for row in range(len(offsets) - 1):
        size = offsets[row + 1] - offsets[row] + 2
        at = offsets[row]
        while at < offsets[row + 1]:
            if at + 8 <= offsets[row + 1] and _is_plain(eight(data, at)):
                at += 8
                continue
            byte = data[at]
            if byte < 32:
                size += 1 if short[byte] else 5
            elif byte in (QUOTE, BACKSLASH):
                size += 1
            at += 1
        bounds[row + 1] = bounds[row] + size


@kernel
def _write(data: Bytes, offsets: Offsets, short: Bytes, out: Bytes) -> None:
    to = 0
    for row in range(len(offsets) - 1):
        out[to] = QUOTE
        to += 1
        at = offsets[row]
        while at < offsets[row + 1]:
            if at + 8 <= offsets[row + 1] and _is_plain(eight(data, at)):
                for k in range(8):
                    out[to + k] = data[at + k]
                at += 8
                to += 8
                continue
            byte = data[at]
            if byte < 32:
                out[to] = BACKSLASH
                if short[byte]:
                    out[to + 1] = short[byte]
                    to += 2
                else:
                    out[to + 1] = 0x75  # u
                    out[to + 2] = out[to + 3] = 0x30
                    out[to + 4] = 0x30 + (byte >> 4)
                    out[to + 5] = 0x30 + (byte & 15) if byte & 15 < 10 else 0x57 + (byte & 15)
                    to += 6
            else:
                if byte in (QUOTE, BACKSLASH):
                    out[to] = BACKSLASH
                    to += 1
                out[to] = byte
                to += 1
            at += 1
        out[to] = QUOTE
        to += 1


def json_strings(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Row `i` as a JSON string is `out[bounds[i]:bounds[i + 1]]`."""
    bounds = np.zeros(len(offsets), np.int64)
    _measure(data, offsets, bounds, _SHORT)
    out = np.empty(int(bounds[-1]), np.uint8)
    _write(data, offsets, _SHORT, out)
    return out, bounds
