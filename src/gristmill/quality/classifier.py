"""Score texts by a trained classifier of quality: one of `gristmill train-classifier`, or any fastText model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, model_validator

from gristmill.contracts.model_files import ModelStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.view import View
from gristmill.errors import InputError, near_miss
from gristmill.quality._models import NAME, Model, read

_PREFIX = "__label__"


class Classifier(ModelStep):
    """Give each text the probability of a label, and the likeliest label, by a trained model; keep what scores well.

    `model` is a folder or a file of `gristmill train-classifier`, or a supervised model of fastText (`.bin`, `.ftz`)
    with words, n-grams of words and characters, and any of its losses, quantised or not. Nothing is downloaded.

    The score is the probability of `label`. A model of two labels that was trained here knows its positive one; one
    of fastText does not, and `label` must name it (DCLM's is `hq`). With more labels and no `label` it is that of the
    likeliest. `values` gives each label a number instead, and the score is their mean by probability, as published
    classifiers of educational value are used. Probabilities of models trained here are calibrated; fastText's are not.

    With several classifiers in a recipe, `prefix` keeps their columns apart. docs/classifiers.md says how to train one.
    """

    version: ClassVar[int] = 1

    model: str | None = Field(
        None, min_length=1, description="The model, a file or folder; a relative path begins at the recipe's folder."
    )
    label: str | None = Field(None, min_length=1, description="The label whose probability is the score.")
    values: dict[str, float] | None = Field(
        None, min_length=1, description="A number for each label; the score is their mean by probability."
    )
    prefix: str = Field(
        "classifier",
        pattern=r"^[a-z][a-z0-9_]{0,40}$",
        description="What the names of the signals and columns begin with: PREFIX_score and PREFIX_label.",
    )
    min_score: float | None = threshold(None, description="Texts with a lower score go.")
    max_score: float | None = threshold(None, description="Texts with a higher score go, as for models of bad texts.")
    keep: tuple[str, ...] | None = threshold(
        None, min_length=1, description="Texts stay whose likeliest label is one of these; all unless given."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.label is not None and self.values is not None:
            raise ValueError("label and values are two ways to a score: give one of them")
        return self

    def spelled_files(self) -> tuple[str, ...]:
        if self.model is None:
            return ()
        return (str(Path(self.model) / NAME) if (self._root / self.model).is_dir() else self.model,)

    def faults(self) -> Mapping[str, str]:
        if self.model is None:
            return {"model": "names no model; `gristmill train-classifier` makes one"}
        try:
            labels = read(*self.model_files())
        except InputError as error:
            return {"model": str(error)}
        return self._wrong_labels(labels)

    def _wrong_labels(self, known: Model) -> Mapping[str, str]:
        """Options that name labels which the model has not, or none where it has to be said."""
        asked = {"label": (self.label,), "values": tuple(self.values or ()), "keep": self.keep or ()}
        for option, names in asked.items():
            for name in names:
                if name is not None and _plain(name) not in known.labels:
                    return {option: f"the model has no label {name!r}: {near_miss(_plain(name), known.labels)}"}
        if self.values is not None and len(self.values) < len(known.labels):
            missing = sorted(set(known.labels) - set(map(_plain, self.values)))
            return {"values": f"has no number for the label {missing[0]!r} of the model"}
        if len(known.labels) == 2 and self.label is None and self.values is None and known.positive is None:
            return {"label": f"the model does not say which label is the score: name one of {', '.join(known.labels)}"}
        return {}

    def signals(self) -> tuple[Signal, ...]:
        kind, told = ("share", "probability of the label") if self.values is None else ("number", "mean of the values")
        return (
            Signal(f"{self.prefix}_score", kind, told, column=True),  # type: ignore[arg-type]
            Signal(f"{self.prefix}_label", "label", "the likeliest label", column=True),
        )

    def rules(self) -> tuple[Rule, ...]:
        score, label = (signal.name for signal in self.signals())
        rules = []
        if self.min_score is not None:
            rules.append(Rule("low_score", score, low=self.min_score, option="min_score"))
        if self.max_score is not None:
            rules.append(Rule("high_score", score, high=self.max_score, option="max_score"))
        if self.keep is not None:
            rules.append(Rule("not_kept_label", label, values=tuple(map(_plain, self.keep)), option="keep"))
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        score, label = (signal.name for signal in self.signals())
        if self.model is None:
            return {score: pa.nulls(len(view), pa.float64()), label: pa.nulls(len(view), pa.string())}
        known = read(*self.model_files())
        text = view.text
        shares = known.probabilities(text.data, text.offsets, view.rows)
        unknown = np.isnan(shares[:, 0]) | np.asarray(view.batch.column("text").is_null())[view.rows]
        best = np.where(unknown, 0, np.argmax(np.nan_to_num(shares), axis=1)).astype(np.int32)
        labels = pa.DictionaryArray.from_arrays(pa.array(best, mask=unknown), pa.array(known.labels, pa.string()))
        return {score: pa.array(self._scores(known, shares, best), mask=unknown), label: labels.cast(pa.string())}

    def _scores(
        self, known: Model, shares: npt.NDArray[np.float64], best: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.float64]:
        if self.values is not None:
            numbers = {_plain(label): value for label, value in self.values.items()}
            weighed: npt.NDArray[np.float64] = shares @ np.array([numbers[label] for label in known.labels])
            return weighed
        wanted = known.positive if self.label is None else _plain(self.label)
        if wanted is None:
            return shares[np.arange(len(shares)), best]
        return shares[:, known.labels.index(wanted)]


def _plain(label: str) -> str:
    """A label without what fastText puts before it."""
    return label.removeprefix(_PREFIX)
