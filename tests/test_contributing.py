"""The guides' examples run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The example of CONTRIBUTING.md as an installed package, made from nothing but its text."""
    step, _ = blocks("CONTRIBUTING.md", "python")
    (toml,) = blocks("CONTRIBUTING.md", "toml")
    name, module = re.findall(r'^(\w+) = "([\w.]+)"$', toml, re.M)[0]
    group = re.findall(r'entry-points\."([\w.]+)"', toml)[0]
    path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir()
    (path.parent / "__init__.py").write_text("")
    path.write_text(step)
    info = tmp_path / "my_filters-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-filters\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n")
    return tmp_path


def run(plugin: Path, *args: str) -> str:
    env = os.environ | {"PYTHONPATH": os.fspath(plugin), "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, env=env, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_passes_its_own_test(plugin: Path) -> None:
    _, test = blocks("CONTRIBUTING.md", "python")
    path = plugin / "test_digits.py"
    path.write_text(test)
    said = run(plugin, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(plugin), str(path))
    assert "1 passed" in said


def test_the_example_is_held_to_the_contract(plugin: Path) -> None:
    said = run(
        plugin, "-m", "pytest", "-p", "no:cacheprovider", "tests/contract/test_every_row_step.py", "-k", "digits"
    )
    assert re.search(r"[1-9]\d* passed", said)


def test_the_example_can_stand_in_a_recipe(plugin: Path) -> None:
    recipe = plugin / "recipe.yaml"
    entry = "digits: {max_digit_share: 0.2}"
    assert f"`- {entry}`" in (ROOT / "CONTRIBUTING.md").read_text()
    recipe.write_text(f"name: r\ninputs: [{{jsonl: a.jsonl}}]\nsteps:\n  - {entry}\noutputs: [parquet]\n")
    lines = [line.split() for line in run(plugin, "-m", "gristmill", "rules", str(recipe)).splitlines()]
    assert ["too_many_digits", "digit_share", "<=", "0.2"] in lines
    assert "Keep texts of which at most" in run(plugin, "-m", "gristmill", "steps", "digits")
    assert "max_digit_share" not in run(plugin, "-m", "gristmill.recipe.reference")


def test_a_plug_in_that_cannot_be_loaded_harms_only_the_recipes_that_use_it(plugin: Path) -> None:
    (plugin / "my_filters" / "digits.py").write_text("import a_package_that_nobody_has\n")
    run(plugin, "-m", "gristmill", "steps")
    run(plugin, "-m", "gristmill", "schema")
    code = "import gristmill; gristmill.loads('name: r\\ninputs: [{jsonl: a}]\\nsteps: [digits]\\noutputs: [parquet]')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(plugin)},
        check=False,
    )
    assert "the step 'digits' cannot be loaded: No module named 'a_package_that_nobody_has'" in done.stderr


def test_the_example_of_the_recipe_guide_loads(tmp_path: Path) -> None:
    recipe, _ = blocks("docs/recipes.md", "yaml")
    (tmp_path / "recipe.yaml").write_text(recipe)
    code = "import gristmill; print([line.name for line in gristmill.load('recipe.yaml').steps])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "'gopher_quality', 'second_look', 'near_duplicates'" in done.stdout


def test_the_python_of_the_recipe_guide_runs(tmp_path: Path) -> None:
    (code,) = blocks("docs/recipes.md", "python")
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, check=True)
    assert "variant: dclm" in (tmp_path / "recipe.yaml").read_text()
