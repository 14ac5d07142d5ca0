"""Builds that are killed or stopped at any moment: no trace, nothing left behind, and the same bytes in the end."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import gristmill
from gristmill.build.run import Began
from gristmill.build.run import build as run_build
from gristmill.build.unit import Progress
from gristmill.collect.jsonl import Jsonl
from gristmill.collect.parquet import Parquet
from gristmill.document.report import write_report
from gristmill.errors import Interrupted
from real_command import below, build, built, counts, ledger, manifest, started, write_recipe

STOPPED = {  # in which stage -> what is kept then
    "pass 1 of": r"nothing of pass 1 of 1 yet|[\d,]+ records? in \d+ parts? of pass 1 of 1, \d+% of the bytes",
    "exchange:": r"[\d,]+ records in \d+ parts? of pass 1 of 1, 100% of the bytes",
    "deliver": r"every pass; \d+ of \d+ parts? delivered",
}
INPUTS = ("jsonl: {paths: [in]}",)
STEPS = "[gopher_quality: {min_words: 30}, exact_duplicates, near_duplicates]"


def write_inputs(folder: Path, rows: int = 6000) -> None:
    """One file that cannot be cut and three others, with records that are near to others, short, or broken."""
    rng = random.Random(5)
    words = [f"{rng.getrandbits(30):x}" for _ in range(3000)]
    words += ["the", "be", "to", "of", "and", "that", "have", "with"] * 60
    (folder / "in").mkdir(parents=True)
    for name, count in (("a.jsonl.gz", rows), ("b.jsonl", rows // 3), ("c.jsonl", rows // 3), ("d.jsonl", rows // 3)):
        texts = [" ".join(rng.choices(words, k=rng.randrange(10, 90))) for _ in range(count)]
        texts[1::10] = [f"{text} again" for text in texts[0::10]]
        data = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in [*texts, texts[5]]) + b"{broken\n"
        (folder / "in" / name).write_bytes(gzip.compress(data, 1) if name.endswith(".gz") else data)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a build that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    write_inputs(folder)
    assert build(write_recipe(folder, *INPUTS, steps=STEPS)).code == 0
    assert min(counts(built(folder)).values()) > 0
    return str(manifest(built(folder))["digest"])


def team_of(process: subprocess.Popen[str]) -> tuple[int | None, list[int]]:
    """The process that starts the workers, which is all that a build starts itself, and the workers."""
    family = list(below(process.pid))
    return (family[0], family[1:]) if family else (None, [])


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a build and for all that it started."""
    family = list(below(process.pid))
    _, said = process.communicate(timeout=60)
    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in family):
        assert time.monotonic() < deadline, "processes are left behind"
        time.sleep(0.02)
    return process.returncode, said


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def kill(pids: list[int]) -> int:
    """Kill those that still run; how many there were."""
    killed = 0
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            killed += 1
        except ProcessLookupError:
            pass
    return killed


@pytest.mark.slow
def test_a_build_whose_processes_are_killed_at_random_moments_ends_with_the_same_bytes(undisturbed, tmp_path):
    write_inputs(tmp_path)
    recipe = write_recipe(tmp_path, *INPUTS, steps=STEPS)
    rng = random.Random(11)
    killed = dict.fromkeys(("all", "command", "template", "worker", "workers"), 0)
    until = time.monotonic() + 20
    turn = 0
    while time.monotonic() < until or turn < len(killed):
        whom = list(killed)[turn % len(killed)]
        turn += 1
        if whom == "template":  # what turns before have left may be all that workers would have to do
            shutil.rmtree(built(tmp_path), ignore_errors=True)
        process = started(recipe)
        template, workers = None, []
        if whom not in ("all", "command"):  # they work from when the first worker is there
            while process.poll() is None and not workers:
                template, workers = team_of(process)
        moment = time.monotonic() + rng.uniform(0.0, 0.5 if workers else 2.0)
        while time.monotonic() < moment and process.poll() is None:
            time.sleep(0.01)
        template, workers = team_of(process)
        killed[whom] += kill(
            {
                "all": [process.pid, *([template] if template else []), *workers],
                "command": [process.pid],
                "template": [template] if template else [],
                "worker": workers[:1],
                "workers": workers,
            }[whom]
        )
        code, said = end(process)
        assert "Traceback" not in said
        if whom in ("all", "command"):
            assert code in (-signal.SIGKILL, 0)
        elif whom == "template":
            assert code in (0, 1), said
            assert code == 0 or "what was finished is kept: run the same command to go on" in said
        else:
            assert code == 0, said  # the command gets over the death of workers by itself
        if code == 0:
            assert manifest(built(tmp_path))["digest"] == undisturbed
            shutil.rmtree(built(tmp_path))  # or the next turn has nothing to do
    assert build(recipe).code == 0
    assert manifest(built(tmp_path))["digest"] == undisturbed
    assert not list(built(tmp_path).rglob(".*.tmp"))
    assert not (built(tmp_path) / ".work" / "tmp").exists()
    assert min(killed.values()) > 0, killed


@pytest.mark.slow
@pytest.mark.parametrize("stage", list(STOPPED))
def test_ctrl_c_says_how_to_go_on_and_going_on_gives_the_same_bytes(undisturbed, tmp_path, stage):
    write_inputs(tmp_path)
    recipe = write_recipe(tmp_path, *INPUTS, steps=STEPS)
    process = started(recipe)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(stage):
            break
    process.send_signal(signal.SIGINT)
    code, said = end(process)
    assert code == 130, said
    kept = re.escape("error: stopped; what was finished is kept (") + f"(?:{STOPPED[stage]})"
    assert re.fullmatch(kept + re.escape("): run the same command to go on"), said.splitlines()[-1])
    assert "Traceback" not in said
    assert not list(built(tmp_path).rglob(".*.tmp"))
    assert build(recipe).code == 0
    assert manifest(built(tmp_path))["digest"] == undisturbed


# What is not done again


@pytest.mark.slow
def test_an_archive_that_cannot_be_cut_goes_on_after_the_last_part_that_was_whole(tmp_path):
    rows = 150_000
    data = b"".join(b'{"text": "text number %d"}\n' % number for number in range(rows))
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(data, 1))
    recipe = gristmill.load(write_recipe(tmp_path, "jsonl: {paths: [in.jsonl.gz]}", steps="[gopher_quality]"))

    def stop_in_the_second_part(event: object) -> None:
        seen.append(event)
        if sum(one.records for one in seen if isinstance(one, Progress)) > 80_000:
            raise KeyboardInterrupt

    seen: list[object] = []
    kept = r"what was finished is kept \(65,536 records in 1 part of pass 1 of 1, \d\d% of the bytes\)"
    with pytest.raises(Interrupted, match=kept):
        run_build(recipe, write_report, workers=1, on_event=stop_in_the_second_part)
    seen.clear()
    made = run_build(recipe, write_report, workers=1, on_event=seen.append)
    progress = [event for event in seen if isinstance(event, Progress)]
    known = sum(event.records for event in progress if not event.seconds)
    assert known == 64 * 1024  # the first part was whole
    assert sum(event.records for event in progress if event.seconds) == rows - known
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "in.jsonl.gz").write_bytes((tmp_path / "in.jsonl.gz").read_bytes())
    (whole / "recipe.yaml").write_bytes((tmp_path / "recipe.yaml").read_bytes())
    assert build(whole / "recipe.yaml").code == 0
    assert made.manifest["digest"] == manifest(built(whole))["digest"]


def _one_jsonl(folder: Path, texts: list[str]) -> Path:
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def _one_parquet(folder: Path, texts: list[str]) -> Path:
    path = folder / "in.parquet"
    pq.write_table(pa.table({"text": texts}), path, row_group_size=20, compression="none", use_dictionary=False)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("write", "kind"), [(_one_jsonl, Jsonl), (_one_parquet, Parquet)])
def test_one_big_file_is_cut_into_units_and_any_number_of_workers_gives_the_same_bytes(tmp_path, write, kind):
    texts = [f"{number} {'mill and river ' * 50_000}" for number in range(200)]
    path = write(tmp_path, texts)
    units = kind(paths=(path.name,)).units(str(tmp_path))
    assert len(units) >= 2
    recipe = write_recipe(tmp_path, f"{kind.name()}: {{paths: [{path.name}]}}", steps="[exact_duplicates]")
    digests = []
    for workers in (1, 2):
        assert build(recipe, "-o", str(tmp_path / f"out{workers}"), workers=workers).code == 0
        assert counts(tmp_path / f"out{workers}")["kept"] == len(texts)
        assert len({file for (file,) in ledger(tmp_path / f"out{workers}", "file")}) >= len(units)
        digests.append(manifest(tmp_path / f"out{workers}")["digest"])
    assert digests[0] == digests[1]


# Sources that do not stand still


def _grown(path: Path) -> None:
    with path.open("a") as file:
        file.write('{"text": "one more"}\n')


def _gone(path: Path) -> None:
    path.unlink()


def _other(path: Path) -> None:
    path.write_text('{"text": "another"}\n' * 3)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_grown, "the file was changed while it was being read; start the build again"),
        (_other, "the file was changed while it was being read; start the build again"),
        (_gone, "there is no such file or folder"),
    ],
)
def test_a_source_that_changes_after_it_was_listed_ends_the_build_with_one_sentence(tmp_path, change, sentence):
    (tmp_path / "in.jsonl").write_text('{"text": "one"}\n')
    recipe = gristmill.load(write_recipe(tmp_path, "jsonl: {paths: [in.jsonl]}"))

    def when_listed(event: object) -> None:
        if isinstance(event, Began) and event.stage.startswith("pass 1"):
            change(tmp_path / "in.jsonl")

    with pytest.raises(gristmill.GristmillError) as caught:
        run_build(recipe, write_report, workers=1, on_event=when_listed)
    assert (caught.value.exit_code, str(caught.value)) == (3, f"in.jsonl: {sentence}")
    if change is not _gone:
        assert build(tmp_path / "recipe.yaml").code == 0
        expected = len((tmp_path / "in.jsonl").read_text().splitlines())
        assert counts(built(tmp_path))["kept"] == expected
