"""Stand-ins in builds: one for one value in all files, by all workers, in every kind of record; the key is nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from real_command import build_of, built

KEY = "9f86d081884c7d659a2feaa0c55ad015"
VALUES = {
    "email": "jane.doe@acme.co.uk",
    "phone": "+44 20 7946 0958",
    "payment_card": "4111 1111 1111 1111",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "national_id": "44051401359",
    "mac_address": "48:2a:e3:4c:b1:d1",
    "ip_address": "2a00:1450:4001:81b::200e",
    "imei": "490154203237518",
    "ssn": "536-90-4399",
}
WORDS = {"phone": "Ring", "payment_card": "card", "national_id": "PESEL", "imei": "IMEI", "ssn": "SSN"}
LINES = [f"{WORDS.get(kind, 'Note')}: {value} | {kind}" for kind, value in VALUES.items()]
TEXT = "\n".join(LINES)
OPTIONS = {"action": "pseudonym", "key": "MILL_KEY", "countries": ["pl", "de"], "kinds": list(VALUES)}
STEPS = json.dumps([{"redact_personal_data": OPTIONS}])


def _stand_ins(said: str) -> dict[str, str]:
    """By kind, of a text that was made of LINES."""
    told = [line.rsplit(" | ", 1) for line in said.split("\n")]
    return {kind: line.split(": ", 1)[1] for line, kind in told}


def _records(folder: Path, source: str, rows: list[list[dict[str, Any]]], workers: int) -> list[dict[str, Any]]:
    """What is delivered of files of these rows; an assertion that neither a value nor the key is in any file."""
    for number, some in enumerate(rows):
        (folder / f"{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    names = ", ".join(f"{number}.jsonl" for number in range(len(rows)))
    said = build_of(folder, source % names, steps=STEPS, workers=workers)
    assert said.code == 0, said.err
    for path in (path for path in built(folder).rglob("*") if path.is_file()):
        raw = path.read_bytes()
        if path.suffix == ".parquet":
            raw += json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
        assert KEY.encode() not in raw, path
        if ".work" not in path.parts:
            assert not [value for value in VALUES.values() if value.encode() in raw], path
    assert KEY not in said.out + said.err
    return pq.read_table(built(folder) / "data").to_pylist()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MILL_KEY", KEY)
    return tmp_path


JSONL = "jsonl: {paths: [%s]}"


def test_a_value_has_one_stand_in_in_two_files_by_two_workers_and_in_every_kind_of_record(folder: Path) -> None:
    documents = _records(folder, JSONL, [[{"text": TEXT}], [{"text": TEXT}]], workers=2)
    (one, other) = (_stand_ins(record["text"]) for record in documents)
    assert one == other
    talk = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": TEXT}]
    (spoken,) = _records(folder, "conversations: {paths: [%s]}", [[{"messages": talk}]], workers=1)
    assert [_stand_ins(turn["content"]) for turn in spoken["messages"]] == [one, one]
    pair = {"prompt": TEXT, "chosen": TEXT, "rejected": f"{LINES[0]}\n{LINES[1]}"}
    (ranked,) = _records(folder, "preferences: {paths: [%s]}", [[pair]], workers=1)
    shown = json.dumps(ranked, ensure_ascii=False)
    assert all(shown.count(stand_in) >= 2 for stand_in in one.values())


def test_a_stand_in_keeps_the_form_and_two_values_have_two(folder: Path) -> None:
    second = TEXT.replace("jane.doe", "jo.doe").replace("7946 0958", "7946 0959")
    second = second.replace("44051401359", "02070803628").replace("4c:b1:d1", "4c:b1:d2").replace("200e", "200f")
    one, other = (
        _stand_ins(record["text"]) for record in _records(folder, JSONL, [[{"text": TEXT}], [{"text": second}]], 2)
    )
    changed = {"email", "phone", "national_id", "mac_address", "ip_address"}
    assert {kind for kind in VALUES if one[kind] != other[kind]} == changed
    for kind in set(VALUES) - {"email", "ip_address"}:
        assert [char.isalnum() for char in one[kind]] == [char.isalnum() for char in VALUES[kind]]
    assert one["email"].endswith(".example") and one["ip_address"].startswith("2001:db8:")


def test_another_key_makes_other_stand_ins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (before,) = _records(folder, JSONL, [[{"text": TEXT}]], 1)
    monkeypatch.setenv("MILL_KEY", KEY[::-1])
    (after,) = _records(folder, JSONL, [[{"text": TEXT}]], 1)
    one, other = _stand_ins(before["text"]), _stand_ins(after["text"])
    assert all(one[kind] != other[kind] for kind in VALUES)
