"""Whose rule decides that a text is contaminated: what each looks for, what it does, and where it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gristmill.decontaminate._index import Part
from gristmill.decontaminate._words import Wording

Variant = Literal["items", "gpt3", "datatrove", "dolma", "llama", "open_r1"]
Action = Literal["report", "drop", "cut"]
Judged = Literal["items", "share", "ngrams", "paragraphs"]
"""By what a record goes: an item found, nearly found, or answered; its share; any n-gram; any paragraph."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a variant compares, by what it judges, and what it does unless the recipe says otherwise."""

    judged: Judged
    source: str
    wording: Wording = "simplified"
    size: int = 8  # words of an n-gram
    part: Part = "everything"
    action: Action = "drop"
    max_item_share: float = 0.8


_GPT3 = "Brown et al. 2020, app. C, https://arxiv.org/abs/2005.14165"

VARIANTS: dict[Variant, Definition] = {
    "items": Definition("items", "Gristmill, docs/decontamination.md", max_item_share=0.5),
    "gpt3": Definition("ngrams", _GPT3, "unpunctuated", 13, action="cut"),
    "datatrove": Definition(
        "ngrams",
        "datatrove 0.10, https://github.com/huggingface/datatrove/blob/main/src/datatrove/pipeline/decont/n_grams.py",
        size=12,
        part="answer",
    ),
    "dolma": Definition(
        "paragraphs",
        "Soldaini et al. 2024, https://arxiv.org/abs/2402.00159; Dolma 1.6, "
        "https://github.com/allenai/dolma/tree/main/configs/dolma-v1_6/decontamination",
    ),
    "llama": Definition(
        "share",
        "Grattafiori et al. 2024, 5.1.4, https://arxiv.org/abs/2407.21783 (8-grams); "
        "Touvron et al. 2023, A.6, https://arxiv.org/abs/2307.09288 (80 %)",
    ),
    "open_r1": Definition(
        "ngrams",
        "open-r1, https://github.com/huggingface/open-r1/blob/main/scripts/decontaminate.py",
        "lowercase",
        part="question",
    ),
}
