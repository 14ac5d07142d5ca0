"""The step `classifier`: scores, rules, and models that cannot be used."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from gristmill.cli import main
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.errors import InputError, RecipeError
from gristmill.quality._linear_model import LinearModel, load
from gristmill.quality._models import read
from gristmill.quality.classifier import Classifier
from gristmill.recipe.load import load as load_recipe
from gristmill.text.hashed_features import Shape
from labelled_texts import texts, write

FASTTEXT = Path(__file__).parents[1] / "golden" / "fasttext"
RECIPE = "name: r\ninputs: [{jsonl: {paths: good.jsonl}}]\nsteps: [{classifier: %s}]\noutputs: [parquet]\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("classifier")
    good, bad = (
        str(write(made / f"{name}.jsonl", texts(kind, 150))) for name, kind in (("good", "prose"), ("bad", "spam"))
    )
    arguments = ["-p", good, "-n", bad, "--to", str(made / "m"), "--bits", "14", "--epochs", "3"]
    assert main(["train-classifier", *arguments]) == 0
    return made


def view(*some: str | None) -> View:
    return View(pa.record_batch({"text": pa.array(some, pa.large_string())}))


def measured(step: Classifier, *some: str | None) -> tuple[list, list]:
    score, label = step.measure(view(*some)).values()
    return score.to_pylist(), label.to_pylist()


def test_texts_of_the_positive_kind_score_high_and_the_others_go(folder: Path) -> None:
    step = Classifier(model="m", min_score=0.5).at(folder)
    good, bad = texts("prose", 30, seed=9), texts("spam", 30, seed=9)
    signals = step.measure(view(*good, *bad, None))
    scores = signals["classifier_score"].to_pylist()
    assert min(scores[:30]) > 0.5 > max(scores[30:60])
    assert scores[60] is None
    assert signals["classifier_label"].to_pylist() == ["positive"] * 30 + ["negative"] * 30 + [None]
    (low,) = broken(step.rules(), signals)
    assert low.tolist() == [False] * 30 + [True] * 30 + [False]


def test_the_label_of_the_score_and_the_prefix_may_be_chosen(folder: Path) -> None:
    step = Classifier(model="m/model.gristmill", label="negative", prefix="junk", max_score=0.5).at(folder)
    signals = step.measure(view(*texts("spam", 3)))
    assert min(signals["junk_score"].to_pylist()) > 0.5
    assert all(broken(step.rules(), signals)[0])


def test_labels_can_be_kept(folder: Path) -> None:
    step = Classifier(model="m", keep=("positive",)).at(folder)
    (gone,) = broken(step.rules(), step.measure(view(texts("prose", 1)[0], texts("spam", 1)[0])))
    assert gone.tolist() == [False, True]


def test_a_fasttext_model_scores_the_label_that_is_named() -> None:
    model = str(FASTTEXT / "softmax_words.bin")
    scores = {name: measured(Classifier(model=model, label=name), "mill grain", "")[0] for name in "abcd"}
    assert measured(Classifier(model=model, label="__label__a"), "mill grain", "")[0] == scores["a"]
    likeliest, (label,) = measured(Classifier(model=model), "mill grain")
    assert likeliest[0] == max(score[0] for score in scores.values()) == scores[label][0]


def test_values_make_the_score_their_mean_by_probability() -> None:
    model = str(FASTTEXT / "softmax_words.bin")
    shares = {name: measured(Classifier(model=model, label=name), "mill")[0][0] for name in "abcd"}
    step = Classifier(model=model, values={"a": 3, "__label__b": 2, "c": 1, "d": 0}, min_score=2.5)
    assert step.faults() == {}
    assert measured(step, "mill")[0][0] == pytest.approx(3 * shares["a"] + 2 * shares["b"] + shares["c"])


def test_label_and_values_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="give one of them"):
        Classifier(label="a", values={"a": 1.0})


FAULTY = {
    "{}": "model of classifier: names no model; `gristmill train-classifier` makes one",
    "{model: nowhere}": "model of classifier: nowhere: there is no such file or folder in",
    "{model: good.jsonl}": "model of classifier: good.jsonl: cannot be read as a model: it does not begin as",
    "{model: cut}": "model of classifier: cut: cannot be read as a model: it is not as long as its header says",
    "{model: m, label: positiv}": "label of classifier: the model has no label 'positiv': did you mean 'positive'?",
    "{model: m, keep: [x]}": "keep of classifier: the model has no label 'x'",
    "{model: m, values: {positive: 1}}": "values of classifier: has no number for the label 'negative'",
    "{model: m, min_score: 2}": "a share is between 0 and 1",
}


@pytest.mark.parametrize("settings", FAULTY)
def test_check_refuses_a_model_that_cannot_be_used_in_a_sentence(settings: str, folder: Path) -> None:
    (folder / "cut").write_bytes((folder / "m" / "model.gristmill").read_bytes()[:-7])
    (folder / "recipe.yaml").write_text(RECIPE % settings)
    with pytest.raises(RecipeError) as caught:
        load_recipe(folder / "recipe.yaml")
    assert FAULTY[settings] in str(caught.value)
    assert "recipe.yaml:3" in str(caught.value)


def test_a_fasttext_model_of_two_labels_needs_the_label(folder: Path) -> None:
    two = load((folder / "m" / "model.gristmill").read_bytes())
    assert two.positive == "positive"
    data = (FASTTEXT / "softmax_words.bin").read_bytes()
    # Two of its four labels less: the sizes in the head, their entries, and their rows at the end.
    entries = b"".join(
        b"__label__%c\0" % name + data[data.index(b"__label__%c\0" % name) + 11 :][:9] for name in b"abcd"
    )
    assert entries.count(b"__label__") == 4
    names = sorted((data.index(b"__label__%c\0" % name), name) for name in b"abcd")
    cut = data[: names[2][0]] + data[names[3][0] + 20 :]
    words, head = int.from_bytes(cut[68:72], "little"), 64
    cut = (
        cut[:head]
        + (words + 2).to_bytes(4, "little")
        + cut[head + 4 : head + 8]
        + (2).to_bytes(4, "little")
        + cut[head + 12 :]
    )
    (folder / "two.bin").write_bytes(cut)
    faults = Classifier(model="two.bin").at(folder).faults()
    assert faults["label"].startswith("the model does not say which label is the score: name one of ")


def test_the_model_s_digest_is_part_of_what_is_computed(folder: Path) -> None:
    (folder / "own").write_bytes((folder / "m" / "model.gristmill").read_bytes())
    before = Classifier(model="own").at(folder).computing_settings()
    model = load((folder / "own").read_bytes())
    (folder / "own").write_bytes(replace(model, shift=1.0).dump())
    after = Classifier(model="own").at(folder).computing_settings()
    assert before["files"].keys() == {"own"}
    assert before != after
    same_thresholds = Classifier(model="own", min_score=0.9).at(folder).computing_settings()
    assert same_thresholds == after


def test_a_worker_refuses_a_model_that_changed(folder: Path) -> None:
    path = folder / "changing"
    path.write_bytes((folder / "m" / "model.gristmill").read_bytes())
    step = Classifier(model="changing").at(folder)
    assert step.faults() == {}
    sent = pickle.dumps(step)
    path.write_bytes(path.read_bytes()[:100])
    read.cache_clear()  # as in a process of its own
    with pytest.raises(InputError, match="changing: has changed since the build began"):
        pickle.loads(sent).measure(view("a"))


@pytest.mark.parametrize("labels", [("no", "yes"), ("a", "b", "c")])
def test_a_model_is_what_it_was_after_it_was_written_and_read(labels: tuple[str, ...]) -> None:
    draw = np.random.default_rng(1)
    columns = 1 if len(labels) == 2 else len(labels)
    weights = draw.normal(size=(1 << 10, columns)).astype(np.float32)
    positive = "yes" if columns == 1 else None
    model = LinearModel(labels, positive, Shape(10, 2, 4, 2, 99), weights, draw.normal(size=columns), 1.5, -0.25)
    again = load(model.dump())
    assert again.dump() == model.dump()
    text = view("a mill", "")
    shares = again.probabilities(text.text.data, text.text.offsets, text.rows)
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_model_s_file_cut_off_or_garbled_anywhere_is_refused_or_read_as_a_model() -> None:
    weights = np.ones((1 << 10, 1), np.float32)
    data = LinearModel(("no", "yes"), "yes", Shape(10, 2, 4, 2, 99), weights, np.zeros(1), 1.0, 0.0).dump()
    for end in [*range(300), len(data) - 1]:
        with pytest.raises(ValueError, match=r"it |its "):
            load(data[:end])
    for at in range(8, 220):
        for value in (0, 34, 57, 255):
            garbled = data[:at] + bytes([value]) + data[at + 1 :]
            try:
                model = load(garbled)
            except ValueError:
                continue
            assert np.isfinite(model.probabilities(*view("a mill").text, np.arange(1))).all()
