"""Scores of a tagger as chances of being right: how they are fitted, kept and used."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.cli import main
from gristmill.contracts.view import View
from gristmill.protect._labelled_spans import Span, finds_of, spans_of
from gristmill.protect._tag_calibration import FEWEST, CalibratedTagger, Find, fit
from gristmill.protect._tagging import Tagged
from gristmill.protect.redact_personal_data import RedactPersonalData
from made_tagger import LOOKED_UP, write

MODEL = "onnx/model.onnx"


def finds(count: int, slope: float, shift: float, seed: int = 1, kind: str = "person") -> list[Find]:
    """Finds whose chance of being right is a line of the log odds of their scores."""
    draw = random.Random(seed)
    out = []
    for number in range(count):
        odds = draw.gauss(1, 2)
        right = draw.random() < 1 / (1 + np.exp(-slope * odds - shift))
        text = f"{seed} {number}".encode()
        out.append(Find(text, text, kind, 0, float(1 / (1 + np.exp(-odds))), bool(right)))
    return out


def test_scores_that_promise_too_much_become_chances() -> None:
    lines, figures = fit(finds(4000, 0.4, -0.5), {"person": 4000}, seed=1)
    slope, shift = lines["person"]
    assert (slope, shift) == (pytest.approx(0.4, abs=0.1), pytest.approx(-0.5, abs=0.15))
    assert figures["person"]["calibration error before"] > 0.15
    assert figures["person"]["calibration error after"] < 0.03


def test_each_kind_has_a_line_of_its_own_and_one_that_is_not_labelled_or_seldom_found_has_none() -> None:
    known = finds(500, 0.4, -0.5) + finds(500, 1.5, 1, kind="address") + finds(500, 1, 0, kind="organisation")
    lines, figures = fit(known, {"person": 9, "address": 9, "organisation": 0}, seed=1)
    assert sorted(lines) == sorted(figures) == ["address", "person"]
    lines, figures = fit(finds(FEWEST - 1, 1, 0), {"person": 9}, seed=1)
    assert not lines
    assert figures["person"]["finds"] == FEWEST - 1


def test_the_order_of_the_texts_changes_nothing() -> None:
    known = finds(300, 0.6, 0.2)
    shuffled = random.Random(2).sample(known, len(known))
    assert fit(known, {"person": 1}, 1) == fit(shuffled, {"person": 1}, 1)


def test_finds_that_are_all_right_or_score_all_alike_can_be_calibrated() -> None:
    right = [one._replace(right=True) for one in finds(200, 1, 0)]
    alike = [one._replace(score=1.0) for one in finds(200, 1, 0)]
    for known in (right, alike):
        (found,) = CalibratedTagger(_Said(known), fit(known, {"person": 1}, 1)[0])([""])
        share = np.mean([one.right for one in known])
        assert np.mean([one.score for one in found]) == pytest.approx(share, abs=0.02)


@given(scores=st.lists(st.floats(0, 1), min_size=2), seed=st.integers(1, 5))
def test_what_scored_more_is_never_less_likely(scores: list[float], seed: int) -> None:
    lines, _ = fit(finds(100, 0.7, 0.3, seed), {"person": 1}, 1)
    said = [Find(b"", b"", "person", 0, score, True) for score in sorted(scores)]
    (found,) = CalibratedTagger(_Said(said), lines)([""])
    chances = [one.score for one in found]
    assert chances == sorted(chances)
    assert all(0 <= one <= 1 for one in chances)


class _Said:
    """A tagger that found what is known."""

    def __init__(self, known: list[Find]) -> None:
        self._known = known

    def __call__(self, texts: object) -> list[list[Tagged]]:
        return [[Tagged(one.kind, 0, 1, one.score) for one in self._known]]


def test_spans_are_read_as_data_sets_spell_them() -> None:
    said = [
        {"start": 0, "stop": 4, "kind": "person"},
        {"start": 0, "end": 4, "label": "B-LOC"},
        {"start_position": 5, "end_position": 9, "entity_type": "ORGANIZATION", "entity_value": "Acme"},
        {"start": 5, "end": 9, "label": "EMAIL_ADDRESS"},
    ]
    assert spans_of(said) == [Span("person", 0, 4), Span("address", 0, 4), Span("organisation", 5, 9)]
    for wrong in (None, [1], [{"start": 4, "end": 4, "label": "PER"}], [{"start": 0, "end": 4}]):
        with pytest.raises(ValueError, match=r"span"):
            spans_of(wrong)


def test_a_find_is_right_where_it_overlaps_a_label_of_its_kind() -> None:
    labels = [Span("person", 0, 4), Span("address", 8, 12)]
    said = [Tagged("person", 3, 6, 0.9), Tagged("person", 4, 8, 0.9), Tagged("person", 9, 10, 0.9)]
    assert [one.right for one in finds_of("Jane in Oslo", None, labels, said)] == [True, False, False]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tagger, and texts in which what it is unsure of is a name nine times in ten."""
    write(tmp_path, LOOKED_UP)
    with (tmp_path / "labelled.jsonl").open("w") as file:
        for number in range(200):
            spans = [{"start": 0, "end": 7, "label": "PERSON"}] if number % 10 else []
            spans.append({"start": 11, "end": 15, "label": "GIVEN_NAME"})
            file.write(json.dumps({"text": f"perhaps so jane {number}", "spans": spans}) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _redacted(folder: Path, text: str) -> str | None:
    step = RedactPersonalData(tagger=MODEL).at(folder)
    assert step.faults() == {}
    said: str | None = step.edit(View(pa.record_batch({"text": pa.array([text], pa.large_string())}))).text[0].as_py()
    return said


def test_a_calibration_beside_the_model_decides_what_is_sure_enough(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _redacted(folder, "perhaps so jane") == "perhaps so <PERSON>"
    before = RedactPersonalData(tagger=MODEL).at(folder).computing_settings()
    assert main(["calibrate-tagger", MODEL, "labelled.jsonl", "--licence", "CC0"]) == 0
    assert "person: 380 labels, 400 finds, 380 right" in capsys.readouterr().out
    assert _redacted(folder, "perhaps so jane") == "<PERSON> so <PERSON>"
    assert RedactPersonalData(tagger=MODEL).at(folder).computing_settings() != before
    card = json.loads((folder / f"{MODEL}.calibration.json").read_bytes())["card"]
    assert (card["texts"], card["licence"]) == (200, "CC0")
    person = card["kinds"]["person"]
    assert person["calibration error after"] < 0.1 < person["calibration error before"]


def test_the_same_labels_give_the_same_bytes_in_any_order_and_nothing_is_written_over(folder: Path) -> None:
    said = folder / f"{MODEL}.calibration.json"
    arguments = ["calibrate-tagger", MODEL, "labelled.jsonl", "--force"]
    assert main(arguments) == 0
    first = json.loads(said.read_bytes())
    lines = (folder / "labelled.jsonl").read_text().splitlines()
    (folder / "labelled.jsonl").write_text("\n".join(lines[::-1]) + "\n")
    assert main(arguments) == 0
    assert json.loads(said.read_bytes()) == first
    assert main(arguments[:-1]) == 4


def test_a_calibration_of_another_model_or_a_garbled_one_is_refused(folder: Path) -> None:
    assert main(["calibrate-tagger", MODEL, "labelled.jsonl"]) == 0
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps({**config, "more": 1}))
    assert "is the calibration of other files" in RedactPersonalData(tagger=MODEL).at(folder).faults()["tagger"]
    for garbled in ("{}", "[", '{"format": 1, "model": "", "lines": {"person": [-1, 0]}}', '{"format": 1, "lines": 3}'):
        (folder / f"{MODEL}.calibration.json").write_text(garbled)
        assert "is no calibration" in RedactPersonalData(tagger=MODEL).at(folder).faults()["tagger"]


def test_texts_without_labels_or_with_few_finds_calibrate_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "few.jsonl").write_text('{"text": "jane", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n')
    assert main(["calibrate-tagger", MODEL, "few.jsonl"]) == 3
    assert "1 labels, 1 finds, 1 right; too few" in capsys.readouterr().err
    (folder / "none.jsonl").write_text('{"text": "jane"}\n')
    assert main(["calibrate-tagger", MODEL, "none.jsonl"]) == 3
    assert "its field 'spans' is no list of spans" in capsys.readouterr().err
