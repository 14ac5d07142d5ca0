"""Find examples of equal or nearly equal input whose labels differ."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import orjson
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.step import CorpusStep, Evidence, Keys, Nodes, Settled, Sketch, threshold
from gristmill.contracts.turnwise import answered, asked
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind
from gristmill.text.clusters import components, distinct, to_lowest, to_next
from gristmill.text.flat import flat
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import band_keys, shingles
from gristmill.text.mixing import hash_lists, hash_rows
from gristmill.text.ragged import joined, stretches
from gristmill.text.simplify import simplified

_SAME, _PROVED, _LABEL, _PERMUTED = 41, 42, 43, 1  # seeds
_HEAD = 2
"""Numbers before the shingles of an example: the hashes of its input and of its label."""


class LabelConflicts(CorpusStep):
    """Brings examples of one input together, and looks whether their labels, or else their targets, are the same.

    Inputs are the same where their words are, case and marks aside; from `similarity` on they count as one too, by
    MinHash and the Jaccard similarity of their sets of shingles. Of examples whose labels differ, those with the most
    frequent label stay, on a tie the label of the one that `keep` prefers. With `annotate`, the default, all stay, and
    the columns `conflict_cluster` and `conflict_cluster_size` say which belong together. Examples without a label
    contradict nobody.
    """

    works_on: ClassVar[tuple[Kind, ...]] = ("example",)
    reads_turns: ClassVar[bool] = True
    reason: ClassVar[str] = "label_conflict"
    version: ClassVar[int] = 2

    # Every example of the label that wins stays, and an earlier corpus says nothing of the labels here.
    copies: ClassVar[int] = 1  # type: ignore[misc]
    against: ClassVar[tuple[str, ...]] = ()  # type: ignore[misc]

    annotate: bool = threshold(True, description="All stay, labelled; else those with a rarer label go.")
    column_prefix: str = threshold(
        "conflict_", pattern=r"^[A-Za-z0-9_]{0,40}$", description="Put before the names of the columns."
    )
    similarity: float = threshold(0.9, gt=0, le=1, description="Least similarity of inputs that count as one.")
    shingle_size: int = Field(3, ge=1, le=100, description="Words in a shingle.")
    bands: int = Field(16, ge=1, le=1000, description="Bands of minima; inputs that share one are compared.")
    rows: int = Field(6, ge=1, le=100, description="Minima in a band.")

    def sketch(self, view: View) -> Sketch:
        words, bounds = _words(view)
        some = np.diff(bounds) > 0
        same = hash_lists(words, bounds, _SAME)[some]
        near = band_keys(*shingles(words, bounds, self.shingle_size, True), self.bands, self.rows, _PERMUTED)[some]
        rows = view.rows[some]
        return Sketch(np.concatenate([rows, np.repeat(rows, self.bands)]), np.concatenate([same, near.ravel()]))

    def link(self, keys: Keys, rows: Nodes) -> tuple[Nodes, Nodes]:
        first, others = to_lowest(keys, rows)
        one, after = to_next(keys, rows)
        return np.concatenate([first, one]), np.concatenate([others, after])

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """Hashes of input and label, then the set of shingles."""
        words, bounds = _words(view)
        heads = np.stack([hash_lists(words, bounds, _PROVED), _labels(view)], axis=1)
        sets = sorted_sets(*shingles(words, bounds, self.shingle_size, True))
        return joined([(heads.ravel(), np.arange(len(view) + 1) * _HEAD), sets])

    def settle(self, a: Nodes, b: Nodes, rank: Nodes, evidence: Evidence) -> Settled:
        count = len(rank)
        a, b = distinct(count, a, b)
        values, offsets = np.asarray(evidence.values), np.asarray(evidence.offsets)
        inputs, labels = values[offsets[:-1]], values[offsets[:-1] + 1]
        sets = stretches(values, offsets[:-1] + _HEAD, offsets[1:])
        tied = inputs[a] == inputs[b]
        tied |= similarities(*sets, a, b) >= self.similarity
        groups = components(count, a[tied], b[tied])
        chosen = _most_frequent(groups, labels, rank)
        wrong = (labels > 0) & (chosen >= 0) & (labels != labels[np.maximum(chosen, 0)])
        lost = np.flatnonzero(wrong)
        conflict = np.zeros(count, np.bool_)
        conflict[groups[lost]] = True
        cluster = np.where(conflict[groups], groups, np.arange(count))
        return Settled(lost, chosen[lost], similarities(*sets, lost, chosen[lost]), cluster)


def _most_frequent(groups: Nodes, labels: Keys, rank: Nodes) -> Nodes:
    """For each node the best-ranked one of its group that has the group's most frequent label; -1 without any."""
    nodes = np.flatnonzero(labels > 0)
    # By group and label, the best-ranked first.
    nodes = nodes[np.lexsort((rank[nodes], labels[nodes], groups[nodes]))]
    first = np.ones(len(nodes), np.bool_)
    first[1:] = (np.diff(groups[nodes]) != 0) | (labels[nodes[1:]] != labels[nodes[:-1]])
    starts = np.flatnonzero(first)
    heads, sizes = nodes[starts], np.diff(starts, append=len(nodes))
    # Of each group's labels the one with the most members, then with the best-ranked one.
    order = np.lexsort((rank[heads], -sizes, groups[heads]))
    best = np.full(len(groups), -1, np.int64)
    best[groups[heads[order[::-1]]]] = heads[order[::-1]]
    found: Nodes = best[groups]
    return found


def _words(view: View) -> tuple[Keys, Nodes]:
    """The words of each input."""
    text = asked(view).text
    return simplified(text.data, text.offsets, view.rows)


def _labels(view: View) -> Keys:
    """A hash of the label of each asked row, or of its target; 0 where it has neither."""
    answer = answered(view).text
    targets, bounds = simplified(answer.data, answer.offsets, view.rows)
    of_target = np.where(np.diff(bounds) > 0, np.maximum(hash_lists(targets, bounds, _LABEL), np.uint64(1)), 0)
    contents = view.column("content")
    labels = [None if text is None else _label(text) for text in (contents.to_pylist() if contents is not None else [])]
    if not any(labels):
        return of_target.astype(np.uint64)
    texts = pa.array([label or "" for label in labels], pa.large_string())
    of_label = np.maximum(hash_rows(*flat(texts), np.arange(len(texts)), _LABEL), np.uint64(1))
    return np.where([label is not None for label in labels], of_label, of_target).astype(np.uint64)


def _label(content: str) -> str | None:
    label = orjson.loads(content).get("label")
    return None if label is None else orjson.dumps(label, option=orjson.OPT_SORT_KEYS).decode()
