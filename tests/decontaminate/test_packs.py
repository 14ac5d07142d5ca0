"""Packs: what is read into them, what they hold, and what is said of those that cannot serve."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import gristmill
from gristmill.cli import cli
from gristmill.contracts.view import View
from gristmill.decontaminate._benchmark import Benchmark
from gristmill.decontaminate._items import Item, items
from gristmill.decontaminate._packing import known_items
from gristmill.decontaminate.decontaminate import Decontaminate
from gristmill.errors import GristmillError, InputError, RecipeError
from gristmill.recipe.benchmarks import load_benchmarks
from millers_quiz import QUIZ, TEST, described, packed, quiz_file

DESCRIBED = """\
benchmarks:
  quiz: {files: quiz.jsonl, question: question, answer: answer, answer_after: "####"}
  mills: {files: "*.csv", question: question, choices: [A, B, C, D], answer: answer, answer_is: letter}
  form: {files: form.json, records: examples, question: input, answer: target}
"""
RECIPE = """\
name: out
inputs:
  - jsonl: in.jsonl
steps:
  - decontaminate: {packs: [quiz.pack]}
outputs:
  - jsonl
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    described(tmp_path)
    (tmp_path / "benchmarks.yaml").write_text(DESCRIBED)
    return tmp_path


def only(benchmark: Benchmark, root: Path) -> list[Item]:
    return items("quiz", benchmark, root)


def test_an_item_is_question_answer_short_answers_and_other_choices(folder: Path) -> None:
    first, *_ = only(Benchmark(files="quiz.jsonl", question="question", answer="answer", answer_after="####"), folder)
    assert first == Item("quiz:1", QUIZ[0]["question"], QUIZ[0]["answer"], ("33",), ())
    choices = ("A", "B", "C", "D")
    mill, *_ = only(
        Benchmark(files="mills.csv", question="question", choices=choices, answer="answer", answer_is="letter"), folder
    )
    assert mill == Item("mills:1", TEST[0][0], TEST[0][1][0], (TEST[0][1][0],), TEST[0][1][1:])


def test_the_same_items_come_out_of_every_kind_of_file(folder: Path) -> None:
    lines = (folder / "quiz.jsonl").read_bytes()
    (folder / "again").mkdir()
    (folder / "again" / "quiz.jsonl.gz").write_bytes(gzip.compress(lines))
    (folder / "again" / "quiz.json").write_text(json.dumps(QUIZ))
    pq.write_table(pa.Table.from_pylist(QUIZ), folder / "again" / "quiz.parquet")
    rows = "\n".join("\t".join(json.dumps(text)[1:-1] for text in item.values()) for item in QUIZ)
    (folder / "again" / "quiz.tsv").write_text(rows.replace("\\n", " "))
    wanted = only(Benchmark(files="quiz.jsonl", question="question", answer="answer"), folder)
    for name in ("quiz.jsonl.gz", "quiz.json", "quiz.parquet"):
        assert only(Benchmark(files=f"again/{name}", question="question", answer="answer"), folder) == wanted
    named = Benchmark(files="again/quiz.tsv", question="q", answer="a", columns=("q", "a"))
    assert [item.question for item in only(named, folder)] == [item.question for item in wanted]


def test_a_pack_has_no_word_of_its_items(folder: Path) -> None:
    path = packed(folder)
    body = b"".join(repr(column.to_pylist()).encode() for column in pq.read_table(path).columns) + path.read_bytes()
    for word in (b"miller", b"fantail", b"Agnes", b"sluice", b"Thorne"):
        assert word not in body


def test_equal_benchmarks_make_equal_packs(folder: Path, tmp_path: Path) -> None:
    first = packed(folder).read_bytes()
    assert packed(folder).read_bytes() == first
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    assert packed(moved).read_bytes() == first


def ran(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=True)
    if isinstance(done.exception, GristmillError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


def test_the_command_makes_a_pack_and_says_what_cannot_be_found(folder: Path) -> None:
    (folder / "short.jsonl").write_text('{"question": "Why?"}\n')
    with (folder / "benchmarks.yaml").open("a") as stream:
        stream.write("  short: {files: short.jsonl, question: question}\n")
    code, said = ran("pack", folder / "benchmarks.yaml", "--to", folder / "made.pack")
    assert code == 0
    assert "1 item cannot be found" in said
    assert Decontaminate(packs=("made.pack",)).at(folder).faults() == {}
    known = {(name, item): there for name, item, there in known_items([folder / "made.pack"])}
    assert known["quiz", "quiz:1"]
    assert not known["short", "short:1"]
    assert ran("pack", folder / "benchmarks.yaml", "--to", folder / "made.pack")[0] == 4
    assert ran("pack", folder / "benchmarks.yaml", "--to", folder / "made.pack", "--force")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("quiz.jsonl", "quis.jsonl", "quis.jsonl: there is no such file in "),
        ("question: question, answer: answer, answer_after", "question: questoin, answer: answer, answer_after",
         "quiz.jsonl, record 1: has no field 'questoin': did you mean 'question'?"),
        ("records: examples", "records: exmaples", "form.json: has no key 'exmaples': did you mean 'examples'?"),
        (", records: examples", "", "is no list of records; name the key that holds it by `records`: examples"),
        ("answer_is: letter", "answer_is: number",
         "mills.csv, record 1: the answer 'A' is not the number of one of 4 choices"),
        ("files: form.json", "files: benchmarks.yaml", "benchmarks.yaml: is none of .jsonl, "),
        ("answer: target", "answer: target, id: target", "form.json, record 2: has the id 'No', which another item"),
    ],
)  # fmt: skip
def test_a_benchmark_that_cannot_be_read_is_refused_in_a_sentence(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "benchmarks.yaml").write_text(DESCRIBED.replace(old, new))
    code, message = ran("pack", folder / "benchmarks.yaml", "--to", folder / "made.pack")
    assert code == 3
    assert said in message
    assert not (folder / "made.pack").exists()


def test_a_description_that_is_wrong_is_refused_line_by_line(folder: Path) -> None:
    (folder / "benchmarks.yaml").write_text(
        "benchmark: {}\nbenchmarks:\n  quiz:\n    files: a\n    qestion: q\n"
        "common_in:\n  - jsonll: x\nwords: [simple]\n"
    )
    with pytest.raises(RecipeError) as caught:
        load_benchmarks(folder / "benchmarks.yaml")
    assert [(fault.place.line if fault.place else None, fault.message) for fault in caught.value.faults] == [
        (1, "there is no key 'benchmark': did you mean 'benchmarks'?"),
        (3, "quiz needs the option 'question'"),
        (5, "quiz has no option 'qestion': did you mean 'question'?"),
        (7, "there is no input 'jsonll': did you mean 'jsonl'?"),
        (8, "words is a list of some of simplified, unpunctuated, lowercase, exact"),
    ]


def test_broken_json_is_named_with_its_line(folder: Path) -> None:
    with quiz_file(folder).open("a") as stream:
        stream.write('{"question": \n')
    with pytest.raises(InputError, match=r"quiz\.jsonl, line 5: is no JSON: "):
        only(Benchmark(files="quiz.jsonl", question="question"), folder)


# Packs that cannot serve


def fault(folder: Path, recipe: str = RECIPE) -> str:
    (folder / "in.jsonl").write_text('{"text": "a"}\n')
    with pytest.raises(RecipeError) as caught:
        gristmill.loads(recipe, "r.yaml", folder)
    (one,) = caught.value.faults
    assert one.place is not None
    assert one.place.line == 5
    return one.message


def test_a_recipe_without_its_pack_is_refused(folder: Path) -> None:
    assert "quiz.pack: there is no such pack in " in fault(folder)
    assert "packs of decontaminate: names no pack" in fault(folder, RECIPE.replace(": {packs: [quiz.pack]}", ""))


def test_a_damaged_pack_is_refused_wherever_it_is_damaged(folder: Path) -> None:
    whole = packed(folder).read_bytes()
    for at in (0, len(whole) // 7, len(whole) // 3, len(whole) // 2, len(whole) - 300, len(whole) - 6):
        damaged = bytearray(whole)
        damaged[at : at + 4] = bytes(byte ^ 0x55 for byte in damaged[at : at + 4])
        (folder / "quiz.pack").write_bytes(damaged)
        step = Decontaminate(packs=("quiz.pack",)).at(folder)
        faults = step.faults()
        if faults:
            assert "quiz.pack: is " in faults["packs"]
        else:  # a column that this variant does not read
            assert "is damaged" in Decontaminate(packs=("quiz.pack",), variant="open_r1").at(folder).faults().get(
                "packs", "is damaged"
            )
    (folder / "quiz.pack").write_bytes(whole[: len(whole) // 2])
    assert "is damaged, or no pack" in fault(folder)


def test_other_files_are_no_packs(folder: Path) -> None:
    shutil.copy(folder / "quiz.jsonl", folder / "quiz.pack")
    assert "quiz.pack: is damaged, or no pack" in fault(folder)
    pq.write_table(pa.table({"a": [1]}), folder / "quiz.pack")
    assert "quiz.pack: is a Parquet file, but no pack" in fault(folder)
    table = pq.read_table(packed(folder))
    pq.write_table(table.slice(0, 0), folder / "quiz.pack")
    assert "quiz.pack: is an empty pack: it has no item" in fault(folder)


def test_a_pack_whose_numbers_do_not_agree_is_refused(folder: Path) -> None:
    table = pq.read_table(packed(folder))
    long = table.set_column(3, "simplified_question", pa.array(np.full(len(table), 10_000)))
    pq.write_table(long, folder / "quiz.pack")
    assert "a question or answer is longer than its item" in fault(folder)


def test_a_pack_without_the_words_of_a_variant_is_refused(folder: Path) -> None:
    packed(folder, ("simplified",))
    recipe = RECIPE.replace("[quiz.pack]", "[quiz.pack], variant: open_r1")
    assert "quiz.pack: was built without lowercase words; it has simplified" in fault(folder, recipe)


def test_a_benchmark_in_two_packs_is_refused(folder: Path) -> None:
    shutil.copy(packed(folder), folder / "again.pack")
    assert "holds the benchmark 'quiz', which another pack holds too" in fault(
        folder, RECIPE.replace("[quiz.pack]", "[quiz.pack, again.pack]")
    )


def test_only_variants_of_ngrams_and_paragraphs_can_cut(folder: Path) -> None:
    packed(folder)
    said = fault(folder, RECIPE.replace("[quiz.pack]", "[quiz.pack], action: cut"))
    assert "variant items judges by whole items and cannot cut" in said


# What is common


def test_ngrams_in_more_than_ten_records_of_a_corpus_are_passed_over(folder: Path) -> None:
    sentence = " ".join(QUIZ[0]["question"].split()[:16])
    records = [f"Number {n}: {sentence} and so on." for n in range(11)]
    records += [" ".join(QUIZ[1]["question"].split()[:16])] * 10
    (folder / "corpus.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in records))
    (folder / "benchmarks.yaml").write_text(f"{DESCRIBED}common_in:\n  - jsonl: corpus.jsonl\n")
    assert ran("pack", folder / "benchmarks.yaml", "--to", folder / "held.pack")[0] == 0
    text = pa.array([sentence, " ".join(QUIZ[1]["question"].split()[:16])], pa.large_string())
    view = View(pa.record_batch({"text": text}))
    for variant in ("gpt3", "items"):
        step = Decontaminate(packs=("held.pack",), variant=variant, action="drop", size=13).at(folder)
        assert step.measure(view)["ngrams"].to_pylist() == [0, 4]


def test_what_is_common_is_so_by_its_size(folder: Path) -> None:
    words = QUIZ[0]["question"].split()
    records = [" ".join(words[:8])] * 11
    (folder / "corpus.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in records))
    (folder / "benchmarks.yaml").write_text(f"{DESCRIBED}common_in:\n  - jsonl: corpus.jsonl\n")
    ran("pack", folder / "benchmarks.yaml", "--to", folder / "held.pack")
    view = View(pa.record_batch({"text": pa.array([" ".join(words[:20])], pa.large_string())}))
    counts = {}
    for size in (8, 9):
        step = Decontaminate(packs=("held.pack",), variant="llama", size=size).at(folder)
        (counts[size],) = step.measure(view)["ngrams"].to_pylist()
    assert counts == {8: 12, 9: 12}


def test_a_corpus_that_is_missing_is_told_before_the_items_are_worked_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gristmill.decontaminate._packing.pack_table", pytest.fail)
    (folder / "benchmarks.yaml").write_text(f"{DESCRIBED}common_in:\n  - jsonl: nowhere/*.jsonl\n")
    code, told = ran("pack", folder / "benchmarks.yaml", "--to", folder / "held.pack")
    assert code == 3
    assert "nowhere/*.jsonl: no file matches this pattern" in told
