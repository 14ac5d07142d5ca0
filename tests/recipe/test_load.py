"""A recipe from YAML, and every fault it can have."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from gristmill.errors import Place, RecipeError
from gristmill.recipe.load import load, loads, reads

GOOD = """\
name: news
inputs:
  - jsonl: {paths: [raw/], text: body}
steps:
  - language: {keep: [en, "no"]}
outputs:
  - parquet
"""


def faults(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(RecipeError) as caught:
        loads(text, "r.yaml")
    return [(fault.place.line if fault.place else None, fault.message) for fault in caught.value.faults]


def the_fault(text: str) -> tuple[int | None, str]:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def test_a_recipe_becomes_its_objects(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(GOOD)
    recipe = load(path)
    assert recipe.name == "news"
    assert [reader.name() for reader in recipe.inputs] == ["jsonl"]
    assert recipe.inputs[0].paths == ("raw/",)
    assert recipe.steps[0].step.model_dump()["keep"] == ("en", "no")
    assert recipe.folder == tmp_path / "builds" / "news"


@pytest.mark.parametrize("paths", ["a.jsonl", "[a.jsonl]", "{paths: a.jsonl}", "{paths: [a.jsonl]}"])
def test_paths_may_be_a_word_or_a_list(paths: str) -> None:
    recipe = loads(GOOD.replace("{paths: [raw/], text: body}", paths))
    assert recipe.inputs[0].paths == ("a.jsonl",)


@pytest.mark.parametrize("steps", ["steps:", "steps: []", "steps: ~", ""])
def test_a_recipe_may_have_no_steps(steps: str) -> None:
    assert loads(GOOD.replace('steps:\n  - language: {keep: [en, "no"]}', steps)).steps == ()


@pytest.mark.parametrize("step", ["language", "language:", "language: {}", "{language: }"])
def test_a_step_may_come_without_options(step: str) -> None:
    recipe = loads(GOOD.replace('language: {keep: [en, "no"]}', step))
    assert [line.name for line in recipe.steps] == ["language"]


def test_the_same_step_twice_gets_numbers_unless_it_is_named() -> None:
    steps = "[language, {language: {as: second}}, language]"
    recipe = loads(GOOD.replace('\n  - language: {keep: [en, "no"]}', f" {steps}"))
    assert [line.name for line in recipe.steps] == ["language", "second", "language_2"]


STEP = 'language: {keep: [en, "no"]}'
INPUT = "jsonl: {paths: [raw/], text: body}"

ONE_FAULT = [
    ("name: news", "nam: news\nname: news", 1, "a recipe has no key 'nam': did you mean 'name'?"),
    ("name: news", "name: ../news", 1, "name is '../news'; it must match"),
    ("name: news", "name: 2024", 1, "name is 2024; it must be text, in quotes"),
    ("name: news\n", "", 1, "the recipe needs the key 'name'"),
    ("jsonl", "jsonll", 3, "there is no input 'jsonll': did you mean 'jsonl'?"),
    ("language", "langauge", 5, "there is no step 'langauge': did you mean 'language'?"),
    ("- parquet", "- parket", 7, "there is no output 'parket': did you mean 'parquet'?"),
    ("text: body", "txt: body", 3, "jsonl has no option 'txt': did you mean 'text'?"),
    ("keep:", "kep:", 5, "language has no option 'kep': did you mean 'keep'?"),
    ('[en, "no"]', "en", 5, "keep is 'en'; it must be a list"),
    ('[en, "no"]', "[3]", 5, "keep.1 is 3; it must be text, in quotes"),
    ('[en, "no"]', "[en, 3]", 5, "keep.2 is 3; it must be text, in quotes"),
    ('keep: [en, "no"]', "min_score: 3", 5, "min_score is 3; it must be <= 1"),
    ('keep: [en, "no"]', 'min_score: "0.5"', 5, "min_score is '0.5'; it must be a number"),
    ('keep: [en, "no"]', "min_score: yes", 5, "min_score is 'yes'; it must be a number"),
    ('keep: [en, "no"]', "sample_bytes: 64.5", 5, "sample_bytes is 64.5; it must be a whole number"),
    ('[en, "no"]', "[]", 5, "keep must have at least 1 entries"),
    ("{paths: [raw/], text: body}", "{text: body}", 3, "jsonl needs the option 'paths'"),
    ("[raw/]", "[]", 3, "paths must name at least one file, folder, glob or url"),
    ("[raw/]", '""', 3, "paths must name at least one file, folder, glob or url"),
    ("- " + INPUT, "", 2, "inputs is empty: it needs at least one entry"),
    ("- parquet", "", 6, "outputs is empty: it needs at least one entry"),
    ("outputs:\n  - parquet\n", "", 1, "the recipe needs the key 'outputs'"),
    ("- " + INPUT, INPUT, 2, "inputs must be a list: begin each of its lines with `- `"),
    ("- " + INPUT, "- 3", 3, "an entry of inputs is the name of a kind of input, and this is 3"),
    ("- " + STEP, "- []", 5, "an entry of steps is the name of a kind of step, and this is empty"),
    ("- " + STEP, "- language:\n    keep: [en]", 6, "'language' and 'keep' stand side by side in one step: indent"),
    ("- " + STEP, "- language: 3", 5, "language takes options, as `language: {option: value}`, and this is 3"),
    ("- " + STEP, "- language: {as: read}", 5, "a step cannot be called 'read'"),
    ("- " + STEP, "- language: {as: a/b}", 5, "as is 'a/b'; a name is letters"),
    ("- " + STEP, "- language: {as: 3}", 5, "as is 3; a name is letters"),
    ("- " + STEP, "- language\n  - language: {as: language}", 6, "the name 'language' is taken by the step on line 5"),
    ("name: news", "name: news\nbuild: ../elsewhere", 2, "build is '../elsewhere', a path that leaves"),
    ("name: news", "name: news\nbuild: /etc", 2, "build is '/etc', a path that leaves"),
    ("name: news", "name: news\nbuild: a/../../b", 2, "a path that leaves the recipe's folder"),
    ("name: news", "name: news\nlimits: {max_quarantined: 50}", 2, "max_quarantined is 50; it must be <= 1"),
    ("name: news", "name: news\nlimits: {seconds_per_record: 0}", 2, "seconds_per_record is 0; it must be > 0"),
    ("name: news", "name: news\ndropped: {txt: false}", 2, "dropped has no option 'txt': did you mean 'text'?"),
    ("name: news", "name: news\ndropped: {text: 0}", 2, "text is 0; it must be true or false"),
    ("name: news", "name: news\ndropped: 3", 2, "dropped takes options"),
    ("name: news", "name: a\nname: b", 2, "'name' is given twice, first on line 1"),
]


@pytest.mark.parametrize(("before", "after", "line", "message"), ONE_FAULT)
def test_a_typo_is_named_with_its_line(before: str, after: str, line: int, message: str) -> None:
    assert before in GOOD
    found = the_fault(GOOD.replace(before, after, 1))
    assert found[0] == line
    assert message in found[1]


def test_every_fault_is_reported_at_once_in_the_order_of_lines() -> None:
    text = GOOD.replace("name", "nam").replace("body", "3").replace("keep", "kep").replace("parquet", "parket")
    found = faults(text)
    assert [line for line, _ in found] == [1, 1, 3, 5, 7]
    with pytest.raises(RecipeError) as caught:
        loads(text, "r.yaml")
    assert str(caught.value).splitlines() == [f"r.yaml:{line}: {message}" for line, message in found]


@pytest.mark.parametrize("text", ["- a\n- b", "words", "3"])
def test_what_is_no_mapping_is_no_recipe(text: str) -> None:
    assert "is no recipe" in the_fault(text)[1]


def test_a_file_that_is_not_there_brings_the_near_miss(tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(GOOD)
    with pytest.raises(RecipeError, match=r"there is no such recipe; did you mean 'recipe.yaml'\?"):
        load(tmp_path / "recpe.yaml")
    with pytest.raises(RecipeError, match="`gristmill init` writes one"):
        load(tmp_path / "nowhere" / "recipe.yaml")


def test_a_folder_and_a_binary_file_are_no_recipes(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "r.yaml").write_bytes(b"name: x\n\xff\xfe")
    with pytest.raises(RecipeError, match=r"r.yaml:2: is no recipe: it is not UTF-8 text"):
        load(tmp_path / "r.yaml")


def test_a_byte_order_mark_and_windows_newlines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path).name == "news"
    path.write_bytes(GOOD.replace("keep", "kep").replace("\n", "\r\n").encode())
    with pytest.raises(RecipeError, match=r"recipe.yaml:5: "):
        load(path)


def test_relative_paths_begin_at_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recipe.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    assert load("recipe.yaml").root == tmp_path


def test_a_part_of_a_recipe_knows_its_line() -> None:
    written = reads(GOOD, "r.yaml")
    assert written.place(("steps", 0, "language", "keep")) == Place("r.yaml", 5)
    assert written.place(("steps", 0, "language", "min_score")) == Place("r.yaml", 5)


def test_errors_survive_the_way_between_processes() -> None:
    together = RecipeError.together([RecipeError("one", Place("r", 1)), RecipeError("two")])
    copy = pickle.loads(pickle.dumps(together))
    assert str(copy) == str(together) == "r:1: one\ntwo"
    assert [fault.message for fault in copy.faults] == ["one", "two"]
