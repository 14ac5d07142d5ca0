"""Builds that look for benchmarks: the same bytes at any number of workers, the report, and the table of items."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import gristmill
from gristmill.build import contamination
from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.lookup import find
from gristmill.build.replay import replay
from gristmill.build.run import build
from gristmill.cli import main
from gristmill.document.report import write_report
from millers_quiz import CLEAN, QUIZ, packed

RECIPE = """\
name: {name}
inputs:
  - jsonl: {{paths: [web.jsonl, books.jsonl], id: id}}
steps:
  - decontaminate: {{packs: [quiz.pack]{settings}}}
outputs:
  - jsonl: {{compression: none}}
"""
HOSTILE = "<script>alert(1)</script> \u202egnp"
PADDING = "It rained on and on over the weir, and the wheel stood still for want of a miller. " * 9


def made(root: Path, name: str, settings: str = "", workers: int = 1) -> Path:
    recipe = gristmill.loads(RECIPE.format(name=name, settings=settings), "r.yaml", root)
    return build(recipe, write_report, workers=workers).folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources: one with two items and a hostile one, one with half of an item."""
    folder = tmp_path_factory.mktemp("builds")
    packed(folder)
    half = " ".join(QUIZ[1]["question"].split()[:14])
    web = [*(text or "" for text in CLEAN), f"{PADDING}{QUIZ[0]['question']} {HOSTILE}{PADDING}", QUIZ[1]["question"]]
    for source, texts in {"web": web, "books": [PADDING, half]}.items():
        lines = (json.dumps({"id": f"{source}{n}", "text": text}) + "\n" for n, text in enumerate(texts))
        (folder / f"{source}.jsonl").write_text("".join(lines))
    return folder


def test_any_number_of_workers_gives_the_same_bytes(root: Path) -> None:
    digests = set()
    for name, workers in (("one", 1), ("two", 2)):
        digests.add(json.loads((made(root, name, workers=workers) / "manifest.json").read_text())["digest"])
    assert len(digests) == 1


def test_items_are_counted_by_what_was_read_and_what_was_kept(root: Path) -> None:
    with Finished(made(root, "one")) as finished:
        (step,) = contamination.steps(finished)
        form, mills, quiz = contamination.standings(finished, step)
        sources = contamination.by_source(finished, step)
    assert (quiz.benchmark, quiz.items, quiz.dirty_read, quiz.dirty_kept, quiz.part_kept) == ("quiz", 4, 2, 0, 1)
    assert quiz.clean == 3
    assert (form.benchmark, form.items, mills.benchmark, mills.clean) == ("form", 12, "mills", 2)
    assert sources == {("quiz", "web.jsonl"): 2, ("quiz", "books.jsonl"): 1}


def test_the_report_names_items_beside_what_records_say(root: Path) -> None:
    page = (made(root, "one") / "report.html").read_text()
    assert 'id="benchmarks"' in page
    assert "quiz:1" in page
    assert "A miller grinds 14 sacks of rye" in page
    assert "<script>alert" not in page


def test_another_threshold_decides_anew_from_what_is_stored(root: Path) -> None:
    made(root, "again")
    folder = made(root, "again", ", max_item_share: 0.3, max_near_share: 0.2")
    with Finished(folder) as finished:
        assert finished.manifest.counts.dropped == 3


def test_the_table_of_items_has_all_of_them(root: Path, tmp_path: Path) -> None:
    to = tmp_path / "items.parquet"
    arguments = ["contamination", str(made(root, "one")), "--to", str(to), "--pack", str(root / "quiz.pack")]
    assert main(arguments) == 0
    rows = {(row["benchmark"], row["item"]): row for row in pq.read_table(to).to_pylist()}
    assert len(rows) == 18
    assert (rows["quiz", "quiz:1"]["state"], rows["quiz", "quiz:1"]["read_records"]) == ("clean", 1)
    assert rows["quiz", "quiz:2"]["state"] == "in part"
    assert rows["mills", "mills:2"]["state"] == "clean"
    assert main(arguments) == 4


def test_a_build_that_looked_for_nothing_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = gristmill.loads(
        "name: none\ninputs:\n  - jsonl: web.jsonl\nsteps: []\noutputs:\n  - jsonl\n", "r.yaml", root
    )
    assert main(["contamination", str(build(recipe, write_report, workers=1).folder)]) == 3
    assert "no step of it looked for benchmarks" in capsys.readouterr().err


def test_a_cut_is_explained_by_its_diff(root: Path) -> None:
    folder = made(root, "cut", ", variant: gpt3")
    with Finished(folder) as finished:
        (hit,) = find(finished, "web7")
        told = explain(finished, hit.rid, replay=replay)
    (station,) = told.stations
    assert told.fate == "kept"
    assert station.change is not None
    assert station.change.diff is not None
    kept = "".join(path.read_text() for path in (folder / "data").rglob("*.jsonl"))
    assert "sacks of rye" not in kept
    assert PADDING[:100] in kept
