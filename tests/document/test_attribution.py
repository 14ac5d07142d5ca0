"""Whom to name is a file of the build where licences ask for it."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path

from real_command import build_of


def _records(folder: Path, *licenses: str | None) -> None:
    rows = [
        {"text": f"A page about mills, number {at}.", "url": f"https://mill.example/{at}", "license": one}
        for at, one in enumerate(licenses)
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _built(folder: Path) -> Path:
    said = build_of(folder, "jsonl: {paths: [in.jsonl], url: url}", steps="[license: {noncommercial: drop}]")
    assert said.code == 0, said.err
    return folder / "builds" / "x"


def test_a_row_is_written_for_each_kept_record_that_asks_for_it(tmp_path: Path) -> None:
    _records(tmp_path, "CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", None, "CC-BY-4.0")
    root = _built(tmp_path)
    with (root / "ATTRIBUTION.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["license"], row["url"][-1]) for row in rows] == [
        ("CC-BY-4.0", "0"),
        ("CC-BY-4.0", "5"),
        ("CC-BY-SA-4.0", "2"),
    ]
    assert "Attribution" in (root / "report.html").read_text()


def test_the_manifest_has_the_file_and_its_digest_and_one_that_is_lost_is_made_again(tmp_path: Path) -> None:
    _records(tmp_path, "CC-BY-4.0")
    root = _built(tmp_path)
    whole = (root / "ATTRIBUTION.csv").read_bytes()
    entries = [one for one in json.loads((root / "manifest.json").read_text())["outputs"] if one["path"][0] == "A"]
    assert [(one["path"], one["sha256"]) for one in entries] == [("ATTRIBUTION.csv", sha256(whole).hexdigest())]
    (root / "ATTRIBUTION.csv").unlink()
    assert (_built(tmp_path) / "ATTRIBUTION.csv").read_bytes() == whole


def test_no_file_is_written_where_none_asks_and_an_earlier_one_goes(tmp_path: Path) -> None:
    _records(tmp_path, "CC-BY-4.0")
    assert (_built(tmp_path) / "ATTRIBUTION.csv").exists()
    _records(tmp_path, "CC0-1.0")
    assert not (_built(tmp_path) / "ATTRIBUTION.csv").exists()
