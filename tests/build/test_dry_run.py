"""Dry runs: what a sample says of the whole build, and that nothing is left of it but the forecast."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.build.dry_run import dry_run
from gristmill.build.foreseen import record
from gristmill.build.inputs import what_is_read
from gristmill.build.layout import Layout
from gristmill.build.run import build
from gristmill.build.sample import LEFT_OUT, samples
from gristmill.document.report import write_report
from gristmill.errors import OutputError
from gristmill.recipe.forecast import Forecast
from gristmill.recipe.load import load
from gristmill.recipe.model import Recipe

RECIPE = """
name: x
inputs:
{inputs}
steps:
  - normalise
  - gopher_quality: {{min_words: {words}}}
  - exact_duplicates
outputs: [parquet]
"""
SENTENCE = "the mill and the river have to be of use to those that grind with it when water is low and days are long"
WORDS = SENTENCE.split()


def text_of(number: int, words: int = 80) -> str:
    """A text of its own for every number, with enough stop words to pass."""
    return " ".join([*(WORDS[(number + k) % len(WORDS)] for k in range(words)), f"number{number}"])


def lines(numbers: range, words: int = 80) -> str:
    return "".join(json.dumps({"text": text_of(number, words)}) + "\n" for number in numbers)


def recipe(folder: Path, *inputs: str, words: int = 50) -> Recipe:
    listed = "\n".join(f"  - {one}" for one in inputs)
    (folder / "recipe.yaml").write_text(RECIPE.format(inputs=listed, words=words))
    return load(folder / "recipe.yaml")


def forecast(made: Recipe, records: int = 2000, workers: int = 1) -> Forecast:
    return dry_run(made, what_is_read(made)[1], records=records, workers=workers)


def passed_on(said: Forecast) -> list[tuple[str, int, int]]:
    return [(step.step, step.records_in, step.records_out) for step in said.steps]


def test_a_sample_of_all_there_is_says_exactly_what_the_build_does(tmp_path: Path) -> None:
    for file in range(3):
        fits = lines(range(file * 100, file * 100 + 90))
        (tmp_path / f"{file}.jsonl").write_text(fits + lines(range(10), 20) + "{broken\n" + lines(range(5)))
    made = recipe(tmp_path, "jsonl: {paths: ['*.jsonl']}")
    said = forecast(made)
    manifest = build(made, write_report, workers=1).manifest
    assert said.whole
    assert passed_on(said) == [(e["step"], e["records_in"], e["records_out"]) for e in manifest["funnel"]]
    counts = manifest["counts"]
    assert (said.sampled, said.read, said.kept, said.quarantined) == (318, 318, counts["kept"], 3)
    assert counts["merged"] > 0


def test_a_sample_is_spread_over_a_file_whose_end_is_unlike_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(30_000)) + lines(range(30_000, 60_000), 79).replace("the", "th"))
    (tmp_path / "few.jsonl").write_text(lines(range(100), 20))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}", "jsonl: {paths: [few.jsonl]}", words=81)
    said = forecast(made, records=600)
    assert not said.whole
    assert said.sampled < 1500
    assert said.read == pytest.approx(60_100, rel=0.02)
    assert said.kept == pytest.approx(30_000, rel=0.1)


def test_of_a_file_that_must_be_read_from_its_beginning_no_more_is_read_than_the_sample(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "in.jsonl.gz", "wt") as file:
        file.write(lines(range(40_000)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl.gz]}")
    said = forecast(made, records=50)
    assert not said.whole
    assert said.sampled < 200
    assert said.read == pytest.approx(40_000, rel=0.1)
    assert said.kept == said.read


def test_many_small_files_and_every_input_are_sampled(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for number in range(600):
        (tmp_path / "texts" / f"{number:03}.txt").write_text(text_of(number))
    (tmp_path / "in.jsonl").write_text(lines(range(1000, 21_000), 20))
    made = recipe(tmp_path, "text: {paths: [texts]}", "jsonl: {paths: [in.jsonl]}")
    said = forecast(made, records=400)
    assert said.sampled < 900
    assert said.read == pytest.approx(20_600, rel=0.03)
    assert said.kept == pytest.approx(600, rel=0.03)


def test_row_groups_far_into_a_parquet_file_are_sampled(tmp_path: Path) -> None:
    texts = [text_of(n, 80 if n < 5000 else 20) for n in range(10_000)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet", row_group_size=500)
    said = forecast(recipe(tmp_path, "parquet: {paths: [in.parquet]}"), records=200)
    assert said.kept == pytest.approx(5000, rel=0.15)


def test_the_same_is_said_again_whatever_the_workers(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(20_000)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    first, second = forecast(made, 300), forecast(made, 300, workers=2)
    assert passed_on(first) == passed_on(second)
    assert (first.workers, second.workers) == (1, 2)


def test_inputs_without_a_record_have_a_forecast(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("")
    said = forecast(recipe(tmp_path, "jsonl: {paths: [in.jsonl]}"))
    assert (said.whole, said.read, said.kept) == (True, 0, 0)


def test_a_sample_has_records_of_the_input_and_reads_on_after_any_of_its_chunks(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(6000), 400) + "{broken\n" + lines(range(6000, 9000), 400))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    ((reader, units),) = what_is_read(made)[1]
    every = {rid for unit in units for chunk in reader.read(unit) for rid in chunk.batch.column("rid").to_pylist()}
    (spread,) = samples([(reader, units)], 500)
    (whole,) = samples([(reader, units)], 8000)
    assert (len(spread.places), len(whole.places)) == (16, 1)
    for one in (spread, whole):
        for unit in one.units(""):
            chunks = list(one.read(unit))
            found = [rid for chunk in chunks for rid in chunk.batch.column("rid").to_pylist()]
            assert 0 < len(found) == len(set(found))
            assert set(found) <= every
            assert sum(dict(chunk.skipped).get(LEFT_OUT, 0) for chunk in chunks) > 0
            for at, chunk in enumerate(chunks):
                again = list(one.read(unit, skip=chunk.seen))
                assert [(c.batch, c.seen, c.raw_bytes) for c in again] == [
                    (c.batch, c.seen, c.raw_bytes) for c in chunks[at + 1 :]
                ]


def test_nothing_is_left_of_a_dry_run_nor_of_one_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "in.jsonl").write_text(lines(range(100)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    forecast(made)
    assert list(scratch.iterdir()) == []
    assert not made.folder.exists()
    units = what_is_read(made)[1]
    monkeypatch.setattr("gristmill.build.run.record_run", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OutputError):
        dry_run(made, units, workers=1)
    assert list(scratch.iterdir()) == []


def test_ctrl_c_ends_a_check_and_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "in.jsonl").write_text(lines(range(60_000)))
    recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    command = [sys.executable, "-m", "gristmill", "check", str(tmp_path / "recipe.yaml"), "--sample", "60000"]
    process = subprocess.Popen(
        command, env=os.environ | {"TMPDIR": str(scratch)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 60
    while not list(scratch.glob("*/build/.work/base")) and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "stopped"), out + err
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "builds").exists()


def _files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_forecast_is_all_that_a_build_folder_gets(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(100)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    print_, units = what_is_read(made)
    said = dry_run(made, units, workers=1)
    record(Layout(made.folder), print_, said)
    assert set(_files(made.folder)) == {".work/forecast.json", ".work/lock"}
    build(made, write_report, workers=1)
    before = _files(made.folder)
    record(Layout(made.folder), print_, dry_run(made, units, workers=1))
    after = _files(made.folder)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] in ([], [".work/forecast.json"])


def test_a_folder_that_is_somebody_s_own_gets_no_forecast(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(100)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    made.folder.mkdir(parents=True)
    (made.folder / "thesis.txt").write_text("mine")
    print_, units = what_is_read(made)
    with pytest.raises(OutputError, match="holds files that are no build's"):
        record(Layout(made.folder), print_, dry_run(made, units, workers=1))
    assert set(_files(made.folder)) == {"thesis.txt"}


def test_a_build_takes_up_the_forecast_that_was_made_for_it_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(lines(range(100)))
    made = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}")
    print_, units = what_is_read(made)
    said = dry_run(made, units, workers=1)
    record(Layout(made.folder), print_, said)
    run = build(made, write_report, workers=1).run
    assert run["forecast"] == json.loads(json.dumps(said.as_json()))
    assert run["disk_mb"] > 0
    if sys.platform == "linux":
        assert run["peak_mb"] > 50
    other = recipe(tmp_path, "jsonl: {paths: [in.jsonl]}", words=60)
    assert build(other, write_report, workers=1).run["forecast"] is None
    (tmp_path / "in.jsonl").write_text(lines(range(101)))
    assert build(recipe(tmp_path, "jsonl: {paths: [in.jsonl]}"), write_report, workers=1).run["forecast"] is None
