"""What a benchmark is to a pack: its files, and which fields of a record are question, choices and answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Names = str | tuple[str, ...]


class Benchmark(BaseModel):
    """A benchmark, as the file that `gristmill pack` reads describes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: Names = Field(
        description="Files or globs: JSON Lines, JSON, CSV, TSV, Parquet or .txt (field `text`), or .gz."
    )
    question: Names = Field(description="The field with the question; of several, the texts follow each other.")
    choices: Names = Field((), description="A field with a list of choices, or one field for each choice.")
    answer: str | None = Field(None, description="The field with the answer, or with a list of answers that are right.")
    answer_is: Literal["text", "number", "letter"] = Field(
        "text", description="What the answer field has: a text, or the number (from 0) or letter of the right choice."
    )
    answer_after: str | None = Field(
        None, min_length=1, description="The short answer is what follows the last of these in the answer: '####'."
    )
    id: str | None = Field(None, description="The field with the item's id; file and record number unless given.")
    records: str | None = Field(None, description="In JSON: the key that holds the list of records.")
    columns: tuple[str, ...] = Field((), description="Names of the columns of a CSV file without a header.")


def several(names: Names) -> tuple[str, ...]:
    """One name or several, as several."""
    return (names,) if isinstance(names, str) else names
