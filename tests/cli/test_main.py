"""The command line as a whole: what it costs to start, what it says when something is wrong, its exit codes."""

from __future__ import annotations

import inspect
import os
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import get_args

import click
import pytest

import gristmill
from gristmill import cli, errors
from gristmill.build.sample import RECORDS
from gristmill.clean._extractor_training import Settings
from gristmill.cli import COMMANDS, doing, main, printable
from gristmill.engine.teams import EngineName
from gristmill.text.hashed_features import MOST_CHARACTERS, MOST_WORDS

DOCS = Path(__file__).parents[2] / "docs"
HEAVY = ("numba", "duckdb", "pyarrow", "pydantic", "numpy", "rich", "yaml")


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gristmill", *args]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | env, timeout=60, check=False)


_HELPS = [f"from gristmill.cli import main; main({[*name, '--help']})" for name in ((), *((one,) for one in COMMANDS))]


@pytest.mark.parametrize("code", ["import gristmill", "import gristmill.cli", *_HELPS])
def test_starting_and_helping_import_nothing_heavy(code: str) -> None:
    script = f"{code}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_help_lists_every_command_and_every_command_has_a_file() -> None:
    files = {module.name for module in pkgutil.iter_modules(cli.__path__) if not module.name.startswith("_")}
    in_files = {name.replace("-", "_") for name in COMMANDS}
    assert in_files <= files
    commands = {name for name in files if _command(name)}
    assert commands == in_files
    shown = run("--help").stdout
    for name, line in COMMANDS.items():
        assert re.search(rf"^  {name} +{line[:20]}", shown, re.M), name


def test_what_a_command_does_takes_the_options_that_it_has() -> None:
    files = {module.name for module in pkgutil.iter_modules(doing.__path__)}
    in_files = {name.replace("-", "_") for name in COMMANDS}
    assert files == in_files - {"crawl", "completion"}  # which import next to nothing
    for name in files:
        command = getattr(import_module(f"gristmill.cli.{name}"), name)
        takes = inspect.signature(getattr(import_module(f"gristmill.cli.doing.{name}"), name)).parameters
        assert [*takes] == [option.name for option in command.params], name


def test_options_name_the_defaults_and_bounds_of_what_they_are_for() -> None:
    def options(name: str) -> dict[str | None, click.Parameter]:
        command = getattr(import_module(f"gristmill.cli.{name}"), name)
        return {option.name: option for option in command.params}

    assert options("check")["sample"].default == RECORDS
    engines = options("build")["engine"].type
    assert isinstance(engines, click.Choice)
    assert (*engines.choices,) == get_args(EngineName)
    training = options("train_extractor")
    for name, value in asdict(Settings()).items():
        assert training[name].default == value, name
    shape = options("train_classifier")
    assert isinstance(shape["words"].type, click.IntRange)
    assert shape["words"].type.max == MOST_WORDS
    assert isinstance(shape["characters"].type, click.Tuple)
    bounds = shape["characters"].type.types
    assert [one.max for one in bounds if isinstance(one, click.IntRange)] == [MOST_CHARACTERS] * 2


def _command(name: str) -> bool:
    made = getattr(import_module(f"gristmill.cli.{name}"), name, None)
    return isinstance(made, click.Command)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: gristmill {name}")
    file = name.replace("-", "_")
    command = getattr(import_module(f"gristmill.cli.{file}"), file)
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gristmill {gristmill.__version__}\n"


def test_a_command_that_does_not_exist_brings_the_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chekc"]) == 2
    assert "there is no command 'chekc': did you mean 'check'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.RecipeError("wrong", errors.Place("r.yaml", 3)), 2),
        (errors.InputError("a.jsonl", "cannot be read"), 3),
        (errors.OutputError("the disk is full"), 4),
        (errors.MissingExtra("extract", "trafilatura", "trafilatura"), 5),
        (errors.BuildError("the books do not balance"), 1),
        (errors.Interrupted("stopped"), 130),
        (errors.RecordNotFoundError("no such record"), 6),
        (KeyboardInterrupt(), 130),
        (ValueError("a defect"), 70),
        (click.UsageError("wrong use"), 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = click.Command("steps", callback=lambda: (_ for _ in ()).throw(error))
    monkeypatch.setattr("gristmill.cli.steps.steps", failing)
    assert main(["steps"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    if isinstance(error, errors.GristmillError):
        assert said.err == f"error: {error}\n"
    assert ("run again with --debug" in said.err) == (code == 70)


@pytest.mark.parametrize("where", ["before", "after"])
def test_debug_shows_the_trace_wherever_it_stands(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    args = ["--debug", "rules", "none.yaml"] if where == "before" else ["rules", "none.yaml", "--debug"]
    assert main(args) == 2
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("error: none.yaml: there is no such recipe: `gristmill init` writes one\n")


def test_debug_after_a_double_dash_is_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--", "--debug"]) == 2
    assert "error: --debug: there is no such recipe" in capsys.readouterr().err


def test_several_faults_are_a_line_each_and_a_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("nam: x\ninputs: []\n")
    assert main(["check", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "4 faults"
    assert all(line.startswith(f"error: {path}:") for line in lines[:-1])
    assert len(lines) == 5


def test_text_of_others_has_no_power_over_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "\x1b[2J\u202e.yaml"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert printable("a\x1b[31m\n\u202e\u200b\udc80é") == "a\\x1b[31m\\n\\u202e\\u200b\\udc80é"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    script = f"{sys.executable} -m gristmill schema | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "{"
    assert done.stdout.splitlines()[1] in ("0", "141")
    assert done.stderr == ""


def test_the_documented_exit_codes_are_the_ones_used() -> None:
    documented = dict(re.findall(r"^\| (\d+) \| `?(\w+)", (DOCS / "exit-codes.md").read_text(), re.M))
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.GristmillError)]
    codes = {one.exit_code for one in classes} | {0, cli.UNEXPECTED, cli.INTERRUPTED, cli.BROKEN_PIPE}
    assert {int(code) for code in documented} == codes


@pytest.mark.skipif(shutil.which("script") is None, reason="needs script(1) to have a terminal")
@pytest.mark.parametrize(("no_color", "styled"), [("", True), ("1", False)])
def test_no_color_is_respected(no_color: str, styled: bool, tmp_path: Path) -> None:
    script = f"{sys.executable} -m gristmill steps exact_duplicates; {sys.executable} -m gristmill check none.yaml"
    env = os.environ | {"TERM": "xterm-256color", "NO_COLOR": no_color}
    command = ["script", "-qc", script, str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=tmp_path)
    assert "exact_duplicates" in done.stdout
    assert "none.yaml: there is no such recipe" in done.stdout
    assert ("\x1b[31m" in done.stdout) == styled


def test_ctrl_c_stops_with_130_and_no_trace(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "recipe.yaml")  # `check` waits for what never comes
    command = [sys.executable, "-m", "gristmill", "check", str(tmp_path / "recipe.yaml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        try:
            time.sleep(3)
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 130
    assert "Traceback" not in said
