"""Records that mean the same, by vectors: those of a real ONNX model that the tests make, and those of the input."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from gristmill.build import recall as recall_
from gristmill.build.recall import Drawing, Recall, measured
from gristmill.cli import main
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View
from gristmill.dedup._centre import centre_of, find_centre
from gristmill.dedup._onnx import embedder
from gristmill.dedup.semantic_duplicates import SemanticDuplicates
from gristmill.text.alike_vectors import alike_in_groups, all_alike
from gristmill.text.cosines import cosines, followed
from gristmill.text.cross_polytopes import corner_chance, meeting_chance, table_keys, unit_vectors
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


def plain_keys(vector: list[int], tables: int, corners: int, seed: int) -> list[tuple[int, ...]]:
    """The twin: by the definition of the transform, in Python's own numbers; the corners of each table."""
    size = max(128, 1 << (len(vector) - 1).bit_length())
    turns = -(-tables * corners // (size // 128))
    signs = (2 * np.random.RandomState(seed).randint(0, 2, (turns, 3 * size)) - 1).tolist()
    turned = []
    for turn in range(turns):
        now = vector + [0] * (size - len(vector))
        for k in range(3):
            now = [value * sign for value, sign in zip(now, signs[turn][k * size : (k + 1) * size], strict=True)]
            now = [sum(v * (-1) ** (i & j).bit_count() for j, v in enumerate(now) if v) for i in range(size)]
        turned.append(now)
    found = []
    for number in range(tables * corners):
        block = turned[number % turns][128 * (number // turns) :][:128]
        place = max(range(128), key=lambda k: (abs(block[k]), -k))
        found.append(2 * place + (block[place] < 0))
    return [tuple(found[k * corners : (k + 1) * corners]) for k in range(tables)]


@settings(max_examples=6, deadline=None)
@given(st.lists(st.lists(COORDINATES, min_size=5, max_size=5).filter(any), min_size=2, max_size=3), st.integers(1, 3))
def test_keys_are_equal_where_the_plain_corners_are(rows: list[list[int]], corners: int) -> None:
    rows = [*rows, [value + 20 for value in rows[0]]]
    rows = [row for row in rows if any(row)]
    units = unit_vectors(np.array(rows, np.float64))
    keys = table_keys(units, 4, corners, 3)
    plain = [plain_keys(row, 4, corners, 3) for row in units.tolist()]
    for one, other in combinations(range(len(rows)), 2):
        assert (keys[one] == keys[other]).tolist() == [a == b for a, b in zip(plain[one], plain[other], strict=True)]


@pytest.mark.parametrize("length", [128, 129, 700, 5000])
def test_no_number_grows_too_large(length: int) -> None:
    """Vectors along one turned axis become as large as any; seen from the other side of a centre, twice that."""
    units = unit_vectors(np.vstack([np.eye(length)[0], np.ones(length), -np.ones(length)]))
    keys = table_keys(units, 4, 2, 1, -units[0].astype(np.int64))
    twice = table_keys(np.ascontiguousarray(units[:1]), 4, 2, 1)
    assert (keys[0] == twice[0]).all()  # twice as long in the same direction


def pairs(cosine: float, many: int, length: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Vectors, and others at this cosine to them."""
    rng = np.random.RandomState(seed)
    one = unit(rng.standard_normal((many, length)))
    return one, beside(one, np.full(many, cosine), rng)


def unit(rows: np.ndarray) -> np.ndarray:
    out: np.ndarray = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return out


def beside(one: np.ndarray, cosine: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    other = rng.standard_normal(one.shape)
    other = unit(other - (other * one).sum(axis=1, keepdims=True) * one)
    out: np.ndarray = cosine[:, None] * one + np.sqrt(1 - cosine**2)[:, None] * other
    return out


@pytest.mark.parametrize("length", [32, 300])
def test_as_many_pairs_meet_as_theory_says(length: int) -> None:
    for cosine in (-0.2, 0.3, 0.8, 0.9, 0.95, 0.99):
        sides = [unit_vectors(some) for some in pairs(cosine, 2000, length)]
        keys = [table_keys(some, 16, 1, 9) for some in sides]
        assert (keys[0] == keys[1]).mean() == pytest.approx(float(corner_chance(np.array([cosine]))[0]), abs=0.012)
        keys = [table_keys(some, 16, 3, 9) for some in sides]
        met = float(meeting_chance(np.array([cosine]), 16, 3)[0])
        assert (keys[0] == keys[1]).any(axis=1).mean() == pytest.approx(met, abs=0.04)


def crowd(folder: Path, many: int = 6000) -> tuple[np.ndarray, np.ndarray, Path]:
    """Vectors with a mean cosine of .7, the first 300 with a copy at .95 to .97 at the end; and a file of others."""
    rng = np.random.RandomState(7)
    shift = unit(rng.standard_normal((1, 48))) * np.sqrt(0.7 / 0.3)
    some = unit(unit(rng.standard_normal((many, 48))) + shift)
    copies = beside(some[:300], rng.uniform(0.95, 0.97, 300), rng)
    others = unit(unit(rng.standard_normal((2000, 48))) + shift)
    path = folder / "others.jsonl"
    path.write_text("".join(json.dumps({"embedding": row}) + "\n" for row in others.tolist()))
    at = rng.permutation(many + 300)
    return np.vstack([some, copies])[np.argsort(at)], at, path


def compared(step: SemanticDuplicates, vectors: np.ndarray, at: np.ndarray) -> float:
    """The share of the copies that are tied to what they are a copy of."""
    view = View(pa.record_batch({"embedding": pa.array(vectors.tolist(), pa.list_(pa.float32()))}))
    sketch = step.sketch(view)
    order = np.lexsort((sketch.rows, sketch.keys))
    a, b = step.link(sketch.keys[order], sketch.rows[order])
    ties = set(zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True))
    planted = [tuple(sorted((int(at[k]), int(at[len(at) - 300 + k])))) for k in range(300)]
    return sum(pair in ties for pair in planted) / 300


def test_a_centre_brings_together_what_check_expects_where_all_are_alike(tmp_path: Path) -> None:
    vectors, at, path = crowd(tmp_path)
    centred = SemanticDuplicates(centre=path.name).at(tmp_path)
    assert "expected recall: 9" in centred.about() and "name a centre" not in centred.about()
    few, all_ = (
        compared(SemanticDuplicates(tables=8, centre=name).at(tmp_path), vectors, at) for name in (None, path.name)
    )
    assert all_ > few + 0.03
    assert compared(centred, vectors, at) >= 0.98


def measured_of(step: SemanticDuplicates, vectors: np.ndarray) -> tuple[Recall, float]:
    """What is measured without a build; and the share of all pairs that are alike that share a key, by hand."""
    view = View(pa.record_batch({"embedding": pa.array(vectors.tolist(), pa.list_(pa.float32()))}))
    sketch = step.sketch(view)
    assert sketch.draws is not None
    drawing = Drawing()
    drawing.add(sketch.draws, view.rows, np.full(len(vectors), 100, np.int64))
    sample = drawing.sample()
    keys = sketch.keys.reshape(len(vectors), -1)
    some = Evidence(*step.evidence(View(view.batch, sample.rows)))
    found = measured(step, sample, some, keys[sample.rows], np.zeros(len(sample.rows), np.bool_))
    units = unit(vectors)
    a, b = np.nonzero(np.triu(units @ units.T >= step.similarity, 1))
    return found, float((keys[a] == keys[b]).any(axis=1).mean())


def test_the_measured_recall_is_that_of_all_pairs(tmp_path: Path) -> None:
    vectors, _, path = crowd(tmp_path, 1500)
    for centre in (None, path.name):
        step = SemanticDuplicates(tables=6, corners=2, centre=centre).at(tmp_path)
        found, true = measured_of(step, vectors)
        assert found.whole and found.pairs >= 300
        assert found.met == pytest.approx(true, abs=0.01)  # of pairs at .95 by rounding alone
        assert found.expected == pytest.approx(true, abs=0.1)


@pytest.mark.parametrize("centre", [False, True])
def test_a_sample_says_as_much_without_bias(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, centre: bool) -> None:
    monkeypatch.setattr(recall_, "_LEAST", 150_000)
    monkeypatch.setattr(recall_, "_MOST", 150_000)
    vectors, _, path = crowd(tmp_path, 3000)
    off = []
    for seed in range(10):
        name = path.name if centre else None
        found, true = measured_of(SemanticDuplicates(tables=4, corners=2, seed=seed, centre=name).at(tmp_path), vectors)
        assert not found.whole and found.met is not None and 5 < found.pairs < 300 and found.records < 1200
        off.append(found.met - true)
    assert abs(np.mean(off)) < 0.06


def listed(found: tuple[np.ndarray, np.ndarray]) -> list[tuple[int, int]]:
    """Pairs in order, the lower one first."""
    return sorted((min(pair), max(pair)) for pair in zip(*(side.tolist() for side in found), strict=True))


@given(VECTORS, st.lists(st.integers(-1, 2), min_size=12, max_size=12))
def test_pairs_are_those_of_comparing_each_with_each(rows: list[list[int]], groups: list[int]) -> None:
    units = unit_vectors(np.array(rows, np.float64))
    values, offsets = units.ravel(), np.arange(len(rows) + 1) * 4
    a, b = np.triu_indices(len(rows), 1)
    near = cosines(values, offsets, a, b) >= 0.9
    found = all_alike(values, offsets, 0.9)
    assert found is not None
    assert listed(found) == listed((a[near], b[near]))
    of = np.array(groups[: len(rows)])
    near &= (of[a] == of[b]) & (of[a] >= 0)
    assert listed(alike_in_groups(values, offsets, of, 0.9)) == listed((a[near], b[near]))


def test_a_crowd_is_not_compared_as_a_whole() -> None:
    units = np.ones((4000, 8), np.int16)
    assert all_alike(units.ravel(), np.arange(4001) * 8, 0.9) is None


def test_parquet_and_lines_of_the_same_vectors_are_the_same_centre(tmp_path: Path) -> None:
    _, _, path = crowd(tmp_path, 400)
    vectors = [json.loads(line)["embedding"] for line in path.read_text().splitlines()]
    pq.write_table(pa.table({"embedding": vectors}), tmp_path / "o.parquet")
    metadata = [json.dumps({"embedding": vector}) for vector in vectors]
    pq.write_table(pa.table({"metadata": metadata}), tmp_path / "m.parquet")
    found = [centre_of(find_centre(tmp_path, name), "embedding") for name in (path.name, "o.parquet", "m.parquet")]
    assert (found[0] == found[1]).all() and (found[0] == found[2]).all()
    mean = unit(np.array(vectors)).mean(axis=0)
    assert np.allclose(found[0] / 32_000, mean, atol=1e-4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        ("{}\n", "has no vector in 'embedding'"),
        ('{"embedding": [1, 2]}\n{"embedding": [1, 2, 3]}\n', "of 2 and of 3 numbers"),
    ],
)
def test_a_centre_that_is_none_is_refused_in_a_sentence(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "c.jsonl").write_text(content)
    told = build(recipe(tmp_path, "[semantic_duplicates: {centre: c.jsonl}]"))
    assert told.code != 0
    assert said in told.error


def test_another_centre_makes_other_keys(tmp_path: Path) -> None:
    settings = []
    for line in ("[1, 2]", "[2, 1]"):
        (tmp_path / "c.jsonl").write_text(f'{{"embedding": {line}}}\n')
        settings.append(SemanticDuplicates(centre="c.jsonl").at(tmp_path).computing_settings())
    assert settings[0] != settings[1]


def test_other_keys_are_computed_in_the_same_folder(tmp_path: Path) -> None:
    assert vectors(tmp_path, "[semantic_duplicates: {column: other}]", a=[1, 1], b=[1, 1]) == 0
    assert counts(built(tmp_path))["merged"] == 0
    assert vectors(tmp_path, "[semantic_duplicates]", a=[1, 1], b=[1, 1]) == 0
    assert counts(built(tmp_path))["merged"] == 1


def test_a_column_that_no_record_has_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "a", "vector": [1, 2]}\n{"text": "b", "vector": [1, 2]}\n')
    path = write_recipe(tmp_path, "jsonl: {paths: [in.jsonl]}", steps="[semantic_duplicates: {column: vectro}]")
    said = "semantic_duplicates: no record has a list of numbers in 'vectro', so that none was compared"
    told = build(path)
    assert told.code == 0 and said in told.err
    checked = io.StringIO()
    with contextlib.redirect_stderr(checked), contextlib.redirect_stdout(io.StringIO()):
        assert main(["check", str(path)]) == 0
    assert said in checked.getvalue()
    path.write_text(path.read_text().replace("vectro", "vector"))
    assert "no record has" not in build(path).err


def test_what_is_a_copy_of_an_indexed_record_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    assert vectors(tmp_path / "old", "[semantic_duplicates]", o1=[1, 0, 0, 0], o2=[0, 1, 0, 0]) == 0
    assert main(["index", "old/builds/x", "--step", "semantic_duplicates", "--to", "old.index"]) == 0
    new = {"n1": [1, 0.1, 0, 0], "n2": [0, 0, 1, 0], "n3": [0, 0.1, 1, 0], "n4": [1, 1, 0, 0]}
    assert vectors(tmp_path / "new", "[semantic_duplicates: {against: [../old.index]}]", **new) == 0
    assert ledger(built(tmp_path / "new"), "id, fate, twin_index") == [
        ("n1", "merged", "../old.index"),
        ("n2", "kept", None),
        ("n3", "merged", None),
        ("n4", "kept", None),
    ]
    assert vectors(tmp_path / "new", "[semantic_duplicates: {seed: 2, against: [../old.index]}]", **new) != 0
