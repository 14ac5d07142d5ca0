"""What a stored part depends on, as a hash: equal fingerprints hold equal bytes.

Three things are told apart. The *context* of a line is everything that shaped the record as the line sees it:
the reader, the edits and the columns added before it. What is *computed* in a line depends on the context
and on the settings that compute. What is *decided* depends on every setting of every line so far.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gristmill.contracts.reader import Reader, Unit
from gristmill.contracts.sink import Sink
from gristmill.contracts.step import Step
from gristmill.contracts.turnwise import Of
from gristmill.recipe.plan import Plan

LAYOUT = 4
"""Raise it when parts are laid out otherwise; no stored part is then used again."""

_PIECES = 2
"""The same for what texts are cut up into."""


def fingerprint(*things: Any) -> str:
    """32 hex digits of anything JSON can say; keys sorted, so that order of writing does not matter."""
    body = orjson.dumps(things, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def settings(step: Step) -> dict[str, Any]:
    """All settings of a step, thresholds and the digests of its files among them."""
    return {**step.computing_settings(), **step.model_dump(mode="json"), "decided_by": step.decided_by()}


def sink_settings(sink: Sink) -> list[Any]:
    """What the files of an output depend on: its settings, and the digests of what it reads."""
    return [sink.name(), sink.version, sink.model_dump(mode="json"), dict(sink.reads())]


def unit_key(unit: Unit) -> str:
    """A unit's identity: its files as they are now, and its bounds."""
    members = [
        (member.source, member.size, member.identity, *([member.checksum] if member.checksum else []))
        for member in unit.members
    ]
    return fingerprint(members, unit.start, unit.stop)


@dataclass(frozen=True, slots=True)
class PassPrints:
    """Fingerprints of one pass: of the text of each stretch, of each line by its index, and of the verdicts.

    `pieces` is that of what the line that cuts behind it has cut texts up into. What it found to be cut is not in the
    prints of the passes behind: it depends on all units.
    """

    texts: tuple[str, ...]
    lines: Mapping[int, str]
    verdicts: str
    pieces: str = ""


def pass_prints(plan: Plan, reader: Reader, seconds_per_record: float) -> list[PassPrints]:
    """One for each pass, for units of this reader. Corpus verdicts are left out: they depend on all units.

    A record that took too long is tried again where more time is given, so the limit is part of what is decided.
    """
    context = fingerprint(LAYOUT, reader.computing_settings())
    decided: list[Any] = [context, seconds_per_record]
    prints = []
    computed: list[str] = []

    def of_line(step: Step, of: Of = "all") -> str:
        """Two lines that compute the same have a store each."""
        own = fingerprint(context, step.computing_settings(), *([of] if of != "all" else []))
        computed.append(own)
        again = computed.count(own) - 1
        return fingerprint(own, again) if again else own

    for one in plan.passes:
        texts = []
        lines = {}
        for stretch in one.stretches:
            for line in stretch.edits:
                lines[line.index] = context = of_line(line.step, line.of)
            texts.append(context)
            for line in stretch.measures:
                lines[line.index] = of_line(line.step, line.of)
                if any(signal.column for signal in line.signals):
                    context = lines[line.index]
            decided.extend([line.name, line.of, settings(line.step)] for line in stretch.lines)
        pieces = fingerprint(of_line(one.cut.step), _PIECES) if one.cut else ""
        prints.append(PassPrints(tuple(texts), lines, fingerprint("verdicts", decided), pieces))
        for corpus in one.corpus:
            lines[corpus.index] = of_line(corpus.step, corpus.of)
            decided.append([corpus.name, corpus.of, settings(corpus.step)])
    return prints
