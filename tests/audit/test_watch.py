"""A source that is read again gives what is new and what has changed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq

from gristmill.audit._earlier_records import Known, _both
from gristmill.audit.watch import Watch
from gristmill.build.run import build
from gristmill.collect.jsonl import Jsonl
from gristmill.deliver.parquet import Parquet
from gristmill.recipe.model import Recipe, lines


def _write(root: Path, texts: dict[str, str]) -> None:
    rows = [orjson.dumps({"id": id, "text": text, "url": f"https://mill.example/{id}"}) for id, text in texts.items()]
    (root / "in.jsonl").write_bytes(b"\n".join(rows))


def _built(root: Path, name: str, *since: str, by: str = "id", keep: tuple[str, ...] = ("new", "changed")) -> list[str]:
    step = Watch.model_validate({"since": tuple(f"builds/{one}" for one in since), "by": by, "keep": keep})
    recipe = Recipe(name=name, root=root, inputs=(Jsonl(paths=("in.jsonl",)),), steps=lines(step), outputs=(Parquet(),))
    folder = build(recipe, lambda *_: None, workers=1).folder
    return sorted(text for path in folder.glob("data/*") for text in pq.read_table(path)["text"].to_pylist())


def test_a_later_build_has_what_is_new_and_what_has_changed(tmp_path: Path) -> None:
    _write(tmp_path, {"a": "stays", "b": "will change", "c": "goes away"})
    assert _built(tmp_path, "monday", by="url") == ["goes away", "stays", "will change"]
    _write(tmp_path, {"n": "is new", "a": "stays", "b": "has changed"})
    assert _built(tmp_path, "tuesday", "monday", by="url") == ["has changed", "is new"]
    ledger = pq.read_table(tmp_path / "builds" / "tuesday" / "ledger" / "signals")
    assert sorted(ledger["watch.freshness"].to_pylist()) == ["changed", "new", "unchanged"]


def test_a_build_that_did_not_watch_or_otherwise_is_told(tmp_path: Path) -> None:
    monday = {"digest": "0", "steps": [{"name": "watch", "step": "watch", "settings": {"by": "id"}}]}
    manifests = {"broken": "{", "plain": json.dumps(monday | {"steps": []}), "monday": json.dumps(monday)}
    for name, text in manifests.items():
        (tmp_path / "builds" / name).mkdir(parents=True)
        (tmp_path / "builds" / name / "manifest.json").write_text(text)
    for name, by, said in (
        ("none", "id", "is no finished build, it has no manifest.json"),
        ("broken", "id", "its manifest.json is damaged; build it again"),
        ("plain", "id", "was built without watch, so its records are not known; add the step to its recipe"),
        ("monday", "url", "knows its records by another field than 'url'; set `by` alike in both recipes"),
        ("monday", "id", None),
    ):
        step = Watch.model_validate({"since": (f"builds/{name}",), "by": by}).at(tmp_path)
        assert step.faults() == ({"since": f"builds/{name}: {said}"} if said else {})


def test_look_ups_agree_with_sets() -> None:
    made = np.random.default_rng(7)
    records, contents = made.integers(0, 50, 400), made.integers(0, 3, 400)
    seen = set(zip(records.tolist(), contents.tolist(), strict=True))
    known = Known(np.unique(records.view(np.uint64)), np.unique(_both(records, contents)))
    asked, texts = made.integers(0, 80, 2000), made.integers(0, 4, 2000)
    wanted = [
        "unchanged" if pair in seen else "changed" if pair[0] in set(records.tolist()) else "new"
        for pair in zip(asked.tolist(), texts.tolist(), strict=True)
    ]
    assert known.freshness(asked, texts).to_pylist() == wanted
