"""Records of several texts as people read them: each turn a bubble, its speaker beside it, a finding marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gristmill.build.finished import Finished
from gristmill.build.stored import Spot, texts
from gristmill.document.markup import Html, join, tag
from gristmill.document.visible import collapsed, shown
from gristmill.records.turns import ASSISTANT, CHOSEN, REASONING, REJECTED, ROLE_NAMES, TARGET, delivered

MOST_TURNS = 7
"""Turns of a record that are drawn: the first ones, and the last."""

_LONGEST, _AROUND = 420, 160
_KEPT = 4000  # characters of a turn that are looked through for a finding
_JSON_A_TURN = 8 * _KEPT  # an escaped character may take six
_ANSWERS = {ASSISTANT, CHOSEN, REASONING, TARGET}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn: the letter of its role, what is said, and how many turns before it are left out."""

    role: str
    text: str
    skipped: int = 0


def fetch(build: Finished, rids: Iterable[str]) -> dict[str, list[Said]]:
    """The turns of some records, as they are in the build; those whose texts it does not keep are left out."""
    wanted = sorted(set(rids))
    if not wanted:
        return {}
    rows = build.query("SELECT rid, file, row FROM records WHERE list_contains(?, rid) AND file IS NOT NULL", [wanted])
    spots = {rid: Spot(file, row) for rid, file, row in rows}
    found = texts(build, spots.values(), MOST_TURNS * _JSON_A_TURN, of_turns=_as_json)
    return {rid: [Said(*one) for one in orjson.loads(found[spot])] for rid, spot in spots.items() if spot in found}


def talk(turns: Iterable[Said], stands: str = "") -> Html:
    """The turns as bubbles; chosen and rejected answers side by side. What `stands` in them is marked, where found."""
    before: list[Html] = []
    sides: dict[str, list[Html]] = {CHOSEN: [], REJECTED: []}
    for said in turns:
        bubble = _bubble(said, stands)
        sides[said.role].append(bubble) if said.role in sides else before.append(bubble)
    both = [tag("div", None, *bubbles) for bubbles in sides.values() if bubbles]
    return tag("div", "talk", *before, *([tag("div", "sides", *both)] if both else []))


def _as_json(row: Mapping[str, Any]) -> str:
    turns = delivered(row)
    left_out = max(len(turns) - MOST_TURNS, 0)
    last = 3
    drawn = turns if not left_out else [*turns[: MOST_TURNS - last], *turns[-last:]]
    told = [(turn.role, turn.text[:_KEPT], 0) for turn in drawn]
    if left_out:
        role, text, _ = told[-last]
        told[-last] = (role, text, left_out)
    return orjson.dumps(told).decode()


def _bubble(said: Said, stands: str) -> Html:
    gap = tag("p", "gap", f"{said.skipped} turns are not shown") if said.skipped else ""
    side = "says answers" if said.role in _ANSWERS else "says"
    words = _marked(collapsed(said.text), stands)
    body = words if said.text.strip() else tag("i", None, "nothing")
    name = tag("span", "role", ROLE_NAMES[said.role])
    return join([gap, tag("div", side, name, tag("p", {"dir": "auto"}, body))])


def _marked(text: str, stands: str) -> Html:
    """The text, cut so that the finding is seen. One that goes over a line end is marked as far as that."""
    words = stands.split(" ")
    stands = next((told for n in range(len(words), 0, -1) if (told := " ".join(words[:n])) in text), "")
    at = text.find(stands) if stands else -1
    if at < 0:
        return shown(text, _LONGEST)
    start = max(at - _AROUND, 0) if at + len(stands) > _LONGEST else 0
    head = shown(text[start:at], _LONGEST)
    tail = shown(text[at + len(stands) :], max(_LONGEST - len(stands) - (at - start), _AROUND))
    return join(["…" if start else "", head, tag("mark", None, shown(stands, _LONGEST)), tail])
