"""Builds that select: who stays, what is told of who does not, and that nothing depends on workers or the way there."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

import gristmill
from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.run import build
from gristmill.cli._account import account
from gristmill.document.report import write_report
from gristmill.errors import GristmillError, RecipeError
from gristmill.recipe.lint import lint

Row = dict[str, Any]
WORDS = [
    "mill",
    "corn",
    "flour",
    "stone",
    "river",
    "wheel",
    "sack",
    "bread",
    "oven",
    "salt",
    "water",
    "grain",
    "dough",
    "crust",
    "yeast",
    "barn",
    "cart",
    "horse",
]


def rows(count: int, seed: int = 0) -> list[Row]:
    draw = random.Random(seed)
    return [
        {
            "id": str(k),
            "text": " ".join(draw.choice(WORDS) for _ in range(draw.randrange(3, 12))),
            "quality": draw.randrange(100),
            "lang": draw.choice(["de", "en", "en", "fr"]),
        }
        for k in range(count)
    ]


def built(
    folder: Path, made: Sequence[Row], steps: Sequence[str], out: str = "out", workers: int = 1
) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    half = len(made) // 2
    for name, some in (("a", made[:half]), ("b", made[half:])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    lines = "".join(f"  - {step}\n" for step in steps)
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: {out}\ninputs:\n  - jsonl: {{paths: [a.jsonl, b.jsonl]}}\nsteps:\n{lines}outputs: [parquet]\n"
    )
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=workers).manifest


def asked(folder: Path, what: str, table: str, out: str = "out") -> list[tuple[Any, ...]]:
    return duckdb.sql(f"SELECT {what} FROM '{folder}/{out}/ledger/{table}/*.parquet'").fetchall()


def fates(folder: Path, out: str = "out") -> dict[str, str]:
    return dict(asked(folder, "id, fate", "records", out))


def test_the_best_by_a_field_are_kept_and_who_is_not_has_its_rank_and_the_cut_off(tmp_path: Path) -> None:
    made = rows(60)
    manifest = built(tmp_path, made, ["select: {by: [metadata.quality], count: 20}"])
    assert manifest["counts"] == {"read": 60, "kept": 20, "dropped": 40, "merged": 0, "quarantined": 0}
    assert next(step["kind"] for step in manifest["steps"]) == "select"
    told = asked(tmp_path, "selected, reason, score, rank, last_rank, cut_off", "selection")
    scores = sorted((row["quality"] for row in made), reverse=True)
    assert sorted(rank for _, _, _, rank, _, _ in told) == list(range(1, 61))
    for selected, reason, score, rank, last, cut_off in told:
        assert selected == (rank <= 20) and reason == (None if selected else "outranked")
        assert score == scores[rank - 1] and (last, cut_off) == (20, scores[19])
    reasons = [one for (one,) in asked(tmp_path, "reasons", "records") if one]
    assert len(reasons) == 40
    assert {(r["reason"], r["signal"], r["bound"]) for (r,) in reasons} == {("outranked", "select.rank", "<= 20")}
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/out/dropped/select/*.parquet'").fetchall() == [(40,)]


@pytest.mark.parametrize(
    "options",
    [
        "{by: [gopher_quality.words], share: 0.3}",
        "{by: [metadata.quality, gopher_quality.words], count: 25, diversity: distance, distance: 0.4}",
        "{by: [metadata.quality], count: 25, diversity: k_centre}",
        "{count: 25, diversity: clusters, clusters: 7}",
        "{by: [metadata.quality], quotas: {de: 3, en: 9}, stratify: [metadata.lang]}",
        "{by: [metadata.quality], count: 9, quotas: equal, stratify: [metadata.lang], diversity: distance}",
    ],
)
def test_one_worker_and_two_give_the_same_bytes(tmp_path: Path, options: str) -> None:
    quiet = "gopher_quality: {min_words: 0, min_stop_words: 0}"
    one, two = (
        built(tmp_path, rows(120), [quiet, "exact_duplicates", f"select: {options}"], f"out{workers}", workers)
        for workers in (1, 2)
    )
    assert one["digest"] == two["digest"] and one["counts"]["kept"] > 5


def test_another_count_decides_anew_and_gives_what_a_fresh_build_gives(tmp_path: Path) -> None:
    steps = ["select: {by: [metadata.quality], count: %d, diversity: distance, distance: 0.3}"]
    built(tmp_path, rows(80), [steps[0] % 30])
    again = built(tmp_path, rows(80), [steps[0] % 10])
    fresh = built(tmp_path, rows(80), [steps[0] % 10], "fresh")
    assert again["digest"] == fresh["digest"] and again["counts"]["kept"] == 10


def test_later_lines_see_only_what_was_selected_and_clusters_found_before_stay_known(tmp_path: Path) -> None:
    made = [{**row, "text": "the same text of every record"} for row in rows(12)]
    manifest = built(
        tmp_path,
        made,
        ["exact_duplicates: {annotate: true}", "select: {by: [metadata.quality], count: 6}", "near_duplicates"],
    )
    assert manifest["counts"] == {"read": 12, "kept": 1, "dropped": 6, "merged": 5, "quarantined": 0}
    assert {size for (size,) in asked(tmp_path, "cluster_size", "records")} >= {12}


def test_explain_shows_the_neighbour_that_was_taken_instead(tmp_path: Path) -> None:
    made = rows(30)
    made[3] |= {"text": "Grind the corn of the miller.", "quality": 200}
    made[20] |= {"text": "The corn of the miller: grind!", "quality": 150}
    built(tmp_path, made, ["select: {by: [metadata.quality], count: 10, diversity: distance}"])
    rids = dict(asked(tmp_path, "id, rid", "records"))
    with Finished(tmp_path / "out") as finished:
        found = explain(finished, rids["20"])
        kept = explain(finished, rids["3"])
        last = next(rid for rid, rank in finished.query("SELECT rid, rank FROM selection") if rank == 30)
        outranked = explain(finished, last)
    assert found.sentence == "Dropped by select: too_near (distance is 0, asked is > 0.1)."
    assert found.selection[0].startswith("select: not selected, too_near; score 150, rank 2; the last one selected has")
    assert found.twin is not None and found.twin.rid == rids["3"] and found.twin.similarity == 1
    told = "\n".join(line.plain for line in account(found))
    assert "The record that was selected in its place, similarity 1.000" in told and rids["3"] in told
    assert kept.selection[0].startswith("select: selected; score 200, rank 1; the last one selected has rank")
    assert outranked.sentence.startswith("Dropped by select: outranked (rank is 30, asked is <= ")
    assert outranked.twin is None


def test_a_record_without_a_score_is_told_so(tmp_path: Path) -> None:
    made = rows(6)
    del made[2]["quality"]
    built(tmp_path, made, ["select: {by: [metadata.quality], count: 6}"])
    assert fates(tmp_path)["2"] == "dropped"
    with Finished(tmp_path / "out") as finished:
        rid = dict(asked(tmp_path, "id, rid", "records"))["2"]
        assert explain(finished, rid).sentence == "Dropped by select: no_score."


def test_a_product_of_scores_below_zero_ends_the_build_in_a_sentence(tmp_path: Path) -> None:
    made = [{**row, "quality": row["quality"] - 50} for row in rows(20)]
    with pytest.raises(GristmillError, match=r"select: metadata\.quality is as low as -\d+, and a product ranks only"):
        built(tmp_path, made, ["select: {by: [metadata.quality, metadata.quality], count: 5}"])


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (["select: {by: [metadata.q]}"], "select keeps every record: give count, share or quotas"),
        (["select: {by: [gopher_quality.words], count: 3}"], "no step measures 'gopher_quality.words'"),
        (["select: {by: [quality], count: 3}"], "a field of your own is metadata.quality"),
        (["select: {by: [gopher_quality.words], count: 3}", "gopher_quality"], "is measured after select"),
        (["language", "select: {by: [language.language], count: 3}"], "is a label, and has no highest"),
        (["select: {count: 3, stratify: [lang]}"], "stratify of select: no record has 'lang'"),
    ],
)
def test_what_cannot_work_is_refused_before_a_row_is_read(tmp_path: Path, steps: list[str], told: str) -> None:
    with pytest.raises(RecipeError, match=told):
        built(tmp_path, rows(4), steps)


def test_what_hardly_was_meant_is_warned_of(tmp_path: Path) -> None:
    built(tmp_path, rows(8), ["select: {by: [metadata.quality], count: 3, distance: 0.2}", "gopher_quality"])
    found = [one.message for one in lint(gristmill.load(tmp_path / "recipe.yaml"))]
    assert "select gives a distance, which says nothing with diversity: none" in found
    assert "gopher_quality drops records after select has selected: move select below it" in found


def test_the_report_tells_strata_and_reasons(tmp_path: Path) -> None:
    made = rows(40)
    del made[0]["quality"]
    built(tmp_path, made, ["select: {by: [metadata.quality], count: 10, quotas: equal, stratify: [metadata.lang]}"])
    page = (tmp_path / "out/report.html").read_text()
    found = page[page.index('id="selection"') :]
    for told in ("were selected", "have no score", "stood behind the last one selected", ">de<", ">en<", ">fr<"):
        assert told in found
    assert "merged into" not in page[page.index("<h1>") : page.index("</h1>")]
