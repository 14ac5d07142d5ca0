"""The turns of one record with what linters found in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gristmill.build.finished import Finished
from gristmill.build.stored import Spot, texts
from gristmill.records.turns import ROLE_NAMES, SEPARATOR, delivered

EVIDENCE = "evidence"
"""The signal of a linter that says what stands where it found something: `check: words; check: words`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn: who speaks, what, and the checks that found something there."""

    role: str
    text: str
    findings: tuple[str, ...] = ()


def spoken(build: Finished, spot: Spot, text: str, evidence: Iterable[str]) -> tuple[Spoken, ...]:
    """The turns of the text at a spot. What no turn holds is with the last one."""
    roles = texts(build, [spot], of_turns=lambda row: "".join(turn.role for turn in delivered(row)))[spot]
    said = text.split(SEPARATOR)
    if len(roles) < len(said):  # one that a trainer's format took apart
        return ()
    found: list[list[str]] = [[] for _ in said]
    bare = [" ".join(turn.split()) for turn in said]
    for one in (told for all_ in evidence for told in all_.split("; ")):
        stands = one.partition(": ")[2]
        at = next((at for at, turn in enumerate(bare) if stands and stands in turn), len(said) - 1)
        found[at].append(one)
    return tuple(
        Spoken(ROLE_NAMES[role], turn, tuple(findings))
        for role, turn, findings in zip(roles, said, found, strict=False)
    )
