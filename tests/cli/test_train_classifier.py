"""`gristmill train-classifier`: what it writes, and what it refuses."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.cli import main
from gristmill.quality._linear_model import load
from gristmill.quality._training_set import Sampling
from labelled_texts import texts, write

FAST = ["--bits", "14", "--epochs", "3"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "good.jsonl", texts("prose", 200), language="en")
    write(tmp_path / "bad.jsonl", texts("spam", 60))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*arguments: str) -> int:
    return main(["train-classifier", *arguments, *FAST])


def two(*more: str) -> int:
    return train("--positive", "good.jsonl", "--negative", "bad.jsonl", *more)


def test_a_model_is_written_with_its_card(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert two("--to", "m", "--licence", "CC0 | made here") == 0
    assert "next, in a recipe: - classifier: {model: m, min_score: 0.5}" in capsys.readouterr().out
    card = json.loads((folder / "m" / "card.json").read_bytes())
    assert card["labels"] == ["negative", "positive"]
    assert card["counts"]["positive"] == {"read": 200, "used": 200}
    assert card["held out"]["auc"] > 0.99
    assert card["trained on"] + card["held out"]["texts"] == 260
    assert {one["slice"] for one in card["slices"] if one["by"] == "language"} == {"en"}
    assert card["words"]["negative"][0][1] > 0
    said = (folder / "m" / "card.md").read_text()
    assert "CC0 \\| made here" in said
    assert "## To make it again" in said


def test_the_same_texts_in_any_order_give_the_same_bytes_and_another_seed_gives_others(folder: Path) -> None:
    assert two("--to", "a") == 0
    write(folder / "good.jsonl", texts("prose", 200)[::-1], language="en")
    assert two("--to", "b") == 0
    assert two("--to", "c", "--seed", "2") == 0
    a, b, c = ((folder / name / "model.gristmill").read_bytes() for name in "abc")
    assert a == b != c


def test_the_model_holds_no_text(folder: Path) -> None:
    write(folder / "bad.jsonl", [f"{text} hapaxlegomenon{n}" for n, text in enumerate(texts("spam", 60))])
    assert two("--to", "m") == 0
    for path in (folder / "m").iterdir():
        assert b"hapaxlegomenon" not in path.read_bytes()


def test_labels_may_be_many_and_come_from_the_records(folder: Path) -> None:
    rows = [(text, kind) for kind in ("prose", "spam", "code") for text in texts(kind, 40)]
    pq.write_table(pa.table({"body": [text for text, _ in rows], "kind": [kind for _, kind in rows]}), "all.parquet")
    assert train("all.parquet", "--label-from", "kind", "--text", "body", "--to", "m") == 0
    model = load((folder / "m" / "model.gristmill").read_bytes())
    assert model.labels == ("code", "prose", "spam")
    assert model.positive is None
    card = json.loads((folder / "m" / "card.json").read_bytes())
    assert card["held out"]["macro f1"] > 0.9


def test_labels_may_be_named_with_their_files(folder: Path) -> None:
    assert train("--label", "prose=good.jsonl", "--label", "spam=bad.jsonl", "--to", "m") == 0
    assert load((folder / "m" / "model.gristmill").read_bytes()).positive == "spam"


REFUSED = {
    "one label": (["--label", "a=good.jsonl"], 2, "there is one label alone, a"),
    "one side": (["--positive", "good.jsonl"], 2, "--positive and --negative go together"),
    "no file": (["-p", "good.jsonl", "-n", "nowhere/*.jsonl"], 3, "nowhere/*.jsonl"),
    "an empty file": (["-p", "good.jsonl", "-n", "empty.jsonl"], 3, "the label negative: has no record"),
    "too few": (["-p", "good.jsonl", "-n", "few.jsonl"], 3, "has 3 different texts that can be used, and at least 20"),
    "near-copies": (["-p", "good.jsonl", "-n", "alike.jsonl"], 3, "nearly copies of each other alone"),
    "no labels": (["nan.parquet", "--label-from", "grade"], 3, "has no label (null or nan) in the field 'grade'"),
    "a number": (["number.parquet", "--label-from", "grade"], 3, "has 0.5, which is no class, in the field 'grade'"),
    "one class": (["same.parquet", "--label-from", "grade"], 3, "the labels: are one alone"),
    "no equals": (["--label", "good.jsonl"], 2, "--label takes NAME=GLOB"),
    "nothing": ([], 2, "what is to be told apart?"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_on_is_refused_in_a_sentence(
    case: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, code, sentence = REFUSED[case]
    (folder / "empty.jsonl").write_text("")
    write(folder / "few.jsonl", texts("spam", 3))
    long = " ".join(f"word{n}" for n in range(400))
    write(folder / "alike.jsonl", [f"{long} {n}" for n in range(30)])
    for name, grades in (("nan", [1.0, np.nan]), ("number", [1.0, 0.5]), ("same", [2.0] * 60)):
        some = texts("prose", len(grades))
        pq.write_table(pa.table({"text": some, "grade": pa.array(grades, from_pandas=False)}), f"{name}.parquet")
    assert train(*arguments, "--to", "m") == code
    assert sentence in capsys.readouterr().err
    assert not (folder / "m").exists()


def test_nothing_is_written_over_but_a_model_and_when_told_to(folder: Path) -> None:
    assert two("--to", "m") == 0
    assert two("--to", "m") == 4
    assert two("--to", "m", "--force") == 0
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("mine")
    assert two("--to", "mine", "--force") == 4
    assert (folder / "mine" / "notes.txt").read_text() == "mine"


def test_copies_are_taken_once_and_texts_under_two_labels_not_at_all() -> None:
    sampling = Sampling(1000, 1 << 20, 1)
    for label, text in (("a", "one"), ("a", "one"), ("a", "two"), ("b", "two"), ("b", "three"), ("b", " ")):
        sampling.add(label, text, "f", None)
    found = sampling.taken(("a", "b"))
    kept = {found.text.data[a:b].tobytes() for a, b in zip(found.text.offsets, found.text.offsets[1:], strict=False)}
    assert kept == {b"one", b"three"}
    assert found.counts["a"] == {"copies": 1, "read": 3, "used": 1}
    assert found.counts["b"] == {"also under another label": 1, "blank": 1, "read": 3, "used": 1}


def test_the_sample_keeps_within_its_bytes_whatever_the_order() -> None:
    some = texts("prose", 500)
    found = []
    for order in (some, some[::-1]):
        sampling = Sampling(1000, 20_000, 1)
        for text in order:
            sampling.add("a", text, "f", None)
        found.append(sampling.taken(("a",)))
    assert found[0].digest() == found[1].digest()
    assert 20 < len(found[0].label) < 500
    assert len(found[0].text.data) < 20_000


def test_near_copies_stay_on_one_side_of_the_split() -> None:
    sampling = Sampling(8192, 1 << 24, 1)
    draw = random.Random(1)
    long = [" ".join("".join(draw.choices("abcdefgh", k=5)) for _ in range(200)) for _ in range(40)]
    for number, text in enumerate(long):
        for copy in range(5):
            sampling.add("ab"[number % 2], f"{text} and {copy}", "f", None)
    found = sampling.taken(("a", "b"))
    test, fold = found.side(1)
    assert len(np.unique(found.group)) == 40
    for group in np.unique(found.group):
        own = found.group == group
        assert own.sum() == 5
        assert len(set(test[own])) == len(set(fold[own])) == 1
    assert 0 < test.sum() < len(test)
