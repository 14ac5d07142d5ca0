"""The README says what the repository does: its figures are those of bench/results, its excerpt is the demo's."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from gristmill.build.run import build
from gristmill.cli import main
from gristmill.document.report import write_report
from gristmill.recipe.load import loads

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "README.md").read_text("utf-8")


def test_its_figures_are_those_that_were_measured() -> None:
    spec = importlib.util.spec_from_file_location("quote", HOUSE / "bench" / "quote.py")
    assert spec is not None
    assert spec.loader is not None
    quote = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(quote)
    assert quote.in_place(README) == README, "bring it up to date: python bench/quote.py --write"


def test_what_it_shows_of_explain_is_what_explain_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = HOUSE / "examples" / "demo"
    for folder in ("web", "mail", "prose"):
        (tmp_path / folder).symlink_to(demo / folder)
    made = build(loads((demo / "recipe.yaml").read_text(), "recipe.yaml", tmp_path), write_report, workers=2)
    shown = re.search(r"\$ gristmill explain \S+ (\w+)\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert main(["explain", str(made.folder), shown[1]]) == 0
    said = capsys.readouterr().out
    for excerpt in shown[2].strip().split("...\n"):
        assert excerpt.removesuffix("...") in said


def test_every_file_that_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert "://" in target or (HOUSE / target).exists(), target
