"""The figures and the curve of docs/deduplication.md are those of bench/results."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]


def test_its_figures_and_its_curve_are_those_that_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HOUSE / "bench"))
    page = import_module("dedup_page")
    try:
        text = (HOUSE / "docs" / "deduplication.md").read_text("utf-8")
        fresh = page.in_place(text) == text and page.curve() == (HOUSE / "docs" / "deduplication.svg").read_text(
            "utf-8"
        )
    finally:
        for name in ("dedup_page", "quote"):
            sys.modules.pop(name, None)
    assert fresh, "bring it up to date: python bench/dedup_page.py --write"
