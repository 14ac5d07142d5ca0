"""Names and addresses by a local tagger: a model of a vocabulary, so that what it says of each word is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pyarrow as pa
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from gristmill.contracts.view import View
from gristmill.protect.redact_personal_data import RedactPersonalData

LABELS = ("O", "B-GIVEN_NAME", "I-SURNAME", "B-STREET_NAME", "B-CITY", "B-ORG")
WORDS = {"jane": 1, "doe": 2, "élodie": 1, "baker": 3, "street": 3, "paris": 4, "acme": 5, "may": 0}
SURE, UNSURE = 8.0, 0.2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as exports have it: config and tokenizer above, the model in onnx/."""
    folder = tmp_path_factory.mktemp("tagger")
    vocabulary = {"[UNK]": 0, **{word: at for at, word in enumerate(WORDS, 1)}, "perhaps": len(WORDS) + 1}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"id2label": {str(at): name for at, name in enumerate(LABELS)}}))
    table = np.zeros((len(vocabulary), len(LABELS)), np.float32)
    table[0, 0] = SURE
    for word, label in WORDS.items():
        table[vocabulary[word], label] = SURE
    table[vocabulary["perhaps"], 1] = UNSURE
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"])],
        "tagger",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, None])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, None, len(LABELS)])],
        [numpy_helper.from_array(table, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    (folder / "onnx").mkdir()
    onnx.save(made, str(folder / "onnx" / "model.onnx"))
    return folder


def _run(folder: Path, *texts: str, **options: object) -> tuple[list[str], list[list[dict[str, object]]]]:
    step = RedactPersonalData(tagger="onnx/model.onnx", **options).at(folder)
    assert step.faults() == {}
    edit = step.edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    return edit.text.to_pylist(), edit.signals["spans"].to_pylist()


def test_names_addresses_and_organisations_are_found_in_one_run_with_identifiers(model: Path) -> None:
    text = "Ask jane doe of acme at baker street , paris or jane.d@acme.com"
    assert _run(model, text)[0] == ["Ask <PERSON> of <ORGANISATION> at <ADDRESS> , <ADDRESS> or <EMAIL>"]


def test_places_are_right_in_any_script_and_behind_many_pieces(model: Path) -> None:
    text = "電話とé " * 400 + "élodie may go"
    (redacted,), (spans,) = _run(model, text)
    assert redacted == text.replace("élodie", "<PERSON>")
    assert [text.encode()[s["start"] : s["stop"]].decode() for s in spans] == ["élodie"]


def test_what_the_model_is_not_sure_of_is_left(model: Path) -> None:
    assert _run(model, "perhaps so jane")[0] == ["perhaps so <PERSON>"]
    assert _run(model, "perhaps so", min_tag_score=0.1)[0] == ["<PERSON> so"]


def test_a_second_time_changes_nothing(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILL_KEY", "0123456789abcdef")
    for options in ({}, {"action": "pseudonym", "key": "MILL_KEY"}):
        once, _ = _run(model, "jane doe lives in paris", **options)
        assert _run(model, *once, **options)[0] == once


def test_kinds_that_only_a_tagger_finds_need_one() -> None:
    assert "name an ONNX model" in RedactPersonalData(kinds=("person",)).faults()["kinds"]


def test_a_tagger_that_is_not_there_or_none_is_told_in_a_sentence(model: Path, tmp_path: Path) -> None:
    assert "onnx/other.onnx" in RedactPersonalData(tagger="onnx/other.onnx").at(model).faults()["tagger"]
    for name in ("m.onnx", "tokenizer.json", "config.json"):
        (tmp_path / name).write_text("{}")
    assert "is no tagger" in RedactPersonalData(tagger="m.onnx").at(tmp_path).faults()["tagger"]


def test_another_model_computes_anew(model: Path) -> None:
    first = RedactPersonalData(tagger="onnx/model.onnx").at(model).computing_settings()
    assert first["files"] and first != RedactPersonalData().at(model).computing_settings()
