"""Whether a phrase is said or only shown: in quotes, in code, in a quoted line."""

from __future__ import annotations

from bisect import bisect_right

from gristmill.text.flat import Bytes

_REACH = 240  # bytes to each side in which a quotation is looked for
_PAIRS = (("“", "”"), ("„", "“"), ("«", "»"), ("‘", "’"), ("「", "」"), ("『", "』"), ("‚", "‘"), ("<code", "</code"))
_SAME = ('"', "`")
_FENCE = b"```"


class Context:
    """Of one text: where its code fences are, found once."""

    def __init__(self, data: Bytes, start: int, stop: int) -> None:
        self._raw = data[start:stop].tobytes()
        self._start = start
        self._fences: list[int] = []
        at = self._raw.find(_FENCE)
        while at >= 0:
            self._fences.append(at)
            at = self._raw.find(_FENCE, at + len(_FENCE))

    def shows(self, start: int, stop: int) -> bool:
        """Whether the phrase at `data[start:stop]` is quoted or is code."""
        start, stop = start - self._start, stop - self._start
        opened = bisect_right(self._fences, start)
        if opened % 2 and opened < len(self._fences):
            return True
        line = self._raw.rfind(b"\n", max(start - _REACH, 0), start) + 1
        whole = line > 0 or start <= _REACH
        head = self._raw[line or max(start - _REACH, 0) : start].decode("utf-8", "ignore")
        end = self._raw.find(b"\n", stop, stop + _REACH)
        tail = self._raw[stop : end if end >= 0 else stop + _REACH].decode("utf-8", "ignore")
        if whole and head.startswith((">", "    ", "\t")):
            return True
        if any(head.count(mark) % 2 and mark in tail for mark in _SAME):
            return True
        if head.endswith("'") and "'" in tail:
            return True
        return any(head.rfind(left) > head.rfind(right) and right in tail for left, right in _PAIRS)
