"""Names and addresses by a local tagger: models of a vocabulary, so that what they say of each word is known."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.contracts.list_files import find_lists
from gristmill.contracts.view import View
from gristmill.protect._onnx_tagger import OnnxTagger
from gristmill.protect._taggers import files_of
from gristmill.protect._tagging import kind_of
from gristmill.protect.redact_personal_data import RedactPersonalData
from made_tagger import LOOKED_UP, QUANTISED, SWAYED, WORDS, write


def opened(folder: Path) -> OnnxTagger:
    return OnnxTagger(*find_lists(folder, files_of(folder, "onnx/model.onnx"), None, None).files)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("tagger"), LOOKED_UP)


@pytest.fixture(scope="module", params=["looked up", "swayed", "quantised", "one at a time"])
def any_tagger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OnnxTagger:
    nodes = {"swayed": SWAYED, "quantised": QUANTISED}.get(request.param, LOOKED_UP)
    at_once = 1 if request.param == "one at a time" else "texts"
    return opened(write(tmp_path_factory.mktemp("any"), nodes, at_once))


def _run(folder: Path, *texts: str, **options: object) -> tuple[list[str], list[list[dict[str, object]]]]:
    step = RedactPersonalData(tagger="onnx/model.onnx", **options).at(folder)
    assert step.faults() == {}
    edit = step.edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    return edit.text.to_pylist(), edit.signals["spans"].to_pylist()


def test_names_addresses_and_organisations_are_found_in_one_run_with_identifiers(model: Path) -> None:
    text = "Ask jane doe of acme at baker street , paris or jane.d@acme.com"
    assert _run(model, text)[0] == ["Ask <PERSON> of <ORGANISATION> at <ADDRESS> , <ADDRESS> or <EMAIL>"]


def test_places_are_right_in_any_script_and_behind_many_pieces(model: Path) -> None:
    text = "電話とé " * 400 + "élodie may go. Ünd jane doe"
    (redacted,), (spans,) = _run(model, text)
    assert redacted == text.replace("élodie", "<PERSON>").replace("jane doe", "<PERSON>")
    assert [text.encode()[s["start"] : s["stop"]].decode() for s in spans] == ["élodie", "jane doe"]


def test_what_the_model_is_not_sure_of_is_left(model: Path) -> None:
    assert _run(model, "perhaps so jane")[0] == ["perhaps so <PERSON>"]
    assert _run(model, "perhaps so", min_tag_score=0.1)[0] == ["<PERSON> so"]


@given(texts=st.lists(st.lists(st.sampled_from([*WORDS, "perhaps", "so", "."]), max_size=12).map(" ".join), max_size=9))
def test_no_text_sways_another_whatever_the_model_is(any_tagger: OnnxTagger, texts: list[str]) -> None:
    assert any_tagger(texts) == [any_tagger([text])[0] for text in texts]


def test_pieces_of_a_length_are_run_together_where_that_changes_no_answer(tmp_path: Path) -> None:
    texts = [f"jane doe {word}" for word in WORDS] * 20 + ["paris"]
    runs = {}
    for name, nodes, at_once in (
        ("steady", LOOKED_UP, "texts"),
        ("swayed", SWAYED, "texts"),
        ("quantised", QUANTISED, "texts"),
        ("made for one", LOOKED_UP, 1),
    ):
        (tmp_path / name).mkdir()
        tag = opened(write(tmp_path / name, nodes, at_once))
        session, runs[name] = tag._session, []
        tag._session = _Counting(session, runs[name])
        tag(random.Random(3).sample(texts, len(texts)))
    assert sorted(runs["steady"]) == [(1, 1), (160, 3)]
    alone = [(1, 1), *[(1, 3)] * 160]
    assert sorted(runs["swayed"]) == sorted(runs["quantised"]) == sorted(runs["made for one"]) == alone


class _Counting:
    """A session that notes what it is given."""

    def __init__(self, session: Any, runs: list[tuple[int, ...]]) -> None:
        self._session, self._runs = session, runs

    def run(self, names: None, given: dict[str, np.ndarray]) -> Any:
        self._runs.append(given["input_ids"].shape)
        return self._session.run(names, given)


def test_what_has_more_tokens_than_the_model_sees_is_tagged_to_its_end(tmp_path: Path) -> None:
    folder = write(tmp_path, LOOKED_UP, max_position_embeddings=64)
    text = ". " * 300 + "jane doe"
    assert _run(folder, text)[0] == [text.replace("jane doe", "<PERSON>")]


def test_addresses_of_mail_and_machines_are_no_addresses() -> None:
    assert [kind_of(label) for label in ("B-STREET_ADDRESS", "I-LOC", "GPE", "FAC", "B-ORG", "PERSON")] == [
        *["address"] * 4,
        "organisation",
        "person",
    ]
    assert not any(
        map(kind_of, ("O", "B-EMAIL_ADDRESS", "IP_ADDRESS", "MACADDRESS", "BITCOINADDRESS", "USERNAME", "DOMAIN_NAME"))
    )


def test_a_second_time_changes_nothing(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILL_KEY", "0123456789abcdef")
    for options in ({}, {"action": "pseudonym", "key": "MILL_KEY"}):
        once, _ = _run(model, "jane doe lives in paris", **options)
        assert _run(model, *once, **options)[0] == once


def test_kinds_that_only_a_tagger_finds_need_one() -> None:
    assert "name an ONNX model or a spaCy pipeline" in RedactPersonalData(kinds=("person",)).faults()["kinds"]


def test_a_tagger_that_is_not_there_or_none_is_told_in_a_sentence(model: Path, tmp_path: Path) -> None:
    def told(config: str) -> str:
        (tmp_path / "config.json").write_text(config)
        return RedactPersonalData(tagger="m.onnx").at(tmp_path).faults()["tagger"]

    assert "onnx/other.onnx" in RedactPersonalData(tagger="onnx/other.onnx").at(model).faults()["tagger"]
    (tmp_path / "m.onnx").write_text("{}")
    (tmp_path / "tokenizer.json").write_bytes((model / "tokenizer.json").read_bytes())
    assert "no ONNX model that can be run" in told("{}")
    (tmp_path / "m.onnx").write_bytes((model / "onnx" / "model.onnx").read_bytes())
    assert "has no id2label" in told("{}")
    assert "has no id2label" in told("[")
    assert "gives 6 numbers a token, and its config has 1 labels" in told('{"id2label": {"0": "B-ORG"}}')
    (tmp_path / "m").mkdir()
    assert "m/config.cfg" in RedactPersonalData(tagger="m").at(tmp_path).faults()["tagger"]
    assert "none of its labels is a name" in told('{"id2label": {"0": "O", "1": "B-EMAIL_ADDRESS"}}')


def test_another_model_computes_anew(model: Path) -> None:
    first = RedactPersonalData(tagger="onnx/model.onnx").at(model).computing_settings()
    assert first["files"] and first != RedactPersonalData().at(model).computing_settings()
