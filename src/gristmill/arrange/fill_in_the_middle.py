"""Turn a share of texts round, so that a model learns to fill in the middle of one from what stands on both sides."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import pyarrow as pa
import xxhash
from pydantic import Field

from gristmill.contracts.rules import Signal
from gristmill.contracts.step import Edit, RowStep
from gristmill.contracts.view import View
from gristmill.records.kinds import Kind

Format = Literal["starcoder", "qwen", "deepseek", "codellama"]

_SIZE = 1 << 64


class _Signs(NamedTuple):
    """What stands before each part, and at the end."""

    prefix: str
    suffix: str
    middle: str
    end: str = ""


_SIGNS: dict[Format, _Signs] = {
    "starcoder": _Signs("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    "qwen": _Signs("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    "deepseek": _Signs("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    "codellama": _Signs("<PRE> ", " <SUF>", " <MID>", " <EOT>"),
}


class FillInTheMiddle(RowStep):
    """Cuts a text at two places, drawn alike among all its characters, and moves the middle behind the rest.

    After Bavarian et al. 2022 (https://arxiv.org/abs/2207.14255), section 3: prefix, suffix, middle (PSM), or with the
    suffix first (SPM, in the form in which the prefix stands with the middle). Whether and where a text is cut follows
    from its record id and `seed` alone. A text that holds a token of the format stays as it is. Texts are no longer in
    their order, so this is the last step before the outputs, and the tokenizer must know the tokens as special ones.
    """

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True
    works_on: ClassVar[tuple[Kind, ...]] = ("document",)

    format: Format = Field(
        "starcoder", description="Whose tokens: starcoder (and StarCoder2), qwen, deepseek, codellama."
    )
    rate: float = Field(0.5, ge=0, le=1, description="Share of texts that are turned round; StarCoder has 0.5.")
    spm_rate: float = Field(0.5, ge=0, le=1, description="Share of these that have the suffix first.")
    min_characters: int = Field(10, ge=2, le=1_000_000, description="Shorter texts stay as they are.")
    seed: int = Field(0, ge=0, lt=1 << 32, description="Another one turns others round, at other places.")

    def signals(self) -> tuple[Signal, ...]:
        return (Signal("form", "label", "psm or spm; plain where the text stays; held where it holds a token"),)

    def edit(self, view: View) -> Edit:
        texts = view.batch.column("text").take(pa.array(view.rows))
        ids = view.batch.column("rid").take(pa.array(view.rows))
        edited, forms = [], []
        for text, id in zip(texts.to_pylist(), ids.to_pylist(), strict=True):
            one, form = self._turned(text, id) if text is not None else (None, None)
            edited.append(one)
            forms.append(form)
        return Edit(pa.array(edited, texts.type), signals={"form": pa.array(forms, pa.string())})

    def _turned(self, text: str, id: str) -> tuple[str, str]:
        signs = _SIGNS[self.format]
        if any(sign.strip() in text for sign in signs if sign):
            return text, "held"
        if len(text) < self.min_characters or self._draw(id, 0) >= self.rate:
            return text, "plain"
        a, b = sorted(int(self._draw(id, number) * (len(text) + 1)) for number in (1, 2))
        prefix, middle, suffix = text[:a], text[a:b], text[b:]
        if self._draw(id, 3) < self.spm_rate:
            before = f"{signs.prefix}{signs.suffix.lstrip()}{suffix}{signs.middle}"
            between = " " if self.format == "codellama" else ""
            return f"{before}{between}{prefix}{middle}{signs.end}", "spm"
        return f"{signs.prefix}{prefix}{signs.suffix}{suffix}{signs.middle}{middle}{signs.end}", "psm"

    def _draw(self, id: str, number: int) -> float:
        """A number from 0 up to but not with 1, another for each record, seed and purpose."""
        return (xxhash.xxh3_64_intdigest(id.encode(), self.seed << 2 | number) >> 11) / (_SIZE >> 11)
