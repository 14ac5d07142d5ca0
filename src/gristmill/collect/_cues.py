"""Cues of subtitles (SubRip, WebVTT): when they are shown, and their lines without markup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from gristmill.collect._markup import Tag, tokens

ARROW = "-->"
VOICE = "\ue000"
"""What a line begins with that a voice of WebVTT is named in; no text has it."""

_MAX_CUES = 200_000


class Cue(NamedTuple):
    """What is shown for a while. Seconds; lines are plain."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(text: str, *, speakers: bool) -> list[Cue]:
    """The cues of a file in its order; blocks of notes and styles are passed over."""
    lines = text.replace(VOICE, "").split("\n")
    is_vtt = lines[0].startswith("WEBVTT")
    found: list[Cue] = []
    at = 0
    while at < len(lines) and len(found) < _MAX_CUES:
        times = _times(lines[at])
        if times is None:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _times(lines[end]) is None and not (is_vtt and not lines[end].strip()):
            end += 1
        shown = lines[at + 1 : end]
        if not is_vtt and end < len(lines):
            shown = _without_number(shown)
        plain = [one for line in shown for one in _plain(line, speakers).split("\n")]
        found.append(Cue(*times, tuple(line for line in plain if line)))
        at = end
    return found


def unrolled(found: Sequence[Cue]) -> list[Cue]:
    """Cues without the lines that were shown before, where captions roll: each cue begins with what the last one said.

    Only where a third of the cues do; else a word that is said twice is said twice.
    """
    pairs = [(before.lines, after.lines) for before, after in pairwise(found)]
    rolling = sum(bool(before and after) and _overlap(before, after) > 0 for before, after in pairs)
    if rolling * 3 < len(pairs) or len(pairs) < 3:
        return list(found)
    out: list[Cue] = []
    before: tuple[str, ...] = ()
    for cue in found:
        lines = cue.lines[_overlap(before, cue.lines) :]
        grown = bool(lines and before) and lines[0].startswith(before[-1])
        if grown and out and out[-1].lines and out[-1].lines[-1] == before[-1]:
            out[-1] = out[-1]._replace(lines=out[-1].lines[:-1])
        out.append(cue._replace(lines=lines))
        before = cue.lines or before
    return [cue for cue in out if cue.lines]


def _overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines at the end of a cue begin the next; one that has grown is none of them."""
    longest = min(len(before), len(after))
    return next((size for size in range(longest, 0, -1) if before[-size:] == after[:size]), 0)


def _times(line: str) -> tuple[float, float] | None:
    before, arrow, after = line.partition(ARROW)
    words = after.split()
    if not arrow or not words:
        return None
    start, end = _seconds(before.strip()), _seconds(words[0])
    return None if start is None or end is None else (start, end)


def _seconds(stamp: str) -> float | None:
    """`01:02:03,400`, `02:03.400`."""
    parts = stamp.replace(",", ".").split(":")
    if not 2 <= len(parts) <= 3 or len(stamp) > 20:
        return None
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return sum((number * 60.0**power for power, number in enumerate(reversed(numbers))), 0.0)


def _without_number(lines: list[str]) -> list[str]:
    """In SubRip the number of the next cue stands before its times, behind a blank line."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept[:-1] if kept and kept[-1].strip().isdigit() and (len(kept) == 1 or not kept[-2].strip()) else kept


def _plain(line: str, speakers: bool) -> str:
    out: list[str] = []
    hidden = False
    for token in tokens(_without_overrides(line)):
        if isinstance(token, str):
            out += [] if hidden else [token]
        elif token.name == "rt":
            hidden = not token.closing
        elif token.name == "br":
            out.append("\n")
        elif speakers and (name := _speaker(token)):
            out.append(f"{VOICE}{name}: ")
    return "\n".join(" ".join(part.split()) for part in "".join(out).split("\n"))


def _speaker(tag: Tag) -> str:
    is_voice = not tag.closing and tag.name.partition(".")[0] == "v"
    return " ".join(tag.rest.split())[:100] if is_voice else ""


def _without_overrides(line: str) -> str:
    """A line without `{\\an8}` and times within it (`<00:01.000>`)."""
    for begin, end in (("{\\", "}"), ("<0", ">"), ("<1", ">")):
        first, *rest = line.split(begin)
        pieces = [first]
        for piece in rest:
            _, close, after = piece.partition(end)
            pieces.append(after if close else begin + piece)
        line = "".join(pieces)
    return line
