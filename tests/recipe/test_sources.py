"""Sources named on a command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gristmill.errors import InputError
from gristmill.recipe.sources import sources_of

KINDS: dict[str, dict[str, Any]] = {"parquet": {}, "jsonl": {}}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("gone.jsonl", "gone.jsonl: there is no such file or folder"),
        ("gone/", "gone/: there is no such file or folder"),
        ("gone/*.jsonl", "gone/*.jsonl: no file matches this pattern"),
        ("*.txt", "*.txt: has no file of a kind that is read here (parquet, jsonl)"),
        ("there", "there: has no file of a kind that is read here (parquet, jsonl)"),
        ("there/a.txt", "there/a.txt: has no file of a kind that is read here (parquet, jsonl)"),
    ],
)
def test_what_is_not_there_is_told_from_what_is_of_another_kind(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "there").mkdir()
    for name in ("there/a.txt", "b.txt"):
        (tmp_path / name).write_text("A text.")
    with pytest.raises(InputError) as failed:
        sources_of([source], tmp_path, KINDS)
    assert str(failed.value) == told
