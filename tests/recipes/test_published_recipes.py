"""The recipes after published work: they say what they follow, and those for crawls run on the demo's documents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.lint import lint
from gristmill.recipe.load import loads

HOUSE = Path(__file__).parents[2]
PUBLISHED = sorted((HOUSE / "recipes").glob("*.yaml"))
CRAWLS = [path for path in PUBLISHED if "[crawl]" in path.read_text()]
EVERY = [*PUBLISHED, HOUSE / "examples" / "demo" / "recipe.yaml"]
WEB = HOUSE / "examples" / "demo" / "web"


def head(recipe: Path) -> str:
    """The comment that a recipe opens with."""
    lines = recipe.read_text().splitlines()
    return "\n".join(lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))])


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_it_says_what_it_follows_and_where_it_departs(path: Path) -> None:
    follows, departs = head(path).split("# Departs")
    assert re.search(r"# Follows .+https://", follows, re.DOTALL)
    assert departs.count(" - ") >= 3


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.parent.name + "/" + path.stem)
def test_it_has_no_fault_and_asks_for_nothing_odd(path: Path) -> None:
    assert lint(loads(path.read_text(), str(path), path.parent)) == []


@pytest.mark.parametrize("path", CRAWLS, ids=lambda path: path.stem)
def test_it_keeps_prose_and_drops_the_rest(path: Path, tmp_path: Path) -> None:
    text = path.read_text()
    assert text.count("[crawl]") == 1
    recipe = loads(text.replace("[crawl]", f"[{WEB.as_posix()}]"), path.name, tmp_path)

    counts = build(recipe, write_report, workers=2).manifest["counts"]

    assert counts["read"] == 1073
    assert counts["read"] == sum(counts[fate] for fate in ("kept", "dropped", "merged", "quarantined"))
    assert counts["quarantined"] == 1
    assert 20 < counts["kept"] < 500
    assert counts["dropped"] > 400
    assert counts["merged"] > 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's own recipe, built elsewhere."""
    path = HOUSE / "examples" / "demo" / "recipe.yaml"
    elsewhere = tmp_path_factory.mktemp("demo")
    for folder in ("web", "mail", "prose"):
        (elsewhere / folder).symlink_to(path.parent / folder)
    return build(loads(path.read_text(), path.name, elsewhere), write_report, workers=2).folder


def test_every_step_of_the_demo_drops_something_and_most_of_what_is_prose_stays(demo: Path) -> None:
    manifest = json.loads((demo / "manifest.json").read_text())
    lost = {entry["step"]: entry["dropped"] + entry["merged"] for entry in manifest["funnel"]}
    for step in ("language", "gopher_repetition", "gopher_quality", "fineweb_quality"):
        assert lost[step] > 20
    assert lost["exact_duplicates"] > 5
    assert lost["near_duplicates"] > 50
    kept = ds.dataset(demo / "data", exclude_invalid_files=True).to_table(columns=["source"])["source"].to_pylist()
    assert sum(source.startswith("prose/") for source in kept) == 29
    assert 400 < len(kept) < 900


def test_british_pages_of_the_demo_go_in_favour_of_american_ones_or_these_of_them(demo: Path) -> None:
    records = ds.dataset(demo / "ledger" / "records").to_table(columns=["rid", "url", "fate", "twin", "similarity"])
    rows = {row["rid"]: row for row in records.to_pylist()}
    pairs = [
        (row["url"].replace("en-GB", "en-US"), rows[row["twin"]]["url"].replace("en-GB", "en-US"))
        for row in rows.values()
        if row["fate"] == "merged" and "/en-" in (row["url"] or "")
    ]
    assert len(pairs) > 50
    assert sum(a.split("?")[0] == b.split("?")[0] for a, b in pairs) / len(pairs) > 0.8
