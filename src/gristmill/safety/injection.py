"""Score texts by the instructions to models that they hold, and drop those that are made to inject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.safety._context import Context
from gristmill.safety._evidence import excerpt
from gristmill.safety._phrases import FAMILIES, NAMES, TOPIC, table
from gristmill.text.chat_markup import PICTURE, chat_markup
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.phrases import find_phrases
from gristmill.text.word_spans import simplified_words

_COUNTED = tuple(name for name in NAMES if name != TOPIC)
_TOPIC, _TEMPLATE, _EXFILTRATION = map(NAMES.index, (TOPIC, "template", "exfiltration"))
_MOST_SCORED = 64  # hits of a text whose surroundings are looked at
_MOST_OF_FAMILY = 3  # hits of a family that add to the score
_MOST_SHOWN = 3
_BEHIND = 60  # bytes of evidence behind a phrase


class Injection(RowStep):
    """Finds phrases of nine families in a dozen languages and makes one score of them, from 0 to 1.

    Each phrase makes an injection likelier by the weight of its family, three of a family at most; the score is the
    chance that at least one of them is one, were they independent. What is quoted or is code counts `quoted_weight`
    of that, and a text that speaks about injections often, as articles do, is scored lower the more often it does.
    The weights are ours: no published data say how many texts of a crawl inject; docs/safety.md has what was
    measured. Words are compared as `near_duplicates` compares them, so case, accents and punctuation hide nothing;
    other spellings and other words do. The same insert over many sites is found without a phrase by
    `duplicate_paragraphs` or `duplicate_spans`, behind this step: the ledger's cuts name the record that has it first.
    """

    version: ClassVar[int] = 1

    quoted_weight: float = Field(0.3, ge=0, le=1, description="How much a phrase counts in quotes or in code.")
    topic_discount: float = Field(
        0.2, ge=0, le=10, description="Score over 1 + this for each mention of the topic behind the first; 0: never."
    )
    max_score: float = threshold(0.7, ge=0, le=1, description="Drop texts of a higher score; 1 drops none.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("score", "share", "how likely the text is to instruct a model"),
            *(Signal(name, "count", f"phrases {FAMILIES[name].what}") for name in _COUNTED),
            Signal("quoted", "count", "of these, those in quotes or in code, among the first 64"),
            Signal("topic", "count", "mentions of prompt injection, jailbreaks, attackers and the like"),
            Signal("evidence", "label", "the first phrases, with their families"),
        )

    def rules(self) -> tuple[Rule, ...]:
        return (Rule("instructs_models", "score", high=self.max_score, option="max_score"),)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        size = len(view)
        found = _found(view)
        counts = np.zeros((size, len(NAMES)), np.int64)
        np.add.at(counts, (found.rows, found.families), 1)
        scores, quoted = np.zeros(size), np.zeros(size, np.int64)
        evidence: list[str | None] = [None] * size
        data, offsets = view.text
        some = found.families != _TOPIC
        rows, starts, stops, families = (column[some] for column in found)
        for row in np.unique(rows).tolist():
            first, last = np.searchsorted(rows, [row, row + 1])
            last = min(int(last), int(first) + _MOST_SCORED)
            whole = view.rows[row]
            context = Context(data, int(offsets[whole]), int(offsets[whole + 1]))
            shown = np.array([context.shows(int(starts[k]), int(stops[k])) for k in range(first, last)])
            scores[row] = self._score(families[first:last], shown, int(counts[row, _TOPIC]))
            quoted[row] = shown.sum()
            evidence[row] = _evidence(data, _Found(rows, starts, stops, families), first, int(offsets[whole + 1]))
        return {
            "score": pa.array(scores, mask=offsets[view.rows] == offsets[view.rows + 1]),
            **{name: pa.array(np.ascontiguousarray(counts[:, NAMES.index(name)])) for name in _COUNTED},
            "quoted": pa.array(quoted),
            "topic": pa.array(np.ascontiguousarray(counts[:, _TOPIC])),
            "evidence": pa.array(evidence, pa.string()),
        }

    def _score(self, families: Offsets, shown: np.ndarray, topics: int) -> float:
        none = 1.0
        for family in np.unique(families).tolist():
            weights = FAMILIES[NAMES[family]].weight * np.where(shown[families == family], self.quoted_weight, 1.0)
            none *= float(np.prod(1.0 - np.sort(weights)[::-1][:_MOST_OF_FAMILY]))
        return (1.0 - none) / (1.0 + self.topic_discount * max(topics - 1, 0))


class _Found(NamedTuple):
    """Hit k is of the family `families[k]`, at `data[starts[k]:stops[k]]` of the asked row `rows[k]`; rows ascend."""

    rows: Offsets
    starts: Offsets
    stops: Offsets
    families: Offsets


def _found(view: View) -> _Found:
    """The phrases and marks of each asked row, in the order of the text."""
    data, offsets = view.text
    hits = find_phrases(data, offsets, view.rows, table())
    marks = chat_markup(data, offsets, view.rows)
    touched = np.unique(hits.rows)
    words = simplified_words(data, offsets, view.rows[touched])
    first = words.offsets[np.searchsorted(touched, hits.rows)]
    starts = words.starts[first + hits.starts]
    stops = words.stops[first + hits.stops - 1]
    kinds = np.where(marks.entries == PICTURE, _EXFILTRATION, _TEMPLATE)
    rows = np.concatenate([hits.rows, marks.rows])
    all_starts = np.concatenate([starts, marks.starts])
    order = np.lexsort((all_starts, rows))
    return _Found(
        rows[order],
        all_starts[order],
        np.concatenate([stops, marks.stops])[order],
        np.concatenate([hits.entries, kinds])[order],
    )


def _evidence(data: Bytes, found: _Found, first: int, end: int) -> str:
    """The first phrases of the row whose hits begin with `first`; its text ends at `end`."""
    row = found.rows[first]
    said = []
    for k in range(first, min(first + _MOST_SHOWN, len(found.rows))):
        if found.rows[k] == row:
            stop = min(int(found.stops[k]) + _BEHIND, end)
            said.append(f"{NAMES[found.families[k]]}: {excerpt(data, int(found.starts[k]), stop)}")
    return "; ".join(said)
