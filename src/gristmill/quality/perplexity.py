"""How surprised a causal language model is by a text, and how much less so once it knows the prompt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from gristmill.contracts.metadata import field_of, json_object
from gristmill.contracts.onnx_models import OnnxStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import threshold
from gristmill.contracts.turnwise import turns_of
from gristmill.contracts.view import View
from gristmill.errors import InputError, MissingExtra
from gristmill.quality._causal_model import CausalModel, causal_model
from gristmill.records.turns import ASSISTANT, CHOSEN, REJECTED, TARGET

SOURCES = {
    "loss": "Li et al. 2023, arXiv:2308.12032, and its code",
    "perplexity": "Li et al. 2024, arXiv:2402.00530",
}
_BETWEEN = "\n\n"


class Perplexity(OnnxStep):
    """Measures perplexity by an ONNX model that lies on this machine, or takes it from a field of the record.

    Of a document it is that of the text; of any other record that of its last answer (the chosen one, the target)
    alone, and `given_prompt`: after all that comes before it, joined by blank lines. `ifd` is how little the prompt
    helps, the instruction-following difficulty: by `variant` the ratio of the two mean losses, as in the code of Li et
    al. 2023 (arXiv:2308.12032), or of the two perplexities, as in Superfiltering (Li et al. 2024, arXiv:2402.00530).
    Where it is 1 or more the prompt does not help, and the record goes; of the others the paper takes the highest: see
    `select`.

    A text of which no token can be scored has no perplexity. Another processor may round the last bits another way.
    Needs the extra `semantic`.
    """

    reads_turns: ClassVar[bool] = True

    begin: str | None = Field(
        None, min_length=1, description="The token that texts of the model begin with, such as <s>; none unless given."
    )
    max_tokens: int = Field(1024, ge=2, le=100_000, description="What the model sees at most; the answer is cut first.")
    variant: Literal["loss", "perplexity"] = Field("loss", description="What ifd is the ratio of.")
    field: str | None = Field(
        None, min_length=1, description="In place of a model: the field of the record that holds its perplexity."
    )
    min_perplexity: float | None = threshold(None, ge=0, description="Least perplexity.")
    max_perplexity: float | None = threshold(None, gt=0, description="Most perplexity.")
    min_ifd: float | None = threshold(None, ge=0, description="Least ifd.")
    max_ifd: float | None = threshold(1.0, gt=0, description="An ifd from here on is dropped; null drops none.")

    def _opened(self) -> CausalModel | None:
        files = self.model_files()
        return causal_model(*files, self.begin) if files else None

    def faults(self) -> Mapping[str, str]:
        if (self.model is None) == (self.field is None):
            return {"model": "name the ONNX file of a causal model or the field that holds the perplexity, one of them"}
        try:
            self._opened()
        except (InputError, MissingExtra) as error:
            return {"model": str(error)}
        return {}

    def signals(self) -> tuple[Signal, ...]:
        return (
            Signal("perplexity", "number", "e to the mean -ln p of the tokens of the text, or of the answer alone"),
            Signal("given_prompt", "number", "the same of the answer, after the prompt"),
            Signal("ifd", "number", "how much of the surprise is left after the prompt"),
        )

    def rules(self) -> tuple[Rule, ...]:
        rules = []
        if self.min_perplexity is not None:
            rules.append(Rule("perplexity_too_low", "perplexity", low=self.min_perplexity, option="min_perplexity"))
        if self.max_perplexity is not None:
            rules.append(Rule("perplexity_too_high", "perplexity", high=self.max_perplexity, option="max_perplexity"))
        source = SOURCES[self.variant]
        if self.min_ifd is not None:
            rules.append(Rule("prompt_says_all", "ifd", low=self.min_ifd, source=source, option="min_ifd"))
        if self.max_ifd is not None:
            rules.append(
                Rule("prompt_does_not_help", "ifd", high=self.max_ifd, open_high=True, source=source, option="max_ifd")
            )
        return tuple(rules)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        if self.field is not None:
            metadata = view.column("metadata")
            objects = [None] * len(view) if metadata is None else metadata.to_pylist()
            given = [_number(field_of(json_object(one), self.field)) for one in objects]
            return _signals(given, [None] * len(view), [None] * len(view))
        model = self._opened()
        alone: list[float | None] = [None] * len(view)
        after: list[float | None] = [None] * len(view)
        if model is not None:
            for row, asked, answer in _sides(view):
                prompt = model.ids(asked + _BETWEEN, self.max_tokens) if asked else np.empty(0, np.int64)
                ids = model.ids(answer, self.max_tokens - len(prompt)) if len(prompt) < self.max_tokens else prompt[:0]
                alone[row] = model.loss(prompt[:0], ids)
                if asked:
                    after[row] = model.loss(prompt, ids)
        ifd = [_ratio(one, other, self.variant) for one, other in zip(after, alone, strict=True)]
        return _signals([_exp(loss) for loss in alone], [_exp(loss) for loss in after], ifd)


def _sides(view: View) -> Iterator[tuple[int, str, str]]:
    """Each asked row that has an answer: what comes before it, and it; of a document nothing and the text."""
    if "roles" not in view.batch.schema.names:
        text = view.column("text")
        for row, value in enumerate([] if text is None else text.to_pylist()):
            if value:
                yield row, "", value
        return
    turns = turns_of(view, view.rows)
    texts = turns.texts.to_pylist()
    answers = turns.of(ASSISTANT + CHOSEN + TARGET)
    last = dict(zip(turns.rows[answers].tolist(), answers.tolist(), strict=True))
    lost = set(turns.of(REJECTED).tolist())
    first = np.searchsorted(turns.rows, np.arange(len(view)))
    for row, at in last.items():
        if texts[at]:
            yield row, _BETWEEN.join(texts[k] for k in range(first[row], at) if k not in lost), texts[at]


def _signals(perplexity: list[float | None], given: list[float | None], ifd: list[float | None]) -> dict[str, pa.Array]:
    columns = {"perplexity": perplexity, "given_prompt": given, "ifd": ifd}
    return {name: pa.array(values, pa.float64()) for name, values in columns.items()}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _exp(loss: float | None) -> float | None:
    """Above e^700 there is no number."""
    return None if loss is None else math.exp(min(loss, 700.0))


def _ratio(after: float | None, alone: float | None, variant: str) -> float | None:
    if after is None or alone is None or alone <= 0:
        return None
    return after / alone if variant == "loss" else math.exp(min(after - alone, 700.0))
