"""A crawl held against an index of an earlier one: what is a copy goes, and the earlier one is not touched."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.indexes import _ties
from gristmill.build.lookup import find
from gristmill.cli import main
from real_command import build, built, counts, ledger, manifest, texts, write_recipe


def text(seed: int, changed: int = 0) -> str:
    """120 words, of which some are others."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghij", k=6)) for _ in range(120)]
    for k in range(changed):
        words[(k * 37) % 120] = f"other{'x' * k}"
    return " ".join(words)


def crawl(folder: Path, records: dict[str, str], *against: str, step: str = "near_duplicates", **more: Any) -> Path:
    """A folder with a recipe over these records; those of two crawls have one url where their number is one."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"id": id, "text": text, "url": f"https://x.example/{id[1:]}"} for id, text in records.items()]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = {"against": list(against), **more}
    return write_recipe(folder, "jsonl: {paths: [in.jsonl], id: id}", steps=f"[{{{step}: {json.dumps(options)}}}]")


OLD = {f"o{k}": text(k) for k in range(30)}
NEW = {
    "n0": text(0),  # the very same
    "n1": text(1, changed=3),  # nearly
    "n2": text(2, changed=60),  # another text by now
    "n100": text(100),
    "n101": text(100, changed=2),  # a copy within the new crawl
    "n102": text(102),
}


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished build, and an index of it beside."""
    monkeypatch.chdir(tmp_path)
    assert build(crawl(tmp_path / "old", OLD)).code == 0
    assert main(["index", "old/builds/x", "--to", "old.index"]) == 0
    return built(tmp_path / "old")


def digest(folder: Path) -> str:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def fates(folder: Path) -> dict[str, tuple[str, str | None]]:
    return {id: (fate, index) for id, fate, index in ledger(built(folder), "id, fate, twin_index")}


def test_what_is_a_copy_of_an_indexed_record_goes_and_names_it(tmp_path: Path, old: Path) -> None:
    before = digest(old)
    assert build(crawl(tmp_path / "new", NEW, "../old.index")).code == 0
    assert fates(tmp_path / "new") == {
        "n0": ("merged", "../old.index"),
        "n1": ("merged", "../old.index"),
        "n2": ("kept", None),
        "n100": ("kept", None),
        "n101": ("merged", None),
        "n102": ("kept", None),
    }
    assert counts(built(tmp_path / "new"))["merged"] == 3
    rids = dict(ledger(old, "id, rid"))
    twins = {id: (twin, alike) for id, twin, alike in ledger(built(tmp_path / "new"), "id, twin, similarity")}
    assert twins["n0"] == (rids["o0"], 1.0)
    assert twins["n1"][0] == rids["o1"]
    assert 0.75 <= twins["n1"][1] < 1
    assert digest(old) == before


def test_it_is_as_if_both_crawls_had_been_built_together(tmp_path: Path, old: Path) -> None:
    rng = random.Random(5)
    new = {f"n{k}": text(rng.randrange(60), changed=rng.choice((0, 1, 2, 40))) for k in range(80)}
    assert build(crawl(tmp_path / "new", new, "../old.index")).code == 0
    assert build(crawl(tmp_path / "both", OLD | new)).code == 0
    # Which of two new copies stays goes by their ids, and these go by the place in the file.
    assert len(texts(built(tmp_path / "new"))) == len(texts(built(tmp_path / "both"))) - len(OLD)


@pytest.mark.parametrize("step", ["exact_duplicates", "url_duplicates"])
def test_every_step_that_brings_records_together_can_be_asked(tmp_path: Path, old: Path, step: str) -> None:
    assert main(["index", "old/builds/x", "--step", step, "--to", "other.index"]) == 0
    assert build(crawl(tmp_path / "new", NEW, "../other.index", step=step)).code == 0
    gone = {id for id, (_, index) in fates(tmp_path / "new").items() if index}
    assert gone == ({"n0"} if step == "exact_duplicates" else {"n0", "n1", "n2"})


def test_the_same_bytes_come_out_at_any_number_of_workers(tmp_path: Path, old: Path) -> None:
    for workers in (1, 2):
        assert (
            main(["index", "old/in.jsonl", "old/builds/x", "-w", str(workers), "--to", f"by{workers}/old.index"]) == 0
        )
        assert build(crawl(tmp_path / f"by{workers}" / "new", NEW, "../old.index"), workers=workers).code == 0
    for path in (tmp_path / "by1" / "old.index").iterdir():
        assert path.read_bytes() == (tmp_path / "by2" / "old.index" / path.name).read_bytes()
    assert manifest(built(tmp_path / "by1" / "new"))["digest"] == manifest(built(tmp_path / "by2" / "new"))["digest"]


def test_an_index_stands_by_itself_and_holds_no_text(tmp_path: Path, old: Path) -> None:
    word = text(0).split()[0].encode()
    assert not any(word in path.read_bytes() for path in (tmp_path / "old.index").iterdir())
    shutil.rmtree(tmp_path / "old")
    assert build(crawl(tmp_path / "new", NEW, "../old.index")).code == 0
    assert counts(built(tmp_path / "new"))["merged"] == 3


def test_several_indexes_are_asked_together(tmp_path: Path, old: Path) -> None:
    (tmp_path / "more.jsonl").write_text(json.dumps({"id": "m", "text": NEW["n102"]}) + "\n")
    assert main(["index", "more.jsonl", "--to", "more.index"]) == 0
    assert build(crawl(tmp_path / "new", NEW, "../old.index", "../more.index")).code == 0
    assert fates(tmp_path / "new")["n102"] == ("merged", "../more.index")
    assert fates(tmp_path / "new")["n0"] == ("merged", "../old.index")


def test_nothing_goes_where_all_is_annotated_and_indexed_records_count(tmp_path: Path, old: Path) -> None:
    assert build(crawl(tmp_path / "new", NEW, "../old.index", annotate=True)).code == 0
    assert counts(built(tmp_path / "new"))["kept"] == len(NEW)
    sizes = dict(ledger(built(tmp_path / "new"), "id, cluster_size"))
    assert (sizes["n0"], sizes["n101"], sizes["n102"]) == (2, 2, None)


def test_another_index_decides_anew_without_new_sketches(tmp_path: Path, old: Path) -> None:
    recipe = crawl(tmp_path / "new", NEW, "../old.index")
    assert build(recipe).code == 0
    stores = set((built(tmp_path / "new") / ".work" / "lines").rglob("*.arrow"))
    (tmp_path / "none.jsonl").write_text(json.dumps({"text": "nothing of the kind"}) + "\n")
    assert main(["index", "none.jsonl", "--to", "none.index"]) == 0
    recipe.write_text(recipe.read_text().replace("old.index", "none.index"))
    assert build(recipe).code == 0
    assert counts(built(tmp_path / "new"))["merged"] == 1
    assert set((built(tmp_path / "new") / ".work" / "lines").rglob("*.arrow")) == stores


def test_explain_says_which_index_the_twin_is_in(tmp_path: Path, old: Path) -> None:
    assert build(crawl(tmp_path / "new", NEW, "../old.index")).code == 0
    with Finished(built(tmp_path / "new")) as finished:
        told = explain(finished, find(finished, "n0")[0].rid)
    assert "of the index ../old.index, similarity 1.000" in told.sentence
    assert told.twin is None


@pytest.mark.parametrize(
    ("index", "options", "said"),
    [
        ("../nowhere.index", {}, "no such index"),
        ("../old.index", {"bands": 10}, "was made with bands 14, the recipe has 10"),
    ],
)
def test_an_index_that_cannot_be_asked_is_refused_before_anything_is_read(
    tmp_path: Path, old: Path, index: str, options: dict[str, Any], said: str
) -> None:
    told = build(crawl(tmp_path / "new", NEW, index, **options))
    assert told.code != 0
    assert said in told.error


def test_keys_that_are_not_what_they_were_are_refused(tmp_path: Path, old: Path) -> None:
    keys = (tmp_path / "old.index" / "keys.bin").read_bytes()
    (tmp_path / "old.index" / "keys.bin").write_bytes(bytes(len(keys)))
    assert "its file keys.bin is damaged" in build(crawl(tmp_path / "new", NEW, "../old.index")).error


def test_only_a_build_may_say_whose_a_record_is(tmp_path: Path, old: Path) -> None:
    claimed = {"text": NEW["n102"], "rid": "0" * 32}
    (tmp_path / "more.jsonl").write_text(json.dumps(claimed) + "\n")
    assert main(["index", "more.jsonl", "--to", "more.index"]) == 0
    assert build(crawl(tmp_path / "new", NEW, "../more.index")).code == 0
    twins = dict(ledger(built(tmp_path / "new"), "id, twin"))
    assert twins["n102"] not in (None, "0" * 32)


def test_a_damaged_index_is_refused(tmp_path: Path, old: Path) -> None:
    (tmp_path / "old.index" / "keys.bin").write_bytes(b"")
    assert "is missing or damaged" in build(crawl(tmp_path / "new", NEW, "../old.index")).error
    for content in ("{", '{"format": "gristmill index, version 1"}'):
        (tmp_path / "old.index" / "index.json").write_text(content)
        assert "is damaged" in build(crawl(tmp_path / "new", NEW, "../old.index")).error
    (tmp_path / "old.index" / "index.json").write_text('{"format": "gristmill index, version 9"}')
    assert "no index of this version" in build(crawl(tmp_path / "new", NEW, "../old.index")).error


def test_what_cannot_be_indexed_is_refused(tmp_path: Path, old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "old/in.jsonl", "--to", "old.index"]) != 0
    assert "is there already" in capsys.readouterr().err
    assert main(["index", "old/in.jsonl", "--step", "language", "--to", "x"]) != 0
    assert "has no use for an index" in capsys.readouterr().err
    assert main(["index", "nowhere", "--to", "x"]) != 0
    assert "nowhere: there is no such file or folder" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_an_index_of_nothing_is_one(tmp_path: Path, old: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    assert main(["index", "empty.jsonl", "--to", "empty.index"]) == 0
    assert build(crawl(tmp_path / "new", NEW, "../empty.index")).code == 0
    assert counts(built(tmp_path / "new"))["merged"] == 1


SMALL = st.integers(0, 12)


@given(st.lists(SMALL, max_size=20), st.lists(SMALL, max_size=20))
def test_ties_are_all_pairs_of_equal_keys(new: list[int], known: list[int]) -> None:
    known = sorted(known)
    keys, have = np.array(new, np.uint64), np.array(known, np.uint64)
    rows, records = _ties(keys, np.arange(len(new)), have, np.arange(len(known)) + 100)
    wanted = {(i, j + 100) for i, key in enumerate(new) for j in [k for k, one in enumerate(known) if one == key][:8]}
    assert sorted(zip(rows.tolist(), records.tolist(), strict=True)) == sorted(wanted)
