"""Kernels, compiled ahead of the first build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from gristmill.build.compiled import _mark
from gristmill.build.warm import warm
from gristmill.cli import main
from gristmill.contracts import catalog
from gristmill.deliver.tokens import Tokens
from gristmill.quality.gopher_quality import GopherQuality
from gristmill.recipe.describe import variants
from gristmill.recipe.model import lines
from gristmill.text import packing
from gristmill.text.jit import cache_folder


def test_warm_names_every_step_and_leaves_code_on_disk(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["warm", "--workers", "2"]) == 0
    said = capsys.readouterr().out
    named = {line.split(maxsplit=1)[1].partition(":")[0] for line in said.splitlines()[:-1]}
    assert named == {*catalog.names("steps"), "inputs and outputs"}
    assert str(cache_folder()) in said.splitlines()[-1]
    assert list(cache_folder().rglob("*.nbc"))


@pytest.mark.parametrize("name", list(catalog.names("steps")))
def test_every_variant_of_a_step_can_be_warmed(name: str) -> None:
    made = variants(catalog.step(name))
    assert made
    assert all(step.name() == name for step in made.values())


def test_the_cache_can_be_elsewhere(tmp_path: Path) -> None:
    code = "from gristmill.text.jit import cache_folder; print(cache_folder())"
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.startswith(str(tmp_path))


def test_a_first_build_compiles_what_its_recipe_needs_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "Some words."}\n')
    (tmp_path / "recipe.yaml").write_text(
        "name: x\ninputs: [{jsonl: in.jsonl}]\nsteps: [extract: {engine: resiliparse}]\noutputs: [parquet]\n"
    )
    command = [sys.executable, "-m", "gristmill", "build", str(tmp_path / "recipe.yaml"), "-w", "1"]
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout
    told = first.partition("Compiling kernels, once on this machine:\n")[2].splitlines()[:2]
    assert sorted(line.split("/2 ")[1].partition(":")[0] for line in told) == ["extract", "inputs and outputs"]
    again = subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout
    assert "Compiling" not in again


def test_a_later_build_says_so_too_where_its_steps_are_others(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "Some words."}\n')
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    def said(name: str, steps: str) -> str:
        recipe = tmp_path / f"{name}.yaml"
        recipe.write_text(f"name: {name}\ninputs: [{{jsonl: in.jsonl}}]\nsteps: [{steps}]\noutputs: [parquet]\n")
        command = [sys.executable, "-m", "gristmill", "build", str(recipe), "-w", "1"]
        return subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout

    assert "1/1 inputs and outputs" in said("none", "")
    assert re.search("Compiling kernels, once on this machine:\n  1/1 normalise: ", said("one", "normalise"))
    assert "Compiling" not in said("two", "normalise")
    marks = {*(tmp_path / "cache").rglob("compiled/*")}
    assert len(marks) == 3
    for mark in marks:
        mark.unlink()
    assert "Compiling" not in said("three", "normalise")  # it has to look, and finds that nothing is compiled
    assert {*(tmp_path / "cache").rglob("compiled/*")} == marks


def test_other_bounds_have_the_same_kernels_and_other_settings_may_have_others() -> None:
    line, other, another = lines(
        GopherQuality(max_word_length=9.0), GopherQuality(max_word_length=8.0), GopherQuality(variant="dclm")
    )
    assert _mark(line, "document") == _mark(other, "document")
    assert len({_mark(line, "document"), _mark(line, "conversation"), _mark(another, "document")}) == 3


@pytest.mark.parametrize("kernel", ["_best_fit", "_in_order", "_concatenated"])
def test_an_output_that_must_be_told_more_compiles_what_packs(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called = Mock(side_effect=getattr(packing, kernel))
    monkeypatch.setattr(packing, kernel, called)
    warm(Tokens)
    called.assert_called_once()


def test_an_input_that_is_missing_is_told_before_anything_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(
        "name: x\ninputs: [{jsonl: nowhere.jsonl}]\nsteps: [language]\noutputs: [parquet]\n"
    )
    command = [sys.executable, "-m", "gristmill", "build", str(tmp_path / "recipe.yaml"), "-w", "1"]
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode
    assert "nowhere.jsonl" in done.stderr
    assert "Compiling" not in done.stdout


def test_a_build_compiles_nothing_that_was_not_compiled_ahead(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"text": "Some words of a text that is longer than sixty-four bytes are."}\n' * 9
    )
    (tmp_path / "recipe.yaml").write_text(
        "name: x\ninputs: [{jsonl: in.jsonl}]\nsteps: [language, exact_duplicates]\noutputs: [jsonl]\n"
    )
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    ahead = (
        "import sys\nfrom pathlib import Path\nfrom gristmill.cli._compiling import compile_first\n"
        "from gristmill.recipe.load import checked, read\ncompile_first(checked(read(Path(sys.argv[1]))), 2)"
    )
    recipe = str(tmp_path / "recipe.yaml")
    subprocess.run([sys.executable, "-c", ahead, recipe], capture_output=True, env=env, check=True)
    compiled = sorted((tmp_path / "cache").rglob("*.nbc"))
    command = [sys.executable, "-m", "gristmill", "build", recipe, "-w", "1"]
    subprocess.run(command, capture_output=True, env=env, check=True)
    assert compiled
    assert [path.name for path in sorted((tmp_path / "cache").rglob("*.nbc")) if path not in compiled] == []
