"""A build folder that cannot be written, or is somebody else's, end to end; and a disk that fills up on the way."""

from __future__ import annotations

import fcntl
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_command import JSONL, build, build_of, built, counts, is_root, manifest, write_recipe

LINES = '{"text": "one text"}\n{"text": "another text"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text(LINES)
    return tmp_path


@pytest.mark.parametrize("name", ["out", "out/below"])
def test_a_build_folder_that_is_a_file_is_named_and_the_file_is_left_alone(folder, name):
    (folder / "out").write_text("precious")
    said = build_of(folder, JSONL, rest=f"build: {name}")
    assert said.code == 4
    wanted = "a file is in its place or above it; name another folder with `build` or --output"
    assert said.error == f"{folder / name}: {wanted}"
    assert (folder / "out").read_text() == "precious"


def test_a_build_folder_that_is_a_link_to_nothing_is_named(folder):
    (folder / "out").symlink_to("nowhere/at/all")
    said = build_of(folder, JSONL, rest="build: out")
    assert said.code == 4
    assert said.error.startswith(f"{folder / 'out'}: ")
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize("name", [".", "data"])
def test_a_folder_with_files_of_somebody_else_is_refused_and_left_alone(folder, name):
    for path in ("data/precious.txt", "README.md", "manifest.json"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("precious")
    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != "recipe.yaml"}
    said = build_of(folder, JSONL, rest=f"build: {name}")
    assert said.code == 4
    assert said.error.endswith("holds files that are no build's; name another folder with `build` or --output")
    assert {path: path.read_text() for path in before} == before
    assert build(folder / "recipe.yaml", "-o", str(folder / "data")).code == 4
    assert {path: path.read_text() for path in before} == before


def test_an_empty_folder_a_link_to_one_and_an_earlier_build_are_taken(folder):
    (folder / "disk").mkdir()
    (folder / "out").symlink_to("disk")
    first = build_of(folder, JSONL, rest="build: out")
    assert first.code == 0
    assert counts(folder / "disk")["kept"] == 2
    shutil.rmtree(folder / "disk" / ".work")
    (folder / "in.jsonl").write_text(LINES * 2)
    assert build(folder / "recipe.yaml").code == 0
    assert counts(folder / "disk")["kept"] == 4


def test_links_in_a_build_folder_are_replaced_and_not_followed(folder):
    assert build_of(folder, JSONL).code == 0
    (folder / "else" / "data").mkdir(parents=True)
    for name in ("data/precious", "README.md", "report.html", "recipe.yaml", "manifest.json", "run.json"):
        (folder / "else" / name).write_text("precious")
    shutil.rmtree(built(folder) / "data")
    (built(folder) / "data").symlink_to(folder / "else" / "data")
    for name in ("README.md", "report.html", "recipe.yaml", "run.json"):
        (built(folder) / name).unlink()
        (built(folder) / name).symlink_to(folder / "else" / name)
    assert build_of(folder, JSONL, outputs="[jsonl]").code == 0
    assert counts(built(folder))["kept"] == 2
    assert {path.read_text() for path in (folder / "else").rglob("*") if path.is_file()} == {"precious"}
    assert not [path for path in built(folder).rglob("*") if path.is_symlink()]


@pytest.mark.parametrize("content", ["{cut sho", "[1]", ""])
def test_a_manifest_that_is_broken_counts_as_none(folder, content):
    assert build_of(folder, JSONL).code == 0
    digest = manifest(built(folder))["digest"]
    (built(folder) / "manifest.json").write_text(content)
    assert build(folder / "recipe.yaml").code == 0
    assert manifest(built(folder))["digest"] == digest


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x"])
def test_a_build_folder_outside_of_the_recipes_is_a_fault_of_the_recipe(folder, path):
    said = build_of(folder, JSONL, rest=f"build: {path}")
    assert said.code == 2
    assert said.error == f"{folder / 'recipe.yaml'}:6: build is {path!r}, a path that leaves the recipe's folder"


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", "/x"])
def test_a_step_named_like_a_path_is_a_fault_of_the_recipe(folder, name):
    said = build_of(folder, JSONL, steps=f"[exact_duplicates: {{as: {name}}}]")
    assert said.code == 2
    assert f"recipe.yaml:4: as is {name!r}; a name is letters, digits, _ and -" in said.error


@pytest.mark.parametrize(
    ("name", "sentence"), [("a" * 300, "the path is too long"), ("w?y", "DuckDB cannot work below")]
)
def test_a_name_that_no_folder_can_have_is_one_sentence(folder, name, sentence):
    said = build_of(folder, JSONL, rest=f"build: {name}")
    assert said.code == 4
    assert sentence in said.error
    assert said.error.endswith("name another folder with `build` or --output")


def test_a_build_folder_with_an_odd_name_works(folder):
    name = "o*[u]t'\"ü $x;"
    said = build_of(folder, JSONL, steps="[exact_duplicates, near_duplicates]", rest=f"build: {json.dumps(name)}")
    assert said.code == 0
    assert (folder / name / "report.html").exists()


@pytest.mark.skipif(is_root(), reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(folder):
    (folder / "out").mkdir(mode=0o500)
    said = build_of(folder, JSONL, rest="build: out")
    assert said.code == 4
    assert said.error.startswith(f"{folder / 'out'}: permission denied")


# A file system of its own


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system."""
    path = tmp_path / "disk"
    path.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(path)], capture_output=True)
    if made.returncode:
        pytest.skip("may not mount")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def test_a_read_only_file_system_is_named(folder, disk):
    remount(disk, "ro")
    said = build(write_recipe(folder, JSONL), "-o", str(disk / "out"))
    assert said.code == 4
    assert said.error.startswith(f"{disk / 'out'}: its file system is read-only; name another folder")


@pytest.mark.slow
def test_a_full_disk_is_named_whenever_it_fills_up_and_room_is_all_it_takes_to_go_on(folder, disk):
    rng = random.Random(7)
    words = [f"{rng.getrandbits(40):x}" for _ in range(4000)]
    rows = [{"text": " ".join(rng.choices(words, k=150))} for _ in range(3000)]
    rows += rows[:50]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = write_recipe(folder, JSONL, steps="[exact_duplicates, near_duplicates]", outputs="[parquet, jsonl]")
    assert build(recipe).code == 0
    out = disk / "out"
    full = 0
    for size in (64, *range(4_000, 20_000, 500)):  # it fills up in the pass, in the exchange, at delivery
        remount(disk, f"size={size}k")
        said = build(recipe, "-o", str(out))
        if said.code == 0:
            break
        full += 1
        assert said.code == 4, said
        wanted = "the disk is full; make room, what was finished is kept: run the same command to go on"
        assert said.error == f"{out}: {wanted}"
        assert not list(out.rglob(".*.tmp"))
    assert full >= 4
    assert counts(out)["merged"] == 50
    assert manifest(out)["digest"] == manifest(built(folder))["digest"]


def test_two_builds_do_not_take_one_folder(folder):
    assert build_of(folder, JSONL).code == 0
    with (built(folder) / ".work" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = build(folder / "recipe.yaml")
    assert said.code == 4
    assert said.error == f"{built(folder)}: another build is running in this folder; wait for it to end"
    assert (built(folder) / "manifest.json").exists()
