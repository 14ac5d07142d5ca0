"""Builds that redact: what the ledger says of it, and that no value is left anywhere in the delivered build."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from real_command import build

TEXTS = [
    "Call Jane at +44 20 7946 0958 or write to jane.doe@acme.co.uk, please, before Friday.",
    "Jane again: jane.doe@acme.co.uk, and password = Tr0ub4dor&3 for the old machine.",
    "Nothing of the kind here, only a plain sentence about mills and grain and water.",
]
VALUES = ("+44 20 7946 0958", "jane.doe@acme.co.uk", "Tr0ub4dor&3")
KEY = "0123456789abcdef0123456789abcdef"
RECIPE = """
name: private
inputs:
  - jsonl: {paths: [in.jsonl], text: text}
steps:
  - redact_personal_data: {key: MILL_KEY, actions: {email: pseudonym}}
  - redact_secrets
outputs:
  - parquet
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MILL_KEY", KEY)
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path


def built(folder: Path) -> Path:
    said = build(folder / "recipe.yaml")
    assert said.code == 0, said.err
    return folder / "builds" / "private"


def test_the_ledger_has_a_row_for_each_span_and_the_delivered_build_none_of_the_values(folder: Path) -> None:
    root = built(folder)
    spans = pq.read_table(root / "ledger" / "spans").to_pylist()
    assert sorted((span["step"], span["kind"], span["action"]) for span in spans) == [
        ("redact_personal_data", "email", "pseudonym"),
        ("redact_personal_data", "email", "pseudonym"),
        ("redact_personal_data", "phone", "mask"),
        ("redact_secrets", "password", "mask"),
    ]
    assert len({span["hash"] for span in spans if span["kind"] == "email"}) == 1
    for path in (path for path in root.rglob("*") if path.is_file() and ".work" not in path.parts):
        raw = path.read_bytes()
        if path.suffix == ".parquet":
            raw = json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        assert not [value for value in (*VALUES, KEY) if value.encode() in raw], path


def test_what_was_looked_for_in_vain_is_none_and_not_unmeasured(folder: Path) -> None:
    with Finished(built(folder)) as finished:
        (rid,) = finished.query("SELECT rid FROM records WHERE position = (SELECT max(position) FROM records)")[0]
        stations = explain(finished, rid).stations
    assert [{one.signal: one.value for one in station.readings}["spans"] for station in stations] == ["none", "none"]


def test_the_report_says_what_was_found_by_kind_and_source(folder: Path) -> None:
    root = built(folder)
    page = (root / "report.html").read_text()
    assert "Personal data and secrets" in page
    assert "not counted" in page and "Different values are counted by the keyed hashes" in page  # secrets have none
    with Finished(root) as finished:
        assert finished.query("SELECT count(*) FROM spans") == [(4,)]


def test_the_report_tells_small_files_as_their_folder(folder: Path) -> None:
    (folder / "texts").mkdir()
    for number, text in enumerate(TEXTS):
        (folder / "texts" / f"{number}.txt").write_text(text)
    (folder / "recipe.yaml").write_text(RECIPE.replace("jsonl: {paths: [in.jsonl], text: text}", "text: texts/"))
    page = (built(folder) / "report.html").read_text()
    assert "texts/*" in page and "texts/0.txt" not in page.partition("By source")[2].partition("What may be left")[0]


def test_another_key_gives_other_stand_ins_and_the_same_key_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = []
    for key in (KEY, KEY, KEY[::-1]):
        monkeypatch.setenv("MILL_KEY", key)
        root = built(folder)
        digests.append(json.loads((root / "manifest.json").read_text())["digest"])
    assert digests[0] == digests[1] != digests[2]
