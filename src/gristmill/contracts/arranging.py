"""What steps have in common that arrange all records rather than look for copies among them."""

from __future__ import annotations

from typing import ClassVar

from gristmill.contracts.step import CorpusStep, Keep, Label


class ArrangingStep(CorpusStep):
    """A whole-corpus step without the options of one that drops copies: they have no meaning for it."""

    keep: ClassVar[Keep] = "lowest_id"  # type: ignore[misc]
    keep_signal: ClassVar[str | None] = None  # type: ignore[misc]
    copies: ClassVar[int] = 1  # type: ignore[misc]
    columns: ClassVar[tuple[Label, ...] | None] = ()  # type: ignore[misc]
    column_prefix: ClassVar[str] = ""  # type: ignore[misc]
    against: ClassVar[tuple[str, ...]] = ()  # type: ignore[misc]
