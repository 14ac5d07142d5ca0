"""What each command prints and does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gristmill.cli import COMMANDS, main
from gristmill.contracts import catalog
from gristmill.recipe.load import load

RECIPE = """\
name: news
inputs:
  - jsonl: {paths: raw.jsonl, text: body}
steps:
  - language: {keep: [en]}
  - near_duplicates
  - gopher_quality: {variant: dclm}
outputs:
  - parquet
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "raw.jsonl").write_text('{"body": "Some words."}\n' * 20)
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_a_recipe_that_check_takes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "recipe.yaml").unlink()
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert "jsonl: 1 file, text in 'body'" in said
    assert "wrote recipe.yaml; next: gristmill check recipe.yaml" in said
    assert load("recipe.yaml").inputs[0].paths == ("*.jsonl",)
    assert main(["check"]) == 0


def test_init_never_writes_over_a_recipe_unless_told_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 4
    assert (
        "recipe.yaml is there already: name another with --out, or write over it with --force"
        in capsys.readouterr().err
    )
    assert (folder / "recipe.yaml").read_text() == RECIPE
    assert main(["init", "--out", "other.yaml"]) == 0
    assert (folder / "other.yaml").exists()
    assert main(["init", "--force"]) == 0
    assert (folder / "recipe.yaml").read_text() != RECIPE


def test_init_stays_in_its_folder_and_needs_something_to_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--out", "../x.yaml"]) == 2
    assert main(["init", "nowhere"]) == 3
    (folder / "empty").mkdir()
    assert main(["init", "empty"]) == 3
    said = capsys.readouterr().err
    assert "nothing here can be read; inputs end in .arc, .cdx, " in said
    assert ".csv, " in said
    assert ".csv.gz" not in said
    assert not (folder / "empty" / "recipe.yaml").exists()


def test_check_shows_inputs_plan_and_warnings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr()
    assert "warning: recipe.yaml:7: gopher_quality drops records after near_duplicates" in said.err
    lines = [line.split() for line in said.out.splitlines()]
    assert ["jsonl", "raw.jsonl", "1", "1", "480", "B"] in lines
    assert ["exchange", "near_duplicates"] in lines
    assert "recipe.yaml: no faults, 1 warning" in said.out


def test_check_names_every_input_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "recipe.yaml").write_text(
        RECIPE.replace("paths: raw.jsonl", "paths: gone.jsonl").replace("steps", "  - text: none/\nsteps")
    )
    assert main(["check"]) == 3
    said = capsys.readouterr().err
    assert "error: gone.jsonl: " in said
    assert "error: none/: " in said


def test_steps_lists_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps"]) == 0
    first_words = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line}
    for family in ("readers", "steps", "sinks"):
        assert set(catalog.names(family)) <= first_words  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*catalog.names("steps"), *catalog.names("readers"), *catalog.names("sinks")])
def test_a_kind_is_shown_with_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps", name]) == 0
    said = capsys.readouterr().out
    assert said.startswith(name)
    assert "\nOptions\n" in said


def test_a_step_is_shown_with_signals_rules_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    main(["steps", "gopher_quality"])
    said = capsys.readouterr().out
    assert "\nSignals\n" in said
    assert "\nRules (dclm)\nafter DCLM" in said
    assert ["too_few_words", "words", ">=", "50"] in [line.split() for line in said.splitlines()]


def test_an_unknown_step_brings_the_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps", "gopher_qualty"]) == 2
    assert "did you mean 'gopher_quality'?" in capsys.readouterr().err
    assert main(["steps", "x"]) == 2
    assert capsys.readouterr().err.count(" parquet,") == 1  # an input, and an output


def test_the_rules_of_a_recipe_have_its_bounds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "recipe.yaml").write_text(RECIPE.replace("variant: dclm", "variant: dclm, min_words: 77, as: strict"))
    assert main(["rules", "recipe.yaml"]) == 0
    said = capsys.readouterr().out
    assert "\nstrict\nafter DCLM" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["too_few_words", "words", ">=", "77"] in lines
    assert ["not_kept_language", "language", "in", "en"] in lines
    assert "fineweb_quality" not in said


def test_all_rules_are_listed_by_step_and_variant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    said = capsys.readouterr().out
    for heading in ("fineweb_quality", "gopher_quality (nemo)", "gopher_repetition (dolma)"):
        assert f"\n{heading}\n" in said


def test_a_recipe_without_rules_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "recipe.yaml").write_text(RECIPE[: RECIPE.index("steps")] + "outputs: [parquet]\n")
    assert main(["rules", "recipe.yaml"]) == 0
    assert capsys.readouterr().out == "no rules\n"


def test_the_schema_is_a_valid_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_program(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_GRISTMILL_COMPLETE" in capsys.readouterr().out


def test_bash_completes_commands_without_importing_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = tmp_path / "complete.bash"
    script.write_text(capsys.readouterr().out)
    typed = "COMP_WORDS=(gristmill ex); COMP_CWORD=1; _gristmill_completion gristmill; echo ${COMPREPLY[@]}"
    command = ["bash", "-c", f"source {script}; {typed}"]
    # The environment need not be activated: `gristmill` is found beside the Python that runs the tests.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PATH": path})
    assert done.stdout.split() == [name for name in COMMANDS if name.startswith("ex")]
