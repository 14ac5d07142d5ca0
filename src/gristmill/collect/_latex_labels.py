"""Numbers as LaTeX counts them, of sections, floats, formulas and theorems, and what refers to them by a label.

A label may stand behind what refers to it, so a reference is a mark in the text until all of it was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gristmill.records.prose import one_line

UNKNOWN = "??"
"""What LaTeX prints for a label that is nowhere."""

_MARK = re.compile("\ue000([0-9]{1,9})\ue001")  # characters of private use
_DEEPEST = 4  # subsubsections; what is below has no number
_LONGEST_TITLE = 200
_PART = "part of "
_NAMES = {2: "Section", 3: "Section", 4: "Section"}


@dataclass(frozen=True, slots=True)
class _Target:
    number: str
    name: str
    title: str = ""


class Labels:
    """Counts what is numbered as it comes, and knows what was counted last: that is what a label then names."""

    def __init__(self) -> None:
        self._levels = [0] * (_DEEPEST + 1)
        self._counts: dict[str, int] = {}
        self._within: dict[str, int] = {}  # level of the sections in which a counter begins again
        self._shared: dict[str, str] = {}  # which counter another one is
        self._appendix = False
        self._last = _Target("", "")
        self._labels: dict[str, _Target] = {}
        self._asked: list[tuple[str, str]] = []

    def section(self, level: int, title: str) -> None:
        """A section that has a number; level 1 is a chapter."""
        if level > _DEEPEST:
            return
        self._levels[level:] = [self._levels[level] + 1] + [0] * (_DEEPEST - level)
        self._counts |= {counter: 0 for counter in self._counts if self._level_of(counter) >= level}
        name = "Appendix" if self._appendix else _NAMES.get(level, "Chapter")
        self._last = _Target(self._section(level), name, title[:_LONGEST_TITLE])

    def appendix(self) -> None:
        """From here on the outermost sections have letters."""
        self._appendix = True
        self._levels = [0] * (_DEEPEST + 1)

    def number_within(self, counter: str, level: int) -> None:
        """Have a counter begin again in every section of a level, and tell its number first."""
        self._within[counter] = min(level, _DEEPEST)

    def share(self, counter: str, other: str) -> None:
        """Have what is called one thing be counted with another."""
        self._shared[counter] = self._shared.get(other, other)

    def step(self, counter: str, name: str) -> str:
        """The number of the next thing that is counted."""
        counter = self._shared.get(counter, counter)
        self._counts[counter] = self._counts.get(counter, 0) + 1
        self._counts.pop(_PART + counter, None)
        return self.told(self._numbered(counter, self._counts[counter]), name)

    def part(self, counter: str, name: str) -> str:
        """The letter of the next part of a thing that is counted behind its parts."""
        letter = _letter(self._counts.get(_PART + counter, 0))
        self._counts[_PART + counter] = self._counts.get(_PART + counter, 0) + 1
        self.told(self._numbered(counter, self._counts.get(counter, 0) + 1) + letter, name)
        return letter

    def told(self, number: str, name: str) -> str:
        """A number that the source gives itself."""
        self._last = _Target(number, name)
        return number

    def label(self, key: str) -> None:
        """A name for what was counted last."""
        self._labels.setdefault(one_line(key), self._last)

    def refer(self, command: str, keys: str) -> str:
        """The mark of a reference: `command` is `ref`, `eqref`, `cref` or another one."""
        self._asked.append((command, keys))
        return f"\ue000{len(self._asked) - 1}\ue001"

    def resolved(self, text: str) -> str:
        """A text with its references as they are printed."""
        return _MARK.sub(self._printed, text)

    def _level_of(self, counter: str) -> int:
        """The level whose number is told first; that of chapters, where there are any, unless it is set."""
        return self._within.get(counter, int(self._levels[1] > 0))

    def _section(self, level: int) -> str:
        levels = self._levels[1 : level + 1]
        while levels and not levels[0]:  # no chapters, say
            levels.pop(0)
        told = list(map(str, levels))
        if told and self._appendix:
            told[0] = _letter(levels[0] - 1).upper()
        return ".".join(told)

    def _numbered(self, counter: str, count: int) -> str:
        level = self._level_of(counter)
        return f"{self._section(level)}.{count}" if level else str(count)

    def _printed(self, mark: re.Match[str]) -> str:
        number = int(mark[1])
        if number >= len(self._asked):
            return ""
        command, keys = self._asked[number]
        found = [self._labels.get(one_line(key)) for key in keys.split(",")]
        first = found[0]
        if command == "nameref":
            return (first and first.title) or UNKNOWN
        if command == "pageref":
            return UNKNOWN
        bracketed = command == "eqref" or (command != "ref" and first is not None and first.name == "Equation")
        numbers = [(target and target.number) or UNKNOWN for target in found]
        told = ", ".join(f"({one})" if bracketed else one for one in numbers)
        if command in ("ref", "eqref") or first is None or not first.name:
            return told
        return f"{first.name.lower() if command == 'cref' else first.name} {told}"


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else str(number + 1)
