"""What `check` says of a build to come, and what `build` says of it once it came."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from gristmill.cli import main

RECIPE = """\
name: x
inputs:
  - jsonl: {paths: [in.jsonl]}
steps:
  - normalise
  - gopher_quality: {min_words: MIN}
  - exact_duplicates
outputs: [parquet]
"""
TEXT = "The mill and the river have to be of use to those that grind with it, and number {} is  one of them. "


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    records = [TEXT.format(number) * (4 if number % 4 else 1) for number in range(40)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in records))
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace("MIN", "50"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _rows(said: str) -> list[list[str]]:
    return [line.split() for line in said.splitlines()]


def test_check_says_what_each_step_would_pass_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "Forecast, from all records" in said
    assert ["gopher_quality", "40", "30", "75.0", "%"] in [row[:5] for row in _rows(said)]
    assert "30 of 40 records would be kept (75.0 %), in about " in said
    assert said.endswith("recipe.yaml: no faults\n")
    assert "A sample holds few of the copies" not in said


def test_a_forecast_from_a_part_says_about_how_many_and_that_copies_are_missed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--sample", "8"]) == 0
    said = capsys.readouterr().out
    assert "Forecast, from a sample of 8 records" in said
    assert "of ~4" in said
    assert "A sample holds few of the copies there are" in said


def test_no_record_is_read_where_no_dry_run_is_wanted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--no-dry-run"]) == 0
    assert "Forecast" not in capsys.readouterr().out
    assert not (folder / "builds").exists()


def test_a_bad_record_is_forecast_and_fails_no_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "in.jsonl").open("a") as file:
        file.write("{broken\n")
    assert main(["check"]) == 0
    said = capsys.readouterr()
    assert "1 record would be put in quarantine" in said.out
    assert "the build would stop" not in said.err
    (folder / "in.jsonl").write_text("{broken\n" * 10)
    assert main(["check"]) == 0
    said = capsys.readouterr()
    assert "10 records would be put in quarantine" in said.out
    assert "the build would stop: more would be in quarantine than limits.max_quarantined (0.5) allows" in said.err


def test_a_folder_that_is_no_build_s_is_warned_of_before_the_build(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "builds" / "x").mkdir(parents=True)
    (folder / "builds" / "x" / "mine.txt").write_text("mine")
    assert main(["check"]) == 0
    assert "the forecast is not kept for the build" in capsys.readouterr().err
    assert [path.name for path in (folder / "builds" / "x").iterdir()] == ["mine.txt"]


def test_a_build_says_its_forecast_beside_the_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "-w", "1"])
    capsys.readouterr()
    assert main(["build", "-w", "1"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("forecast ")]
    assert line.startswith("forecast 30 kept in ")
    assert "; outcome 30 kept in " in line
    assert "worker" not in line
    page = (folder / "builds" / "x" / "report.html").read_text()
    table = page[page.index("Forecast and outcome") : page.index("Time by step")]
    for row in ("records read", "after gopher_quality", "in quarantine", "peak memory", "disk"):
        assert row in table
    assert "sampled</" not in table
    assert "Made from all records, for 1 workers." in table


def test_a_build_without_a_forecast_says_nothing_of_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "-w", "1"])
    (folder / "recipe.yaml").write_text(RECIPE.replace("MIN", "60"))
    capsys.readouterr()
    assert main(["build", "-w", "1"]) == 0
    assert "forecast" not in capsys.readouterr().out
    assert "Forecast and outcome" not in (folder / "builds" / "x" / "report.html").read_text()


def test_other_workers_than_those_forecast_for_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "-w", "2"])
    capsys.readouterr()
    main(["build", "-w", "1"])
    said = capsys.readouterr().out
    assert " with 2 workers; outcome 30 kept in " in said
    assert " with 1 worker\n" in said


def test_a_rule_that_broke_everything_is_warned_of_and_those_that_broke_nothing_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "recipe.yaml").write_text(RECIPE.replace("MIN", "5000"))
    main(["build", "-w", "1"])
    said = capsys.readouterr()
    assert [line for line in said.err.splitlines() if line.startswith("warning: ")] == [
        "warning: gopher_quality: too_few_words was broken by all 40 records that it saw (asked is words >= 5000)"
    ]
    build = folder / "builds" / "x"
    (step,) = [one for one in json.loads((build / "manifest.json").read_text())["steps"] if one.get("rules")]
    ledger = duckdb.sql(
        "SELECT reason.reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM "
        f"read_parquet('{build}/ledger/records/*.parquet') WHERE fate = 'dropped') GROUP BY ALL"
    ).fetchall()
    assert {(rule["reason"], rule["hits"]) for rule in step["rules"] if rule["hits"]} == set(ledger)
    idle = [rule["reason"] for rule in step["rules"] if rule["hits"] == 0]
    assert f"no record broke {len(idle)} rules (gopher_quality: too_many_words, " in said.out
    assert (build / "report.html").read_text().count("was broken by none of the 40 records") == len(idle)


def test_rules_beyond_the_eighth_are_left_to_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "  - fineweb_quality\n  - c4_quality\n  - gopher_repetition\n"
    (folder / "recipe.yaml").write_text(RECIPE.replace("MIN", "50").replace("  - exact", more + "  - exact"))
    main(["build", "-w", "1"])
    (told,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("no record broke ")]
    count, names = int(told.split()[3]), told.partition(" (")[2]
    assert names.endswith(f" and {count - 8} more)")
    assert names.count(",") + names.count(";") == 7


def test_check_tells_too_that_kernels_are_compiled(folder: Path) -> None:
    (folder / "recipe.yaml").write_text(
        "name: x\ninputs: [{jsonl: in.jsonl}]\nsteps: [normalise]\noutputs: [parquet]\n"
    )
    command = [sys.executable, "-m", "gristmill", "check", "-w", "1"]
    env = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    first, again = (
        subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout for _ in range(2)
    )
    assert "Compiling kernels, once on this machine" in first
    assert "Compiling" not in again


def test_a_build_put_elsewhere_shows_the_edits_of_its_records(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "out"
    assert main(["build", "-w", "1", "-o", str(elsewhere)]) == 0
    manifest = json.loads((elsewhere / "manifest.json").read_text())
    assert str(elsewhere) not in manifest["recipe"] + (elsewhere / "recipe.yaml").read_text()
    capsys.readouterr()
    assert main(["explain", str(elsewhere), "number 7 is"]) == 0
    said = capsys.readouterr().out
    assert "could not be read again" not in said
    assert "is  one" in said
