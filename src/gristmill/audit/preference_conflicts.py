"""Find preferences that contradict others: of one prompt, the same answers ranked the other way, or in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from xxhash import xxh3_64_intdigest

from gristmill.contracts.circles import circles
from gristmill.contracts.completions import Preference, preferences, squeezed
from gristmill.contracts.selecting import CIRCLE, CONTRADICTED, SELECTED, Candidates, Choice, SelectStep, all_stay
from gristmill.contracts.step import Keys, Nodes, threshold
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind
from gristmill.text.mixing import hash_lists
from gristmill.text.ragged import offsets_of

MOST_RANKED = 64
"""Completions of one record; one with more is not judged."""

_NO_ANSWER = 0
_PAIR, _ANSWER = 61, 62  # seeds
Mask = npt.NDArray[np.bool_]


class Judgements(NamedTuple):
    """`record[k]` holds that of the answers to `prompt[k]` one is better than another."""

    record: Nodes
    prompt: Keys
    better: Keys
    worse: Keys

    def of(self, some: Mask | Nodes) -> Judgements:
        return Judgements(self.record[some], self.prompt[some], self.better[some], self.worse[some])


class PreferenceConflicts(SelectStep):
    """Brings together what all records say of the answers to one prompt, and looks whether it can be true at once.

    Prompts and answers are the same where they are equal but for white space. Where two answers were ranked both ways,
    the records of the fewer are found (`contradicted`), and those of both where they are equally many. Of what is left,
    records that close a circle, one answer better than another, that than a third, and the third than the first, are
    found too (`circle`); no order of the answers agrees with all of them. An answer that is labelled as wanted counts
    as better than none, and one that is not as worse.

    With `action: tell` all stay. `ledger/selection` has for each record found the share of those that judged the two
    answers who agree with it, and as `neighbour` a record that says otherwise. Records that rank more than 64 answers,
    or none, are not judged.
    """

    works_on: ClassVar[tuple[Kind, ...]] = ("preference",)
    reads_turns: ClassVar[bool] = True
    reason: ClassVar[str] = "contradicted"

    action: Literal["tell", "drop"] = threshold("tell", description="What becomes of those that are found.")
    circles: bool = threshold(True, description="Look for circles too.")

    @property
    def ranked_by(self) -> tuple[str, ...]:
        return ()

    def field_scores(self, view: View, name: str) -> pa.Array:
        return pa.nulls(len(view), pa.float64())

    def strata(self, view: View) -> pa.Array:
        return pa.nulls(len(view), pa.large_string())

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """The hash of the prompt, then of each answer and its place, the best being 0; nothing where none is ranked."""
        told = [[] if one is None else _ranking(one) for one in preferences(view)]
        values = np.array([number for one in told for number in one], np.uint64)
        return values, offsets_of(np.array([len(one) for one in told], np.int64))

    def choose(self, candidates: Candidates) -> Choice:
        choice = all_stay(candidates)
        judged = _judgements(np.asarray(candidates.evidence.values), np.asarray(candidates.evidence.offsets))
        order = np.argsort(candidates.ids[judged.record], kind="stable")
        judged = judged.of(order)
        found = CONTRADICTED if self.action == "drop" else SELECTED, CIRCLE if self.action == "drop" else SELECTED
        share, against = _votes(judged)
        # What agrees least is written last, and stands.
        for at in np.flatnonzero(share <= 0.5)[np.argsort(-share[share <= 0.5], kind="stable")].tolist():
            record = judged.record[at]
            choice.outcome[record], choice.score[record], choice.neighbour[record] = found[0], share[at], against[at]
        if self.circles:
            rest = np.flatnonzero(choice.neighbour[judged.record] < 0)
            for at, other in _in_circles(judged.of(rest)):
                record = judged.record[rest[at]]
                choice.outcome[record], choice.score[record], choice.neighbour[record] = (
                    found[1],
                    share[rest[at]],
                    other,
                )
        return choice

    def about(self) -> str:
        return f"preference_conflicts{' and circles' if self.circles else ''}; what is found is {self.action}"


def _ranking(one: Preference) -> list[int]:
    """What the evidence holds of one record."""
    placed = [(_hash(side.text), side.place) for side in one.completions]
    if len(placed) == 1:
        label = one.completions[0].stated.get("label")
        if not isinstance(label, bool):
            return []
        placed = [(placed[0][0], 0.0 if label else 1.0), (_NO_ANSWER, 1.0 if label else 0.0)]
    known = [(answer, place) for answer, place in placed if place is not None]
    if not 2 <= len(placed) == len(known) <= MOST_RANKED:
        return []
    tiers = {place: at for at, place in enumerate(sorted({place for _, place in known}))}
    return [_hash(one.prompt), *(number for answer, place in known for number in (answer, tiers[place]))]


def _hash(text: str) -> int:
    return max(xxh3_64_intdigest(squeezed(text).encode(), seed=_ANSWER), _NO_ANSWER + 1)


def _judgements(values: Keys, offsets: Nodes) -> Judgements:
    """Every two answers of a record that it does not hold to be as good as each other."""
    lengths = np.diff(offsets)
    parts: list[Judgements] = []
    for length in np.unique(lengths[lengths > 0]).tolist():
        records = np.flatnonzero(lengths == length)
        told = values[offsets[records][:, None] + np.arange(length)]
        answers, tiers = told[:, 1::2], told[:, 2::2]
        one, other = np.triu_indices((length - 1) // 2, 1)
        first = tiers[:, one] < tiers[:, other]
        better, worse = (np.where(side, answers[:, one], answers[:, other]) for side in (first, ~first))
        row, pair = np.nonzero((tiers[:, one] != tiers[:, other]) & (better != worse))
        parts.append(Judgements(records[row], told[row, 0], better[row, pair], worse[row, pair]))
    if not parts:
        none = np.empty(0, np.uint64)
        return Judgements(np.empty(0, np.int64), none, none, none)
    return Judgements(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _votes(judged: Judgements) -> tuple[npt.NDArray[np.float64], Nodes]:
    """For each judgement the share of those on its two answers that agree, and the first record that does not, or -1.

    Judgements are in the order of the ids of their records.
    """
    low, high = np.minimum(judged.better, judged.worse), np.maximum(judged.better, judged.worse)
    count = len(low)
    three = np.stack([judged.prompt, low, high], axis=1).ravel()
    pairs, pair = np.unique(hash_lists(three, np.arange(count + 1) * 3, _PAIR), return_inverse=True)
    side = 2 * pair + (judged.better == low)
    votes = np.bincount(side, minlength=2 * len(pairs))
    first = np.full(2 * len(pairs), -1, np.int64)
    first[side[::-1]] = judged.record[::-1]
    return votes[side] / np.maximum(votes[side] + votes[side ^ 1], 1), first[side ^ 1]


def _in_circles(judged: Judgements) -> Iterator[tuple[int, int]]:
    """Judgements that lie on a circle, and for each the first record that goes on from its worse answer."""
    by_prompt: dict[int, list[int]] = defaultdict(list)
    prompts, inverse, counts = np.unique(judged.prompt, return_inverse=True, return_counts=True)
    for at in np.flatnonzero(counts[inverse] > 2).tolist():
        by_prompt[int(prompts[inverse[at]])].append(at)
    for places in by_prompt.values():
        told = [(at, int(judged.better[at]), int(judged.worse[at])) for at in places]
        if (judged.record[places] == judged.record[places[0]]).all():
            continue  # one record alone has an order
        graph: dict[int, list[int]] = defaultdict(list)
        for _, better, worse in told:
            graph[better].append(worse)
        ring = {answer: number for number, part in enumerate(circles(graph)) for answer in part}
        on_ring = [one for one in told if one[1] in ring and ring[one[1]] == ring.get(one[2])]
        begins: dict[int, int] = {}
        for at, better, _ in on_ring:
            begins.setdefault(better, int(judged.record[at]))
        for at, _, worse in on_ring:
            yield at, begins[worse]
