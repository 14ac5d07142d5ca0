"""A recipe with a fault, given to the real command: one line with file, line and near miss, code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_command import build

GOOD = """\
name: news
inputs:
  - jsonl: {paths: [in.jsonl], text: text}
steps:
  - gopher_quality: {min_words: 1}
  - exact_duplicates
  - near_duplicates: {keep: best_signal, keep_signal: gopher_quality.words}
outputs:
  - parquet: {level: 3}
  - jsonl
dropped: {text: true}
limits: {max_quarantined: 0.5}
"""

FAULTS = {
    "top-level key": ("name: news\n", "name: news\nnam: x\n", 2, "a recipe has no key 'nam': did you mean 'name'?"),
    "kind of input": ("- jsonl: {p", "- jsonll: {p", 3, "there is no input 'jsonll': did you mean 'jsonl'?"),
    "option of an input": ("text: text", "txt: text", 3, "jsonl has no option 'txt': did you mean 'text'?"),
    "type in an input": ("text: text", "text: 3", 3, "text is 3; it must be text, in quotes"),
    "step": (
        "gopher_quality: {",
        "gopher_qality: {",
        5,
        "there is no step 'gopher_qality': did you mean 'gopher_quality'?",
    ),
    "option of a step": (
        "min_words",
        "min_word",
        5,
        "gopher_quality has no option 'min_word': did you mean 'min_words'?",
    ),
    "type in a step": ("min_words: 1", "min_words: many", 5, "min_words is 'many'; it must be a whole number"),
    "bound of a step": ("min_words: 1", "min_words: -1", 5, "min_words is -1; it must be >= 0"),
    "choice of a step": (
        "keep: best_signal",
        "keep: best_sgnal",
        7,
        "keep is 'best_sgnal': did you mean 'best_signal'?",
    ),
    "signal": (
        "gopher_quality.words",
        "gopher_quality.word",
        7,
        "no step measures the signal 'gopher_quality.word': did you mean 'gopher_quality.words'?",
    ),
    "kind of output": ("- parquet", "- parqet", 9, "there is no output 'parqet': did you mean 'parquet'?"),
    "option of an output": ("level: 3", "levl: 3", 9, "parquet has no option 'levl': did you mean 'level'?"),
    "type in an output": ("level: 3", 'level: "3"', 9, "level is '3'; it must be a whole number"),
    "dropped": ("{text: true}", "{txt: true}", 11, "dropped has no option 'txt': did you mean 'text'?"),
    "type in dropped": ("{text: true}", "{text: 1}", 11, "text is 1; it must be true or false"),
    "limits": (
        "max_quarantined: 0",
        "max_quarantine: 0",
        12,
        "limits has no option 'max_quarantine': did you mean 'max_quarantined'?",
    ),
    "bound of limits": ("max_quarantined: 0.5", "max_quarantined: 5", 12, "max_quarantined is 5; it must be <= 1"),
    "indentation of a key": ("name: news", "  name: news", 2, "is not YAML: "),
    "indentation of a list": ("  - exact", " - exact", 6, "is not YAML: "),
    "indentation of an option": (
        "near_duplicates: {keep: best_signal, keep_signal: gopher_quality.words}",
        "near_duplicates:\n    keep: longest",
        8,
        "'near_duplicates' and 'keep' stand side by side in one step: indent 'keep' further to make it an option",
    ),
    "tab": ("  - exact", "\t- exact", 6, "a tab stands where YAML wants spaces"),
    "key given twice": ("outputs:", "name: again\noutputs:", 8, "'name' is given twice, first on line 1"),
    "option given twice": ("{text: true}", "{text: true, text: false}", 11, "'text' is given twice, first on line 11"),
    "list in place of a mapping": (
        "{text: true}",
        "[text]",
        11,
        "dropped takes options, as `dropped: {option: value}`",
    ),
    "mapping in place of a list": (
        "  - parquet: {level: 3}\n  - jsonl\n",
        "  parquet: {level: 3}\n",
        8,
        "outputs must be a list",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text('{"text": "one"}\n')
    return tmp_path


def test_the_recipe_without_a_fault_is_built(folder):
    (folder / "recipe.yaml").write_text(GOOD)
    assert build(folder / "recipe.yaml").code == 0


@pytest.mark.parametrize(("before", "after", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_that_says_where_and_what_was_meant(folder, before, after, line, message):
    assert before in GOOD
    path = folder / "recipe.yaml"
    path.write_text(GOOD.replace(before, after, 1))
    said = build(path)
    assert said.code == 2
    assert said.error.startswith(f"{path}:{line}: {message}")
    assert said.out == ""
    assert sorted(one.name for one in folder.iterdir()) == ["in.jsonl", "recipe.yaml"]


WHOLE = {
    "empty": ("", ": is empty"),
    "a remark alone": ("# nothing\n", ": is empty"),
    "a list": ("- a\n- b\n", ":1: is no recipe: it must be a mapping with the keys name, inputs"),
    "a word": ("hello", ":1: is no recipe: it must be a mapping with the keys name, inputs"),
    "two documents": (f"{GOOD}---\n{GOOD}", ":13: a second document begins here; a recipe is one"),
    "no text": ("name: \0", ":1: has the character U+0000, which YAML does not allow"),
    "open bracket": ("name: [x\n", ":2: is not YAML: "),
}


@pytest.mark.parametrize(("text", "message"), WHOLE.values(), ids=WHOLE)
def test_what_is_no_recipe_at_all_is_named_as_what_it_is(folder, text, message):
    path = folder / "recipe.yaml"
    path.write_text(text)
    said = build(path)
    assert said.code == 2
    assert said.error.startswith(f"{path}{message}")


def test_every_fault_is_told_at_once_in_the_order_of_lines(folder):
    path = folder / "recipe.yaml"
    text = GOOD
    for before, after in (
        ("min_words", "min_word"),
        ("level", "levl"),
        ("max_quar", "max_qar"),
        ("jsonl: {", "json: {"),
    ):
        text = text.replace(before, after, 1)
    path.write_text(text)
    said = build(path)
    assert said.code == 2
    places = [line.removeprefix(f"error: {path}:").partition(":")[0] for line in said.err.splitlines()]
    assert places == ["3", "5", "9", "12", "4 faults"]


def test_a_recipe_that_is_a_folder_or_is_not_there_is_one_line(folder):
    assert build(folder).error == f"{folder}: cannot be read: Is a directory"
    (folder / "recipe.yaml").write_text(GOOD)
    said = build(folder / "recipes.yaml")
    assert (said.code, said.error) == (
        2,
        f"{folder}/recipes.yaml: there is no such recipe; did you mean 'recipe.yaml'?",
    )
