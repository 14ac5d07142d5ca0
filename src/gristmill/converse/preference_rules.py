"""Find what is wrong with preferences: pairs that are none, sides that contradict each other, scores in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.completions import Completion, Preference, key_of, number, preferences, squeezed
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, threshold
from gristmill.contracts.view import View
from gristmill.converse._checks import Found, counted, errors, rules_of
from gristmill.converse._cut_off import cut_off
from gristmill.converse._leaked_scores import leaked_scores
from gristmill.converse._likeness import likeness
from gristmill.converse._preference_checks import CHECKS, PreferenceCheck
from gristmill.converse._refusals import declines, refuses, relents
from gristmill.records.kinds import Kind

_LARGE = pa.large_string()
_ASKERS = frozenset(("user", "tool"))
_LONGEST_QUOTE = 80
_MOST_RANKED = 32


class PreferenceRules(RowStep):
    """Checks every preference: pairs, rankings, rated completions and labelled ones (KTO).

    A check counts what it finds in a record, and says nothing of one that it does not apply to. Errors drop the record,
    warnings are only told; `drop` says otherwise. With more than two completions, chosen is the best and rejected the
    worst of them. Words of both sides, `prompt_key` and `order` in the ledger are what counts over the whole set need:
    whether longer answers win, whether judges of one pair agree, which rankings contradict each other.
    """

    version: ClassVar[int] = 2
    works_on: ClassVar[tuple[Kind, ...]] = ("preference",)
    reads_turns: ClassVar[bool] = True

    drop: tuple[PreferenceCheck, ...] = threshold(
        errors(CHECKS), description="Checks whose records go; the others are only told."
    )
    max_similarity: float = threshold(
        0.95, ge=0, le=1, description="Most similarity of chosen and rejected, by pairs of words, for near_equal."
    )
    max_length_ratio: float | None = threshold(
        None, ge=1, description="Most times that one side may have the words of the other; any unless given."
    )
    min_rating: float | None = threshold(None, description="Lowest rating of the scale that was used, where known.")
    max_rating: float | None = threshold(None, description="Highest rating of that scale.")

    def signals(self) -> tuple[Signal, ...]:
        return (
            *(check.signal for check in CHECKS if check.name != "near_equal"),
            Signal("similarity", "share", "of chosen and rejected: Jaccard similarity of their pairs of words"),
            Signal("chosen_words", "count", "words of chosen"),
            Signal("rejected_words", "count", "words of rejected"),
            Signal("chosen_characters", "count", "characters of chosen"),
            Signal("rejected_characters", "count", "characters of rejected"),
            Signal("length_ratio", "number", "words of the longer side over those of the shorter, 1 added to both"),
            Signal("lowest_rating", "number", "of its completions"),
            Signal("highest_rating", "number", "of its completions"),
            Signal("completions", "count", "how many it has"),
            Signal(
                "evidence",
                "label",
                "the score that leaked, which statements contradict each other, or how a completion breaks off",
            ),
            Signal("prompt_key", "label", "a hash of the prompt: equal where prompts are"),
            Signal("order", "label", "hashes of the completions, best first; > where better, = where as good"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = list(rules_of((check for check in CHECKS if check.name != "near_equal"), self.drop))
        if "near_equal" in self.drop:
            rules.append(Rule("near_equal", "similarity", high=self.max_similarity, option="max_similarity"))
        for reason, signal, option in (
            ("rating_too_low", "lowest_rating", "min_rating"),
            ("rating_too_high", "highest_rating", "max_rating"),
            ("unlike_lengths", "length_ratio", "max_length_ratio"),
        ):
            bound = getattr(self, option)
            if bound is not None:
                low = option == "min_rating"
                rules.append(
                    Rule(reason, signal, low=bound if low else None, high=None if low else bound, option=option)
                )
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        records = list(preferences(view))
        found = [None if one is None else _of_record(one) for one in records]
        evidence = [None if one is None else _contradiction(one) for one in records]
        for row, score in _scores(records):
            counts = found[row]
            if counts is not None:
                counts["leaked_score"] += 1
                evidence[row] = evidence[row] or _shown(score)
        for row, end in _cut(records):
            counts = found[row]
            if counts is not None:
                counts["cut_off"] += 1
                evidence[row] = evidence[row] or _shown(end)
        sides = _Sides(records)
        sides.refusals(found)
        ratings = [[] if one is None else _ratings(one) for one in records]
        return {
            **{name: values for name, values in counted(CHECKS, found).items() if name != "near_equal"},
            **sides.signals(len(view)),
            "lowest_rating": pa.array([min(some, default=None) for some in ratings], pa.float64()),
            "highest_rating": pa.array([max(some, default=None) for some in ratings], pa.float64()),
            "completions": pa.array([one and len(one.completions) for one in records], pa.int64()),
            "evidence": pa.array(evidence, pa.string()),
            "prompt_key": pa.array([one and key_of(one.prompt) for one in records], pa.string()),
            "order": pa.array([one and _order(one) for one in records], pa.string()),
        }


class _Sides:
    """Chosen and rejected of the rows that have both, as arrays."""

    def __init__(self, records: Sequence[Preference | None]) -> None:
        pairs = [None if one is None else one.best_and_worst() for one in records]
        self.rows = np.array([row for row, pair in enumerate(pairs) if pair], np.int64)
        self.chosen = pa.array([pair[0].text for pair in pairs if pair], _LARGE)
        self.rejected = pa.array([pair[1].text for pair in pairs if pair], _LARGE)

    def refusals(self, found: Sequence[Found | None]) -> None:
        """Which side alone refuses, into what was found."""
        sides = self.chosen, self.rejected
        refusing = [pc.and_not(refuses(side), relents(side)) for side in sides]
        doubtful = [pc.or_(refuses(side), declines(side)) for side in sides]
        alone = [pc.and_not(refusing[side], doubtful[1 - side]).to_pylist() for side in (0, 1)]
        for row, chosen, rejected in zip(self.rows.tolist(), *alone, strict=True):
            counts = found[row]
            if counts is not None:
                counts["chosen_refuses"], counts["rejected_refuses"] = int(chosen), int(rejected)

    def signals(self, length: int) -> dict[str, pa.Array]:
        alike, words = likeness(self.chosen, self.rejected)
        count = len(self.rows)
        chosen, rejected = words[:count], words[count:]
        ratio = (np.maximum(chosen, rejected) + 1) / (np.minimum(chosen, rejected) + 1)
        told = {
            "similarity": pa.array(alike, pa.float64()),
            "chosen_words": pa.array(chosen, pa.int64()),
            "rejected_words": pa.array(rejected, pa.int64()),
            "chosen_characters": pc.utf8_length(self.chosen).cast(pa.int64()),
            "rejected_characters": pc.utf8_length(self.rejected).cast(pa.int64()),
            "length_ratio": pa.array(ratio, pa.float64()),
        }
        places = np.full(length, -1, np.int64)
        places[self.rows] = np.arange(count)
        index = pa.array(places, mask=places < 0)
        return {name: values.take(index) for name, values in told.items()}


def _of_record(one: Preference) -> Found:
    """What can be told of a record by itself."""
    completions = one.completions
    lone = len(completions) == 1 and not {"label", "steps"}.intersection(completions[0].stated)
    found: Found = {
        "missing_side": int(not completions or lone),
        "empty_completion": sum(completion.empty for completion in completions),
        "empty_prompt": int(not one.prompt.strip()),
        "prompts_differ": sum(_begins_otherwise(completion) for completion in completions),
        "multi_turn": sum("user" in completion.roles[1:] for completion in completions),
        "leaked_score": 0,
        "cut_off": 0,
    }
    if one.prompt_roles:
        found["last_not_user"] = int(one.prompt_roles[-1] not in _ASKERS)
    labels = [completion.stated["label"] for completion in completions if "label" in completion.stated]
    if labels:
        found["label_not_boolean"] = sum(not isinstance(label, bool) for label in labels)
    placed = [completion.place for completion in completions]
    if len(placed) > 1 and None not in placed:
        found["tie"] = int(len(set(placed)) == 1)
    pair = one.best_and_worst()
    if pair is not None:
        best, worst = pair
        same = squeezed(best.text) == squeezed(worst.text) and not (best.calls or worst.calls)
        found["identical"] = int(same)
        found["contradictory"] = int(_contradiction(one) is not None)
    return found


def _begins_otherwise(completion: Completion) -> bool:
    return bool(completion.roles) and completion.roles[0] not in ("assistant", "tool")


def _contradiction(one: Preference) -> str | None:
    """Two statements of which one completion is better that do not agree."""
    pair = one.best_and_worst()
    if pair is None:
        return None
    ratings = [number(side.stated.get("rating")) for side in pair]
    if ratings[0] is not None and ratings[1] is not None and ratings[0] < ratings[1]:
        return f"the better one is rated {ratings[0]:g}, the worse one {ratings[1]:g}"
    if pair[0].stated.get("label") is False and pair[1].stated.get("label") is True:
        return "the better one is labelled false, the worse one true"
    if one.margin is not None and one.margin < 0:
        return f"the margin is {one.margin:g}"
    return None


def _ratings(one: Preference) -> list[float]:
    ratings = (number(completion.stated.get("rating")) for completion in one.completions)
    return [rating for rating in ratings if rating is not None]


def _scores(records: Sequence[Preference | None]) -> list[tuple[int, str]]:
    """The row of each completion that tells its score, and what it tells."""
    said = [(row, side.text, one.prompt) for row, one in enumerate(records) if one for side in one.completions]
    texts = pa.array([text for _, text, _ in said], _LARGE)
    leaked = leaked_scores(texts, pa.array([prompt for _, _, prompt in said], _LARGE))
    return [(row, score) for (row, _, _), score in zip(said, leaked.to_pylist(), strict=True) if score is not None]


def _cut(records: Sequence[Preference | None]) -> list[tuple[int, str]]:
    """The row of each completion that stops in the middle of a sentence, and how it ends."""
    said = [(row, side.text) for row, one in enumerate(records) if one for side in one.completions]
    ends = cut_off(pa.array([text for _, text in said], _LARGE))
    return [(row, end) for (row, _), end in zip(said, ends, strict=True) if end is not None]


def _order(one: Preference) -> str | None:
    """The ranking in one line; None where there is none, or where it is of very many."""
    places = [completion.place for completion in one.completions]
    if not 2 <= len(places) <= _MOST_RANKED or None in places:
        return None
    keyed = sorted((place or 0.0, key_of(side.text)) for place, side in zip(places, one.completions, strict=True))
    return "".join(
        key if not at else f"{'=' if place == keyed[at - 1][0] else '>'}{key}" for at, (place, key) in enumerate(keyed)
    )


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_LONGEST_QUOTE]).strip()
