"""Records that mean the same, by vectors: those of a real ONNX model that the tests make, and those of the input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from gristmill.dedup._onnx import embedder
from gristmill.text.cosines import cosines, followed
from gristmill.text.hyperplanes import meeting_chance, table_keys, unit_vectors
from real_command import build, built, counts, errors, ledger, manifest, write_recipe

VOCABULARY = ["[UNK]", "mill", "miller", "grain", "wheat", "flour", "meal", "river", "stream", "dog"]
SENSES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
"""Words of one sense have the same vector."""


def make_model(folder: Path, pools: bool = False, most_words: int | None = None) -> Path:
    """An ONNX model that looks words up in a table, and its tokenizer.json; with places for so many words at most."""
    folder.mkdir(parents=True, exist_ok=True)
    table = np.random.RandomState(3).standard_normal((6, 16)).astype(np.float32)[SENSES]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["looked"])]
    if pools:
        nodes.append(helper.make_node("ReduceMean", ["looked", "axis"], ["out"], keepdims=0))
    elif most_words:
        nodes.append(helper.make_node("Slice", ["places", "zero", "length", "axis"], ["own"]))
        nodes.insert(1, helper.make_node("Shape", ["input_ids"], ["length"], start=1))
        nodes.append(helper.make_node("Add", ["looked", "own"], ["out"]))
    else:
        nodes.append(helper.make_node("Identity", ["looked"], ["out"]))
    shape = ["batch", 16] if pools else ["batch", "tokens", 16]
    graph = helper.make_graph(
        nodes,
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([1]), "axis"),
            numpy_helper.from_array(np.array([0]), "zero"),
            numpy_helper.from_array(np.zeros((1, most_words or 1, 16), np.float32), "places"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    words = Tokenizer(models.WordLevel({word: k for k, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(folder / "tokenizer.json"))
    return folder / "model.onnx"


TEXTS = {
    "a": "mill grain flour river",
    "b": "miller wheat meal stream",  # the same in other words
    "c": "dog dog dog dog",
    "d": "",
    "e": "mill grain flour river",
}


def recipe(folder: Path, steps: str, records: list[dict[str, Any]] | None = None) -> Path:
    rows = records if records is not None else [{"id": id, "text": text} for id, text in TEXTS.items()]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return write_recipe(folder, "jsonl: {paths: [in.jsonl], id: id}", steps=steps)


def fates(folder: Path) -> dict[str, str]:
    return dict(ledger(built(folder), "id, fate"))


@pytest.mark.parametrize("pools", [False, True])
def test_what_is_said_in_other_words_goes(tmp_path: Path, pools: bool) -> None:
    make_model(tmp_path / "model", pools)
    steps = "[embed: {model: model/model.onnx}, semantic_duplicates: {keep: longest}]"
    assert build(recipe(tmp_path, steps)).code == 0
    assert fates(tmp_path) == {"a": "merged", "b": "kept", "c": "kept", "d": "kept", "e": "merged"}
    assert [alike for (alike,) in ledger(built(tmp_path), "similarity") if alike is not None] == [
        pytest.approx(1, abs=1e-6)
    ] * 2


def test_the_same_bytes_come_out_at_any_number_of_workers(tmp_path: Path) -> None:
    digests = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        make_model(folder / "model")
        steps = "[embed: {model: model/model.onnx}, semantic_duplicates]"
        assert build(recipe(folder, steps), workers=workers).code == 0
        digests.append(manifest(built(folder))["digest"])
    assert digests[0] == digests[1]


def vectors(folder: Path, steps: str, **of: Any) -> int:
    rows = [{"id": id, "text": f"text of {id}", "embedding": vector} for id, vector in of.items()]
    return build(recipe(folder, steps, rows)).code


def test_vectors_may_come_with_the_input(tmp_path: Path) -> None:
    near = [1.0, 0.3, 0, 0]
    assert vectors(tmp_path, "[semantic_duplicates]", a=[1, 0.3, 0, 0.1], b=near, c=[0, 0, 1, 0], d=[10, 3, 0, 0]) == 0
    assert sorted(fates(tmp_path).values()) == ["kept", "kept", "merged", "merged"]
    assert fates(tmp_path)["c"] == "kept"


def test_another_threshold_is_decided_without_new_keys(tmp_path: Path) -> None:
    made = {"a": [1, 0, 0, 0], "b": [1, 0.45, 0, 0]}  # a cosine of .912
    assert vectors(tmp_path, "[semantic_duplicates: {tables: 400}]", **made) == 0
    assert counts(built(tmp_path))["merged"] == 0
    stores = set((built(tmp_path) / ".work" / "lines").rglob("*.arrow"))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("tables: 400", "tables: 400, similarity: 0.9"))
    assert build(recipe).code == 0
    assert counts(built(tmp_path))["merged"] == 1
    assert set((built(tmp_path) / ".work" / "lines").rglob("*.arrow")) == stores


@pytest.mark.parametrize("odd", [None, [], "x", [0, 0], [1, "x"], [1, None], [[1], [1]], [1, 2, 3], {"a": 1}])
def test_a_record_without_a_vector_of_the_kind_stays(tmp_path: Path, odd: Any) -> None:
    assert vectors(tmp_path, "[semantic_duplicates]", a=[1, 1], b=odd, c=[1, 1]) == 0
    assert fates(tmp_path)["b"] == "kept"
    assert counts(built(tmp_path))["merged"] == 1


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("[embed]", "nothing is downloaded"),
        ("[embed: {model: nowhere.onnx}]", "no such file"),
        ("[embed: {model: in.jsonl, tokenizer: model/tokenizer.json}]", "is no ONNX model"),
        ("[embed: {model: model/model.onnx, tokenizer: in.jsonl}]", "is no tokenizer.json"),
    ],
)
def test_a_model_that_cannot_be_run_is_refused_in_a_sentence(tmp_path: Path, steps: str, said: str) -> None:
    make_model(tmp_path / "model")
    told = build(recipe(tmp_path, steps))
    assert told.code != 0
    assert said in told.error


def test_a_text_with_more_tokens_than_the_model_takes_is_quarantined_in_a_sentence(tmp_path: Path) -> None:
    make_model(tmp_path / "model", most_words=4)
    records = [{"id": "a", "text": "mill grain flour"}, {"id": "b", "text": "mill grain flour river stream dog"}]
    assert build(recipe(tmp_path, "[embed: {model: model/model.onnx}]", records)).code == 0
    assert fates(tmp_path) == {"a": "kept", "b": "quarantined"}
    assert errors(built(tmp_path)) == [
        "The model could not be run on the text's 6 tokens; a lower max_tokens of embed may help."
    ]


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_model(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    embedder.cache_clear()
    told = build(recipe(tmp_path, "[embed: {model: model/model.onnx}]"))
    assert told.code != 0
    assert "gristmill[semantic]" in told.error


COORDINATES = st.integers(-1000, 1000)
VECTORS = st.lists(st.lists(COORDINATES, min_size=4, max_size=4).filter(any), min_size=1, max_size=12)


@given(VECTORS)
def test_a_vector_has_the_same_keys_whatever_it_is_computed_beside(rows: list[list[int]]) -> None:
    whole = unit_vectors(np.array(rows, np.float64))
    keys = table_keys(whole, 5, 7, 1)
    for k in range(len(rows)):
        alone = unit_vectors(np.array(rows[k : k + 1], np.float64))
        assert (table_keys(alone, 5, 7, 1)[0] == keys[k]).all()


@given(VECTORS)
def test_cosines_are_those_of_the_definition(rows: list[list[int]]) -> None:
    units = unit_vectors(np.array(rows, np.float64))
    a, b = (side.ravel() for side in np.meshgrid(np.arange(len(rows)), np.arange(len(rows))))
    found = cosines(units.ravel(), np.arange(len(rows) + 1) * 4, a, b)
    exact = np.array(rows, np.float64)
    exact /= np.sqrt((exact**2).sum(axis=1, keepdims=True))
    assert np.allclose(found, (exact[a] * exact[b]).sum(axis=1), atol=2e-4)


def test_vectors_of_unequal_length_are_not_alike() -> None:
    assert cosines(np.ones(5, np.int16), np.array([0, 2, 5]), np.array([0]), np.array([1])).tolist() == [0]


TIES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 5)), max_size=20)


@given(TIES, st.permutations(range(8)))
def test_who_goes_is_as_alike_to_who_stays_as_any_that_stays_before_it(
    ties: list[tuple[int, int, int]], rank: list[int]
) -> None:
    """The twin: nodes in the order of their ranks, each to its most alike neighbour that stays."""
    pairs = {(min(a, b), max(a, b)): share for a, b, share in ties if a != b}
    a, b = (np.array([pair[k] for pair in pairs], np.int64) for k in range(2))
    alike = np.array(list(pairs.values()), np.float64)
    leaders, shares = followed(a, b, alike, np.array(rank))
    stays: dict[int, int] = {}
    for node in sorted(range(8), key=lambda k: rank[k]):
        near = [(share, -rank[sum(pair) - node], sum(pair) - node) for pair, share in pairs.items() if node in pair]
        known = [one for one in near if stays.get(one[2]) == one[2]]
        stays[node] = max(known)[2] if known else node
        if known:
            assert shares[node] == max(known)[0]
    assert leaders.tolist() == [stays[k] for k in range(8)]


def test_as_many_pairs_meet_as_theory_says() -> None:
    rng = np.random.RandomState(5)
    one = rng.standard_normal((2000, 32))
    one /= np.sqrt((one**2).sum(axis=1, keepdims=True))
    other = rng.standard_normal((2000, 32))
    other -= (other * one).sum(axis=1, keepdims=True) * one
    other /= np.sqrt((other**2).sum(axis=1, keepdims=True))
    for cosine in (0.8, 0.9, 0.95):
        beside = cosine * one + np.sqrt(1 - cosine**2) * other
        keys = [table_keys(unit_vectors(some), 16, 12, 9) for some in (one, beside)]
        met = (keys[0] == keys[1]).any(axis=1).mean()
        assert met == pytest.approx(meeting_chance(cosine, 16, 12), abs=0.04)
