"""More than one of a cluster may stay, or all of them with labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import gristmill
from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.errors import RecipeError

GROUPS = {"a": 5, "b": 2, "c": 1}


def built(folder: Path, steps: str, workers: int = 1) -> dict[str, Any]:
    lines = []
    for name, size in GROUPS.items():
        for copy in range(size):
            text = " ".join(f"{name}{chr(97 + word // 9)}{chr(97 + word % 9)}" for word in range(60)) + (
                " and more" if copy else ""
            )
            url = f"https://example.org/{name}?{'utm_source=x' * copy}"
            lines.append(json.dumps({"id": f"{name}{copy}", "url": url, "text": text}) + "\n")
    (folder / "in.jsonl").write_text("".join(lines))
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: out\ninputs:\n  - jsonl: {{paths: [in.jsonl]}}\nsteps:\n{steps}\noutputs: [parquet]\n"
    )
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=workers).manifest


def data(folder: Path) -> list[dict[str, Any]]:
    return sorted(pq.read_table(folder / "out" / "data").to_pylist(), key=lambda row: row["id"])


def ledger(folder: Path, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(f"SELECT {columns} FROM '{folder}/out/ledger/records/*.parquet' ORDER BY id").fetchall()


def test_a_cluster_is_in_the_ledger_with_its_size_and_its_members(tmp_path: Path) -> None:
    built(tmp_path, "  - near_duplicates")
    rows = ledger(tmp_path, "id, cluster, cluster_size, clustered_by")
    clusters: dict[str, list[str]] = {}
    for name, cluster, size, step in rows:
        assert (size, step) == ((GROUPS[name[0]], "near_duplicates") if cluster else (None, None))
        if cluster:
            clusters.setdefault(cluster, []).append(name)
    assert sorted(map(len, clusters.values())) == [2, 5]
    assert "cluster" not in data(tmp_path)[0]


def test_so_many_copies_of_a_cluster_stay_as_are_asked_for(tmp_path: Path) -> None:
    manifest = built(tmp_path, "  - near_duplicates: {copies: 3, columns: [cluster, cluster_size, weight]}")
    assert manifest["counts"] == {"read": 8, "kept": 6, "dropped": 0, "merged": 2, "quarantined": 0}
    rows = data(tmp_path)
    assert [row["cluster_size"] for row in rows] == [5, 5, 5, 2, 2, 1]
    assert [row["weight"] for row in rows] == pytest.approx([1 / 3] * 3 + [1 / 2] * 2 + [1])
    assert len({row["cluster"] for row in rows}) == 3 and rows[-1]["cluster"] == rows[-1]["rid"]
    # Whoever stays ranks before whoever goes, and each that is no leader still knows its twin.
    order = [(fate, rid) for fate, rid, size in ledger(tmp_path, "fate, rid, cluster_size") if size == 5]
    assert max(rid for fate, rid in order if fate == "kept") < min(rid for fate, rid in order if fate == "merged")
    assert sum(twin is not None for (twin,) in ledger(tmp_path, "twin")) == 5


def test_annotated_nothing_goes_and_the_next_step_sees_all(tmp_path: Path) -> None:
    steps = "  - url_duplicates: {annotate: true, column_prefix: url_}\n  - near_duplicates: {annotate: true}"
    manifest = built(tmp_path, steps)
    assert manifest["counts"]["kept"] == 8
    assert [entry["records_in"] for entry in manifest["funnel"]] == [8, 8, 8]
    rows = data(tmp_path)
    for prefix in ("", "url_"):
        assert [row[f"{prefix}cluster_size"] for row in rows] == [5] * 5 + [2] * 2 + [1]
        assert sum(row[f"{prefix}weight"] for row in rows) == pytest.approx(3)
    # The ledger has the last step's word.
    assert {step for (step,) in ledger(tmp_path, "clustered_by")} == {"near_duplicates", None}


def test_labels_do_not_depend_on_workers_and_a_change_of_them_computes_nothing_anew(tmp_path: Path) -> None:
    once = built(tmp_path, "  - near_duplicates: {annotate: true}", workers=2)
    stores = sorted((tmp_path / "out/.work/lines").iterdir())
    other = built(tmp_path, "  - near_duplicates: {copies: 2}")
    assert other["counts"]["kept"] == 5
    assert sorted((tmp_path / "out/.work/lines").iterdir()) == stores
    assert built(tmp_path, "  - near_duplicates: {annotate: true}")["digest"] == once["digest"]


def test_a_copy_that_stays_is_explained_as_one(tmp_path: Path) -> None:
    built(tmp_path, "  - near_duplicates: {annotate: true}")
    with Finished(tmp_path / "out") as finished:
        (rid,) = next(iter(finished.query("SELECT rid FROM records WHERE twin IS NOT NULL LIMIT 1")))
        found = explain(finished, rid)
        assert found.fate == "kept" and found.twin is not None and found.twin.similarity is not None
        assert "near_duplicates found a cluster of" in found.sentence
        assert explain(finished, found.twin.rid).merged_into_it == 0


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("  - exact_duplicates: {annotate: true}\n  - near_duplicates: {annotate: true}", "set its column_prefix"),
        ("  - near_duplicates: {annotate: true, copies: 2}", "copies says nothing"),
    ],
)
def test_labels_that_cannot_be_are_refused(tmp_path: Path, steps: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        built(tmp_path, steps)
