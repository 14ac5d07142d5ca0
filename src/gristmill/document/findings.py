"""Findings: the groups of records that a step or rule removes more often than others like them, the worst first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from gristmill.build.finished import Finished
from gristmill.document import figures
from gristmill.document.disparity import adjusted, disparity
from gristmill.document.removals import FAMILIES, Dimension, Family, Removals, Unit, mentions_of, removals
from gristmill.document.visible import plain

LEAST_RECORDS = 20
"""Records of a group that can be compared, and ..."""
LEAST_GONE = 5
"""... of them that went, or would at the rate of the rest: with fewer of either, nothing is tested."""
WORST_Q = 0.05
"""A false discovery rate (Benjamini and Hochberg 1995): one in twenty of what is named may be chance."""
LEAST_RATIO = 1.25
"""The four-fifths rule (29 CFR 1607.4 D, EEOC 1978), turned to rates of removal: 1 / 0.8."""

_WARNED = ("counter_speech", "dialect")


@dataclass(frozen=True, slots=True)
class Finding:
    """A group that a step or rule removes more often than others like it."""

    dimension: Dimension
    group: str
    unit: Unit
    went: int
    of: int
    expected: float
    ratio: float
    low: float
    high: float
    survival: float
    q: float

    @property
    def what(self) -> str:
        """The records it is about, as the subject of a sentence."""
        group = plain(self.group[:80])
        return {
            "counter_speech": "texts that denounce hate",
            "dialect": f"texts in {group}",
            "identity": f"texts that name {group}",
            "language": f"texts in the language {group}",
            "script": f"texts in the script {group}",
            "source": f"records of {group}",
            "domain": f"pages of {group}",
        }[self.dimension.key]

    @property
    def others(self) -> str:
        return {
            "people": "others of their language and length",
            "languages": "all others" if self.dimension.key == "language" else "others of their language",
            "places": "others of their language",
        }[self.dimension.family]

    @property
    def times(self) -> str:
        """How many times as often as others."""
        return "∞" if math.isinf(self.ratio) else f"{self.ratio:.3g}"

    @property
    def interval(self) -> str:
        return f"{self.low:.3g} to {self.high:.3g}"

    def sentence(self) -> str:
        """What a person should know, in one line."""
        often = (
            f"while none of {self.others} went"
            if math.isinf(self.ratio)
            else f"{self.times} times as often as {self.others}"
        )
        return (
            f"{plain(self.unit.name)} removed {figures.count(self.went)} of {figures.count(self.of)} {self.what}, "
            f"{often} (95 % interval {self.interval})"
        )


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was counted, what was found of it (the worst first), and in how many comparisons of each family."""

    counted: tuple[Removals, ...]
    findings: tuple[Finding, ...]
    tested: Mapping[Family, int]

    def of(self, family: Family) -> list[Finding]:
        """Those of one family."""
        return [finding for finding in self.findings if finding.dimension.family == family]


_assessed: WeakKeyDictionary[Finished, Assessment] = WeakKeyDictionary()


def assess(build: Finished) -> Assessment:
    """Compare every group with the rest at every step and rule; once for an opened build."""
    if build not in _assessed:
        counted = tuple(removals(build))
        found: list[Finding] = []
        tested: dict[Family, int] = {}
        for family in FAMILIES:
            mine = [one for one in counted if one.dimension.family == family]
            some, tested[family] = _findings(mine)
            found += some
        _assessed[build] = Assessment(counted, tuple(found), tested)
    return _assessed[build]


def warnings(build: Finished) -> list[str]:
    """Filters that remove texts that denounce hate, or a dialect, more often than others: a sentence each."""
    if mentions_of(build) is None:
        return []
    named = [finding for finding in assess(build).findings if finding.dimension.key in _WARNED]
    return [finding.sentence() for finding in named]


def _findings(counted: Sequence[Removals]) -> tuple[list[Finding], int]:
    """What is to be named of one family, the worst first, and how many comparisons were made.

    Each family has its own correction: sources differ by nature, and their many true differences would make the
    bound for people laxer.
    """
    made = []
    for one in counted:
        for place, group in enumerate(one.groups):
            result = disparity(one.went[place], one.came[place], one.all_went[0], one.all_came[0])
            enough = np.maximum(result.went, result.expected) >= LEAST_GONE
            p = np.where((result.informative >= LEAST_RECORDS) & enough, result.p, np.nan)
            made.append((one, group, result, p))
    if not made:
        return [], 0
    q = adjusted(np.concatenate([p for *_, p in made]))
    tested = int((~np.isnan(q)).sum())
    found = []
    for one, group, result, p in made:
        mine, q = np.split(q, [len(p)])
        far = (result.low > 1) & (result.ratio >= LEAST_RATIO) & (result.went >= LEAST_GONE)
        for at in np.flatnonzero((mine <= WORST_Q) & far).tolist():
            numbers = (result.expected, result.ratio, result.low, result.high, result.survival, mine)
            found.append(
                Finding(
                    one.dimension,
                    group,
                    one.units[at],
                    int(result.went[at]),
                    int(result.informative[at]),
                    *(float(values[at]) for values in numbers),
                )
            )
    return _worst(found), tested


def _worst(found: Sequence[Finding]) -> list[Finding]:
    """One finding for a group and step, a rule before its step; those with the highest lower bound first."""
    best: dict[tuple[str, str, str], Finding] = {}
    for finding in sorted(found, key=lambda one: (one.unit.rule is None, -one.low, one.unit.name)):
        best.setdefault((finding.dimension.key, finding.group, finding.unit.step.name), finding)
    return sorted(
        best.values(),
        key=lambda one: (one.dimension.key not in _WARNED, -one.low, one.dimension.key, one.group, one.unit.name),
    )
