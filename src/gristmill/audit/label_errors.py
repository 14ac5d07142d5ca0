"""Find labels that are likely wrong: those that a model, which has not seen them, is confidently against."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
from pydantic import Field

from gristmill.audit._confident_learning import Method, likely_errors, suggested
from gristmill.audit._out_of_fold import Texts, out_of_fold, packed, unpacked
from gristmill.contracts.selecting import LABEL_ERROR, SELECTED, Candidates, Choice, Scores, SelectStep, all_stay
from gristmill.contracts.step import Keys, Nodes, threshold
from gristmill.contracts.turnwise import asked
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind

LARGE = pa.large_string()
MOST_LABELS = 1000


class LabelErrors(SelectStep):
    """Looks for examples with a wrong label by confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021).

    A linear model over n-grams of characters and words judges each example without having seen it or an equal input: by
    `folds`-fold cross-validation, calibrated on what it did not see. An example is found where the model is surer of
    another label than it is of that label on average, and by `method` there are as many as are estimated to be wrong.

    With `action: tell` all stay. `ledger/selection` has for each the share the model gives its label, and for those
    found a rank, the likeliest error first, and as `neighbour` a typical example of the label that fits better.
    Examples without a label or input, or of a label that fewer than `fewest` have, are not judged.
    """

    works_on: ClassVar[tuple[Kind, ...]] = ("example",)
    reads_turns: ClassVar[bool] = True
    reason: ClassVar[str] = "label_error"

    action: Literal["tell", "drop"] = threshold("tell", description="What becomes of those that are found.")
    method: Method = threshold(
        "both", description="How many are taken: all confident ones, as many of each label, of each pair, or of both."
    )
    folds: int = threshold(5, ge=2, le=20, description="Parts of the set; each is judged by what the others teach.")
    fewest: int = threshold(20, ge=2, le=10_000, description="Examples that a label must have to be judged.")
    epochs: int = threshold(5, ge=1, le=100, description="How often a model goes through its examples.")
    most_bytes: int = Field(2000, ge=64, le=1 << 16, description="Bytes of an input that are looked at.")

    @property
    def ranked_by(self) -> tuple[str, ...]:
        return ()

    def field_scores(self, view: View, name: str) -> pa.Array:
        return pa.nulls(len(view), pa.float64())

    def strata(self, view: View) -> pa.Array:
        """The label of each asked row."""
        contents = view.column("content")
        values = [None] * len(view) if contents is None else contents.to_pylist()
        return pa.array([None if value is None else _label(orjson.loads(value)) for value in values], LARGE)

    def evidence(self, view: View) -> tuple[Keys, Nodes]:
        """The input of each asked row, as far as it is looked at."""
        return packed(asked(view), self.most_bytes)

    def choose(self, candidates: Candidates) -> Choice:
        names, given = _numbered(candidates.strata)
        texts = unpacked(candidates.evidence)
        given[texts.lengths == 0] = -1
        counts = np.bincount(given[given >= 0], minlength=len(names))
        given[np.isin(given, np.flatnonzero(counts < self.fewest))] = -1
        kinds, numbers = np.unique(given[given >= 0], return_inverse=True)
        if len(kinds) > MOST_LABELS:
            raise ValueError(f"there are {len(kinds):,} labels, and at most {MOST_LABELS:,} can be judged")
        judged = np.flatnonzero(given >= 0)
        if len(kinds) < 2:
            return all_stay(candidates)
        return self._judged(candidates, texts, judged, numbers, len(kinds))

    def _judged(self, candidates: Candidates, texts: Texts, judged: Nodes, given: Nodes, labels: int) -> Choice:
        """`given` is the number of the label of each of the `judged` candidates."""
        shares = out_of_fold(texts, judged, given, labels, self.folds, self.epochs)
        found = likely_errors(shares, given, self.method)
        own = shares[np.arange(len(given)), given]
        better = suggested(shares, given)
        typical = _typical(own, given, found, candidates.ids[judged], labels)
        wrong = np.flatnonzero(found)
        margin = shares[wrong, better[wrong]] - own[wrong]
        order = wrong[np.lexsort((candidates.ids[judged][wrong], -margin))]
        told = all_stay(candidates)
        told.score[judged] = own
        told.rank[judged[order]] = np.arange(1, len(order) + 1)
        told.neighbour[judged[wrong]] = judged[typical[better[wrong]]]
        told.reach[judged[wrong]] = shares[wrong, better[wrong]]
        told.outcome[judged[wrong]] = LABEL_ERROR if self.action == "drop" else SELECTED
        return told

    def about(self) -> str:
        return f"label_errors: {self.folds} folds, {self.method}; what is found is {self.action}"


def _label(content: Any) -> str | None:
    """The label as text, where it is one class; NaN is none."""
    label = content.get("label") if isinstance(content, dict) else None
    if label is None or isinstance(label, list | dict) or label != label:
        return None
    return label if isinstance(label, str) else orjson.dumps(label).decode()


def _numbered(labels: pa.Array) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The labels in order, and the number of each candidate's; -1 without."""
    names = sorted(set(labels.drop_null().to_pylist()))
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([-1 if label is None else place[label] for label in labels.to_pylist()], np.int64)


def _typical(own: Scores, given: Nodes, found: npt.NDArray[np.bool_], ids: Nodes, labels: int) -> Nodes:
    """Of each label the example that the model is surest of, among those not found where there are any."""
    order = np.lexsort((ids, -own, found))
    first = np.full(labels, -1, np.int64)
    first[given[order[::-1]]] = order[::-1]
    return first
