"""Check conversations: how they are built, what templates left in them, and what the answers say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.turnwise import Turns, turns_of
from gristmill.contracts.view import View
from gristmill.converse._answers import answer_findings
from gristmill.converse._asked_for import asked, excused
from gristmill.converse._checks import rules_of
from gristmill.converse._conversation_checks import CHECKS, ERRORS, CheckName
from gristmill.converse._repairs import repaired
from gristmill.converse._structure import Finding, structure_findings
from gristmill.converse._turn_patterns import PATTERNS
from gristmill.records.kinds import Kind
from gristmill.records.turns import ASSISTANT, USER, put_together
from gristmill.text.counting import count_words
from gristmill.text.flat import flat

_MOST_TOLD = 5
_EVIDENCE = 80
_QUOTED = 10
"""Characters of a finding that also stand in the question, where the answer only repeats them."""

_TOLD_TWICE = frozenset(("non_answer", "refusal"))
"""Checks of whole answers: `N/A` is none, whatever the question says."""


class ConversationRules(RowStep):
    """Check conversations: roles and order, tool calls, marks of templates, refusals, loops, wrong sums and more.

    Each check is a signal that counts what it found; `drop` names those that drop a record. `fix: true` first repairs
    what can be repaired without a doubt.
    """

    version: ClassVar[int] = 2
    works_on: ClassVar[tuple[Kind, ...]] = ("conversation",)
    reads_turns: ClassVar[bool] = True

    drop: tuple[CheckName, ...] = threshold(
        ERRORS, description="Checks that drop a record in which they find anything."
    )
    min_answer_words: int | None = threshold(None, ge=0, description="Fewest words of the last answer.")
    max_answer_words: int | None = threshold(None, ge=1, description="Most words of the last answer.")
    max_turns: int | None = threshold(None, ge=1, description="Most messages of user and assistant.")
    knowledge_cutoff: int | None = Field(
        None, ge=1950, le=2200, description="The last year that answers should know of; unless given, none is checked."
    )
    fix: bool = Field(
        False, description="Cut off marks of templates at the ends of turns, role names before them, and close fences."
    )

    @property
    def edits(self) -> bool:  # type: ignore[override]
        return self.fix

    def signals(self) -> tuple[Signal, ...]:
        return (
            *(check.signal for check in CHECKS),
            Signal("messages", "count", "messages of user and assistant"),
            Signal("question_words", "count", "words of the first message of a user; null without one"),
            Signal("answer_words", "count", "words of the last answer; null without one"),
            Signal("evidence", "label", "the first findings, with what stands there"),
        )

    def rules(self) -> tuple[Rule, ...]:
        bounds = (
            Rule("short_answer", "answer_words", low=self.min_answer_words, option="min_answer_words"),
            Rule("long_answer", "answer_words", high=self.max_answer_words, option="max_answer_words"),
            Rule("many_turns", "messages", high=self.max_turns, option="max_turns"),
        )
        asked = (rule for rule in bounds if rule.low is not None or rule.high is not None)
        return (*rules_of(CHECKS, self.drop), *asked)

    def edit(self, view: View) -> Edit:
        texts, roles = view.column("text"), view.column("role")
        if texts is None or roles is None:
            raise TypeError("conversation_rules repairs turns of conversations")
        pairs = zip(texts.to_pylist(), roles.to_pylist(), strict=True)
        return Edit(
            pa.array([None if text is None else repaired(text, role) for text, role in pairs], pa.large_string())
        )

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        length = len(view)
        counts = {check.name: np.zeros(length, np.int64) for check in CHECKS}
        told: list[list[str]] = [[] for _ in range(length)]

        def note(row: int, finding: Finding) -> None:
            name, evidence = finding
            counts[name][row] += 1
            if len(told[row]) < _MOST_TOLD:
                told[row].append(f"{name}: {' '.join(evidence.split())[:_EVIDENCE]}")

        turns = turns_of(view, view.rows)
        for row, finding in _structure(view):
            note(row, finding)
        for row, finding in _matched(turns):
            note(row, finding)
        for row, finding in answer_findings(turns, self.knowledge_cutoff):
            note(row, finding)
        known = np.asarray(pc.is_valid(turns.lists).to_numpy(zero_copy_only=False))
        read = np.asarray(pc.is_valid(view.batch.column("content").take(pa.array(view.rows))))
        return {
            **{name: pa.array(values, mask=~read) for name, values in counts.items()},
            **_sizes(turns, length, known),
            "evidence": pa.array(["; ".join(found) or None for found in told], pa.string()),
        }


def _structure(view: View) -> Iterator[tuple[int, Finding]]:
    texts = view.batch.column("text").take(pa.array(view.rows)).to_pylist()
    contents = view.batch.column("content").take(pa.array(view.rows)).to_pylist()
    for row, (text, content) in enumerate(zip(texts, contents, strict=True)):
        if content is not None:
            for finding in structure_findings(put_together("conversation", text or "", content)):
                yield row, finding


def _matched(turns: Turns) -> Iterator[tuple[int, Finding]]:
    """Turns that match a pattern, without those asked for; the evidence is what stands where it matches."""
    for check, roles, pattern, unless_asked in PATTERNS:
        mine = turns.of(roles)
        texts = turns.texts.take(pa.array(mine))
        hits = mine[pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)]
        if not len(hits):
            continue
        hits = hits[~excused(turns, hits, unless_asked)]
        found = turns.texts.take(pa.array(hits))
        starts = pc.find_substring_regex(found, pattern).to_pylist()
        questions = asked(turns, hits).to_pylist()
        for turn, text, start, question in zip(hits.tolist(), found.to_pylist(), starts, questions, strict=True):
            stands = text.encode()[start : start + 2 * _EVIDENCE].decode("utf-8", "ignore")
            if roles == ASSISTANT and question and check not in _TOLD_TWICE and stands[:_QUOTED] in question:
                continue  # what the question brings, the answer may repeat
            yield int(turns.rows[turn]), (check, stands)


def _sizes(turns: Turns, length: int, known: np.ndarray) -> dict[str, pa.Array]:
    whole = flat(turns.texts)
    words = count_words(whole.data, whole.offsets)
    asked, answered = (turns.roles == ord(role) for role in (USER, ASSISTANT))
    messages = np.bincount(turns.rows[asked | answered], minlength=length)
    first, last = np.full(length, -1, np.int64), np.full(length, -1, np.int64)
    questions, answers = np.flatnonzero(asked), np.flatnonzero(answered)
    first[turns.rows[questions][::-1]] = words[questions][::-1]
    last[turns.rows[answers]] = words[answers]
    return {
        "messages": pa.array(messages.astype(np.int64), mask=~known),
        "question_words": pa.array(first, mask=first < 0),
        "answer_words": pa.array(last, mask=last < 0),
    }
