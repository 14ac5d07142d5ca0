"""Builds that split: where records go, that it stays so, what is told of it, and what is refused."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gristmill
from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.errors import BuildError, RecipeError
from gristmill.recipe.lint import lint
from killing import kill_at_each_stage

Row = dict[str, Any]


def words(seed: int, count: int = 60) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choice("abcdefghij") for _ in range(6)) for _ in range(count)]


def near_copies(families: int, seed: int = 0) -> list[Row]:
    """Families of one to five texts that differ in a word."""
    draw = random.Random(seed)
    rows = []
    for family in range(families):
        base = words(1000 * seed + family)
        for copy in range(draw.choice([1, 1, 2, 3, 5])):
            changed = [*base[:7], f"edit{chr(97 + copy)}", *base[8:]] if copy else base
            rows.append({"id": f"{seed}-{family}-{copy}", "text": " ".join(changed), "family": f"{seed}-{family}"})
    return rows


def built(folder: Path, rows: Sequence[Row], options: str = "{}", out: str = "out", workers: int = 1) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: {out}\ninputs:\n  - jsonl: {{paths: [in.jsonl], time: time}}\n"
        f"steps:\n  - split: {options}\noutputs: [parquet]\n"
    )
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=workers).manifest


def splits(folder: Path, out: str = "out") -> dict[str, str | None]:
    """The split of each record, by its id."""
    found = duckdb.sql(f"SELECT id, split FROM '{folder}/{out}/ledger/records/*.parquet'").fetchall()
    return dict(found)


def test_families_stay_together_in_exact_shares_and_nothing_leaks(tmp_path: Path) -> None:
    rows = near_copies(200)
    manifest = built(tmp_path, rows)
    where = splits(tmp_path)
    by_family: dict[str, set[str | None]] = {}
    for row in rows:
        by_family.setdefault(row["family"], set()).add(where[row["id"]])
    assert all(len(found) == 1 for found in by_family.values())
    certificate = manifest["certificate"]
    for split in certificate["splits"]:
        assert abs(split["records"] - split["wanted"] * len(rows)) <= 5
    assert certificate["leakage"] == 0 and certificate["random_leakage"] > 0.5 and certificate["holds"]
    assert json.loads((tmp_path / "out/certificate.json").read_text()) == certificate
    assert "certificate.json" in {output["path"] for output in manifest["outputs"]}


def test_each_split_is_a_file_that_says_so_and_datasets_finds_it(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = near_copies(60)
    built(tmp_path, rows)
    files = sorted(path.name for path in (tmp_path / "out/data").iterdir())
    assert files == ["test-00000.parquet", "train-00000.parquet", "validation-00000.parquet"]
    for name in ("train", "validation", "test"):
        column = pq.read_table(tmp_path / f"out/data/{name}-00000.parquet").column("split")
        assert set(column.to_pylist()) == {name}
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train", "validation", "test"] and sum(map(len, loaded.values())) == len(rows)
    place = duckdb.sql(f"SELECT id, file, row FROM '{tmp_path}/out/ledger/records/*.parquet'").fetchall()
    for name, file, row in place:
        assert pq.read_table(tmp_path / "out" / file).column("id")[row].as_py() == name


def test_the_same_bytes_at_one_worker_and_at_two(tmp_path: Path) -> None:
    rows = near_copies(80)
    one, two = (built(tmp_path / str(n), rows, "{folds: 3, stratify: [length]}", workers=n) for n in (1, 2))
    assert one["digest"] == two["digest"]


def test_a_build_that_was_killed_comes_to_the_same_bytes(tmp_path: Path) -> None:
    rows = near_copies(400)
    whole = built(tmp_path / "whole", rows)
    folder = tmp_path / "killed"
    folder.mkdir()
    for name in ("in.jsonl", "recipe.yaml"):
        (folder / name).write_text((tmp_path / "whole" / name).read_text())
    recipe = folder / "recipe.yaml"
    kill_at_each_stage([sys.executable, "-m", "gristmill", "build", str(recipe), "-w", "2"], folder / "out" / ".work")
    again = build(gristmill.load(recipe), write_report, workers=1).manifest
    assert again["digest"] == whole["digest"]


def test_folds_are_equal_and_a_change_of_shares_computes_nothing_anew(tmp_path: Path) -> None:
    manifest = built(tmp_path, near_copies(150), "{folds: 5}")
    stores = sorted((tmp_path / "out/.work/lines").iterdir())
    sizes = [split["records"] for split in manifest["certificate"]["splits"]]
    assert len(sizes) == 5 and max(sizes) - min(sizes) <= 5
    built(tmp_path, near_copies(150), "{shares: {train: 0.5, test: 0.5}, seed: 7}")
    assert sorted((tmp_path / "out/.work/lines").iterdir()) == stores


def test_words_are_what_the_shares_count_where_that_is_asked(tmp_path: Path) -> None:
    draw = random.Random(3)
    rows = [{"id": str(k), "text": " ".join(words(k, draw.choice([20, 20, 20, 500])))} for k in range(300)]
    certificate = built(tmp_path, rows, "{measure: words}")["certificate"]
    total = sum(len(row["text"].split()) for row in rows)
    for split in certificate["splits"]:
        assert abs(split["weight"] - split["wanted"] * total) <= 500


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(5, 40), st.integers(1, 60), st.sampled_from(["stable", "exact"]))
def test_whatever_is_added_no_record_goes_to_a_split_named_earlier(
    tmp_path: Path, seed: int, first: int, more: int, assign: str
) -> None:
    folder = tmp_path / f"{seed}-{first}-{more}-{assign}"
    options = f"{{assign: {assign}, max_leakage: null}}"
    old = near_copies(first, seed)
    built(folder, old, options, out="old")
    draw = random.Random(seed)
    added = near_copies(more, seed + 1)
    for _ in range(more):  # copies of the old ones, and texts that are half of one and half of another
        one, other = (draw.choice(old)["text"].split() for _ in range(2))
        added.append({"id": f"new-{len(added)}", "text": " ".join([*one[:50], *other[30:]])})
    grown = [*old, *added]
    draw.shuffle(grown)
    later = options if assign == "stable" else "{previous: old, max_leakage: null}"
    built(folder, grown, later)
    order = ["train", "validation", "test"]
    before, after = splits(folder, "old"), splits(folder)
    assert all(order.index(after[name] or "") >= order.index(split or "") for name, split in before.items())


def test_a_group_that_joins_two_earlier_splits_is_held_out_and_counted(tmp_path: Path) -> None:
    rows = [{"id": f"a{k}", "text": " ".join(words(k)), "author": f"a{k}"} for k in range(40)]
    built(tmp_path, rows, "{groups: [metadata.author]}", out="old")
    before = splits(tmp_path, "old")
    trained = next(name for name, split in before.items() if split == "train")
    tested = next(name for name, split in before.items() if split == "test")
    for row in rows:
        if row["id"] in (trained, tested):
            row["author"] = "the same"
    manifest = built(tmp_path, rows, "{groups: [metadata.author], previous: old}")
    after = splits(tmp_path)
    assert after[trained] == after[tested] == "test"
    assert {name: split for name, split in after.items() if name != trained} == {
        name: split for name, split in before.items() if name != trained
    }
    assert any("join records of several earlier splits" in warning for warning in manifest["warnings"])


def test_time_splits_leave_a_gap_whose_records_are_dropped_with_a_reason(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"id": f"d{day:02}", "text": " ".join(words(day)), "time": f"2024-01-{day:02}T00:00:00Z"}
        for day in range(1, 31)
    ]
    rows.append({"id": "none", "text": " ".join(words(99)), "time": None})
    rows.append({"id": "late copy", "text": " ".join(words(3)), "time": "2024-01-29T00:00:00Z"})
    manifest = built(tmp_path, rows, "{from_time: {test: 2024-01-21T00:00:00Z}, gap_days: 5}")
    where = splits(tmp_path)
    assert where["d03"] == where["late copy"] == where["d21"] == "test" and where["d15"] == "train"
    assert [where[f"d{day}"] for day in range(16, 21)] == [None] * 5 and where["none"] is None
    reasons = duckdb.sql(
        f"SELECT id, reasons[1].reason FROM '{tmp_path}/out/ledger/records/*.parquet'"
        " WHERE fate = 'dropped' ORDER BY id"
    ).fetchall()
    assert reasons == [(f"d{day}", "in_gap") for day in range(16, 21)] + [("none", "undated")]
    told = " ".join(manifest["warnings"])
    assert "5 records in the gap" in told and "1 records have no time" in told and "1 groups span a border" in told
    assert manifest["counts"]["dropped"] == 6


def test_explain_says_which_split_and_why(tmp_path: Path) -> None:
    rows = near_copies(30)
    built(tmp_path, rows)
    with Finished(tmp_path / "out") as finished:
        (rid,) = finished.query("SELECT rid FROM splits WHERE group_size > 1 ORDER BY rid LIMIT 1")[0]
        told = explain(finished, rid).split
        assert told is not None and "records of group" in told and "tied by near" in told and "alike" in told
        (alone,) = finished.query("SELECT rid FROM splits WHERE group_size = 1 ORDER BY rid LIMIT 1")[0]
        assert "tied to no other record" in (explain(finished, alone).split or "")


def test_a_split_that_leaks_is_not_delivered_but_kept_to_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"stands in .* too, more than max_leakage \(0.02\) allows"):
        built(tmp_path, near_copies(60), "{groups: []}")
    out = tmp_path / "out"
    assert not (out / "data").exists() and not (out / "manifest.json").exists()
    assert sorted(path.name for path in (out / "rejected/data").iterdir())[0] == "test-00000.parquet"
    assert json.loads((out / "rejected/certificate.json").read_text())["leakage"] > 0.3
    built(tmp_path, near_copies(60), "{}")
    assert (out / "data").exists() and not (out / "rejected").exists()


def test_the_certificate_shows_pairs_side_by_side_and_escapes_them(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> " + " ".join(words(1))
    rows = [{"id": str(k), "text": evil} for k in range(40)]
    rows += [{"id": f"o{k}", "text": " ".join(words(k + 10))} for k in range(40)]
    manifest = built(tmp_path, rows, "{groups: [], max_leakage: null, shares: {train: 0.5, test: 0.5}}")
    assert manifest["certificate"]["leakage"] > 0
    pages = (tmp_path / "out/report.html").read_text()
    assert "What stands in another split" in pages
    assert "<script>alert" not in pages


@pytest.mark.parametrize(
    ("rows", "options", "told"),
    [
        ([], "{}", "is empty"),
        ([{"text": " ".join(words(1))}] * 30, "{}", "the largest group has 30 records"),
        (
            [{"text": " ".join(words(k)), "label": "a"} for k in range(30)],
            "{stratify: [metadata.label]}",
            "one stratum",
        ),
        ([{"text": " ".join(words(k))} for k in range(30)], "{groups: [metadata.who]}", "no record has metadata.who"),
    ],
)
def test_inputs_that_cannot_be_split_as_asked_are_told(
    tmp_path: Path, rows: list[Row], options: str, told: str
) -> None:
    manifest = built(tmp_path, rows, options)
    assert any(told in warning for warning in manifest["warnings"])
    assert manifest["counts"]["kept"] == len(rows)


def found(folder: Path, steps: str) -> list[str]:
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: out\ninputs:\n  - jsonl: {{paths: [in.jsonl]}}\nsteps:\n{steps}\noutputs: [parquet]\n"
    )
    try:
        return [finding.message for finding in lint(gristmill.load(folder / "recipe.yaml"))]
    except RecipeError as error:
        return [str(error)]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - split: {shares: {train: 0.8, test: 0.3}}", "shares must sum to 1, and sum to 1.1"),
        ("  - split\n  - gopher_quality", "must be the last step"),
        ("  - split: {measure: wrods}", "did you mean 'words'"),
        ("  - split: {groups: [autor]}", "no record has 'autor'"),
        ("  - split: {stratify: [langage]}", "no record has 'langage'"),
        ("  - split: {previous: nowhere}", "is no finished build"),
        ("  - split: {groups: []}", "groups by nothing"),
        ("  - split: {check_similarity: 0.9}", "the check sees less"),
        ("  - split: {gap_days: 3}", "say nothing without from_time"),
    ],
)
def test_check_tells_before_reading(tmp_path: Path, steps: str, told: str) -> None:
    assert any(told in message for message in found(tmp_path, steps))


def test_the_split_that_examples_came_with_is_kept_beside_the_one_they_are_put_in(tmp_path: Path) -> None:
    rows = [{"text": " ".join(words(n)), "label": "ab"[n % 2], "split": "dev"} for n in range(40)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.yaml").write_text(
        "name: x\nbuild: out\ninputs:\n"
        "  - examples: {paths: [in.jsonl], mapping: {input: {text: text}, label: label, split: split}}\n"
        "steps:\n  - split: {stratify: [label]}\noutputs: [parquet, {jsonl: {compression: none}}]\n"
    )
    build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=1)

    table = pq.read_table(tmp_path / "out/data/test-00000.parquet")
    lines = [json.loads(line) for line in (tmp_path / "out/data/test-00000.jsonl").read_text().splitlines()]

    assert table.column("split").to_pylist() == ["test"] * 4 == [line["split"] for line in lines]
    assert [json.loads(more) for more in table.column("more").to_pylist()] == [{"split": "dev"}] * 4
    assert [line["more"] for line in lines] == [{"split": "dev"}] * 4
    assert sorted(table.column("label").to_pylist()) == ["a", "a", "b", "b"]


def test_one_prompt_stays_in_one_split_whatever_the_answers(tmp_path: Path) -> None:
    rows = [
        {"instruction": " ".join(words(n // 4, 5)), "input": "", "output": " ".join(words(1000 + n, 20))}
        for n in range(120)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.yaml").write_text(
        "name: x\nbuild: out\ninputs:\n  - conversations: {paths: [in.jsonl]}\nsteps:\n  - split\noutputs: [parquet]\n"
    )
    told = build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=1).manifest["certificate"]

    assert told["groups_found"] == 30 and told["largest_group"] == 4
    assert max(pair["prompt"] for pair in told["pairs"]) == 0
    assert max(pair["prompt"] for pair in told["random_pairs"]) > 0.3
