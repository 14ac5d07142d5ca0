"""Perplexity by a causal model, against what PyTorch says of the same weights, and whether a prompt helps."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from gristmill.contracts.list_files import find_lists
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.quality._causal_model import CausalModel, Unscorable
from gristmill.quality.perplexity import Perplexity
from gristmill.records.kinds import Kind
from gristmill.records.turns import taken_apart

GOLDEN = Path(__file__).parents[1] / "golden" / "causal_lm"
LOSSES = json.loads((GOLDEN / "losses.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, and a tokenizer with a token for each byte and one that begins texts."""
    made = tmp_path_factory.mktemp("model")
    (made / "model.onnx").write_bytes((GOLDEN / "model.onnx").read_bytes())
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: k for k, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>"])
    tokenizer.save(str(made / "tokenizer.json"))
    return made


def opened(folder: Path, begin: str | None = None, name: str = "model.onnx") -> CausalModel:
    return CausalModel(*find_lists(folder, (name, "tokenizer.json"), None, None).files, begin)


def step(folder: Path, **options: Any) -> Perplexity:
    return Perplexity(**({"model": "model.onnx", "max_tokens": 64} | options)).at(folder)


def view(kind: Kind, *contents: dict[str, Any]) -> View:
    apart = [taken_apart(kind, content) for content in contents]
    columns = {name: [getattr(one, name) for one in apart] for name in ("text", "content", "roles")}
    return View(pa.record_batch({name: pa.array(values, pa.large_string()) for name, values in columns.items()}))


def talk(*turns: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[k % 2], "content": text} for k, text in enumerate(turns)]}


@pytest.mark.parametrize("case", LOSSES["cases"])
def test_the_loss_is_what_pytorch_says(folder: Path, case: dict[str, Any]) -> None:
    found = opened(folder).loss(np.array(case["prompt"], np.int64), np.array(case["answer"], np.int64))
    assert found == pytest.approx(case["loss"], rel=1e-5)


def test_a_document_has_the_perplexity_of_its_text(folder: Path) -> None:
    model = opened(folder)
    texts = ["Grind the corn.", "", None, "a"]
    found = step(folder).measure(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    loss = model.loss(np.empty(0, np.int64), model.ids(texts[0], 64))
    assert loss is not None
    assert found["perplexity"].to_pylist() == [pytest.approx(math.exp(loss)), None, None, None]
    assert found["ifd"].null_count == found["given_prompt"].null_count == 4


def test_the_ratio_is_of_losses_or_of_perplexities_and_the_bound_of_1_is_open(folder: Path) -> None:
    records = view("conversation", talk("Hello?", "I am well."), talk("aaaa", "aaaa"), talk("alone"))
    found = {name: step(folder, variant=name).measure(records) for name in ("loss", "perplexity")}
    alone, after = (found["loss"][name].to_pylist() for name in ("perplexity", "given_prompt"))
    for k in (0, 1):
        assert found["loss"]["ifd"][k].as_py() == pytest.approx(math.log(after[k]) / math.log(alone[k]))
        assert found["perplexity"]["ifd"][k].as_py() == pytest.approx(after[k] / alone[k])
    assert found["loss"]["ifd"][2].as_py() is None and alone[2] is None
    (rule,) = Perplexity(model="m").rules()
    values = pa.array([0.2, 0.999, 1.0, 1.7, None])
    assert rule.broken_by(values).tolist() == [False, False, True, True, False]
    assert Perplexity(model="m", max_ifd=None).rules() == ()


def test_the_prompt_is_all_that_comes_before_the_last_answer(folder: Path) -> None:
    model = opened(folder)
    long = talk("One?", "Two.", "Three?", "Four.")
    found = step(folder).measure(view("conversation", long))["given_prompt"][0].as_py()
    asked = model.ids("One?\n\nTwo.\n\nThree?\n\n", 64)
    assert math.log(found) == pytest.approx(model.loss(asked, model.ids("Four.", 64)))
    pair = {
        "prompt": [{"role": "user", "content": "One?"}],
        "completions": [
            {"messages": [{"role": "assistant", "content": "Two."}], "rank": 0},
            {"messages": [{"role": "assistant", "content": "Not that one."}], "rank": 1},
        ],
    }
    found = step(folder).measure(view("preference", pair))["given_prompt"][0].as_py()
    assert math.log(found) == pytest.approx(model.loss(model.ids("One?\n\n", 64), model.ids("Two.", 64)))


def test_a_token_to_begin_with_lets_the_first_token_be_scored(folder: Path) -> None:
    text = View(pa.record_batch({"text": pa.array(["a"], pa.large_string())}))
    assert step(folder).measure(text)["perplexity"][0].as_py() is None
    assert step(folder, begin="<s>").measure(text)["perplexity"][0].as_py() > 1
    assert "has no token '<x>'" in step(folder, begin="<x>").faults()["model"]


def test_what_is_too_long_is_cut_at_the_end_of_the_answer_the_same_for_both(folder: Path) -> None:
    model = opened(folder)
    found = step(folder, max_tokens=20).measure(view("conversation", talk("Hello?", "b" * 100), talk("c" * 30, "d")))
    asked, answer = model.ids("Hello?\n\n", 64), model.ids("b" * 12, 64)
    assert math.log(found["given_prompt"][0].as_py()) == pytest.approx(model.loss(asked, answer))
    assert math.log(found["perplexity"][0].as_py()) == pytest.approx(model.loss(asked[:0], answer))
    assert found["perplexity"][1].as_py() is None and found["given_prompt"][1].as_py() is None


def test_more_tokens_than_the_model_has_places_for_are_told_in_a_sentence(folder: Path) -> None:
    with pytest.raises(Unscorable, match=r"could not be run on 65 tokens; a lower max_tokens of perplexity may help"):
        opened(folder).loss(np.empty(0, np.int64), np.zeros(65, np.int64))


def test_a_perplexity_may_come_with_the_record(folder: Path) -> None:
    metadata = ['{"ppl": 12.5}', '{"ppl": "high"}', "{}", None, '{"metadata": {"ppl": 3}}']
    records = View(pa.record_batch({"text": pa.array(["a"] * 5), "metadata": pa.array(metadata)}))
    given = Perplexity(field="ppl", max_perplexity=10)
    found = given.measure(records)
    assert found["perplexity"].to_pylist() == [12.5, None, None, None, 3.0]
    high = broken(given.rules(), found)[0]
    assert high.tolist() == [True, False, False, False, False]


def test_neither_a_model_nor_a_field_or_both_are_refused(folder: Path) -> None:
    told = "name the ONNX file of a causal model or the field that holds the perplexity, one of them"
    assert Perplexity().faults() == {"model": told} == step(folder, field="ppl").faults()
    assert "no such file" in step(folder, model="gone.onnx").faults()["model"]
    assert step(folder).faults() == {}


def cached(folder: Path, name: str, shape: list[str | int]) -> Path:
    """The tiny model, which now wants a past of keys, and adds the sum of what stands there to every logit."""
    model = onnx.load(folder / "model.onnx")
    graph = model.graph
    graph.input.append(helper.make_tensor_value_info("past_key_values.0.key", TensorProto.FLOAT, shape))
    graph.input.append(helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1]))
    first = graph.output[0].name
    for node in graph.node:
        node.output[:] = ["without_past" if one == first else one for one in node.output]
    graph.node.append(helper.make_node("ReduceSum", ["past_key_values.0.key"], ["past"], keepdims=0))
    graph.node.append(helper.make_node("Add", ["without_past", "past"], [first]))
    onnx.save(model, folder / name)
    return folder / name


def test_a_model_that_wants_a_cache_is_given_an_empty_one(folder: Path) -> None:
    cached(folder, "cached.onnx", ["batch", 3, "past", 8])
    prompt, answer = np.array([1, 2, 3], np.int64), np.array([4, 5, 6, 7], np.int64)
    assert opened(folder, name="cached.onnx").loss(prompt, answer) == opened(folder).loss(prompt, answer)


def test_a_cache_that_cannot_be_empty_is_told(folder: Path) -> None:
    cached(folder, "full.onnx", ["batch", 3, 16, 8])
    told = step(folder, model="full.onnx").faults()["model"]
    assert "wants past_key_values.0.key of tensor(float) ['batch', 3, 16, 8], which cannot be empty" in told


def test_a_model_that_wants_what_is_not_known_is_told(folder: Path) -> None:
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n"]) for name in ("input_ids", "pixels")]
    graph = helper.make_graph(
        [helper.make_node("Add", ["input_ids", "pixels"], ["out"])],
        "pictures",
        inputs,
        [helper.make_tensor_value_info("out", TensorProto.INT64, ["n"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "pictures.onnx")
    told = step(folder, model="pictures.onnx").faults()["model"]
    assert "wants pixels; a causal model whose cache is called past_key_values takes input_ids" in told


def test_weights_beside_the_model_are_part_of_what_it_computes(folder: Path) -> None:
    (folder / "apart.onnx").write_bytes(b"graph")
    before = step(folder, model="apart.onnx").computing_settings()
    (folder / "apart.onnx.data").write_bytes(b"one")
    one = step(folder, model="apart.onnx").computing_settings()
    (folder / "apart.onnx.data").write_bytes(b"other")
    other = step(folder, model="apart.onnx").computing_settings()
    assert "weights" not in before
    assert one["weights"] != other["weights"]
