"""Reads quoted-printable (RFC 2045, 6.7) that nobody has decoded: signs as `=3D`, lines that a soft break has cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_BREAK = re.compile(r"=\r?\n")
_CODED = re.compile(r"=(?:\r?\n|([0-9A-F]{2}))")
_OTHERWISE = re.compile(r"[?&;#][^?&;#=]{1,64}=(?!3D|\r?\n)")
"""A parameter whose sign is not coded: it stands in no quoted-printable."""


class Decoded(NamedTuple):
    """A text as it is meant; its character `k` is `starts[k]` to `stops[k]` of what was written."""

    text: str
    starts: Sequence[int]
    stops: Sequence[int]


def without_breaks(raw: str) -> str:
    """The text without soft breaks."""
    return _BREAK.sub("", raw) if "=" in raw else raw


def without_last_piece(raw: str) -> str:
    """The text before its last soft break; all of it where there is none."""
    breaks = list(_BREAK.finditer(raw))
    return raw[: breaks[-1].start()] if breaks else raw


def decoded(url: str) -> Decoded:
    """A url as it is meant. One that was never in quoted-printable ends where its line does."""
    broken = _BREAK.search(url)
    if broken is None and "=3D" not in url:
        return _as_written(url)
    if _OTHERWISE.search(url):
        return _as_written(url[: broken.start() + 1] if broken else url)
    pieces: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    at = 0
    for match in _CODED.finditer(url):
        pieces.append(url[at : match.start()])
        starts.extend(range(at, match.start()))
        stops.extend(range(at + 1, match.start() + 1))
        at = match.end()
        if match[1]:
            pieces.append(chr(int(match[1], 16)))
            starts.append(match.start())
            stops.append(at)
    pieces.append(url[at:])
    starts.extend(range(at, len(url)))
    stops.extend(range(at + 1, len(url) + 1))
    return Decoded("".join(pieces), starts, stops)


def _as_written(url: str) -> Decoded:
    return Decoded(url, range(len(url)), range(1, len(url) + 1))
