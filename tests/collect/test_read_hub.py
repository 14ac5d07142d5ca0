"""Datasets of the Hub: their files by configs and by names, streamed at a commit, or from the cache."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collecting import Got
from gristmill.collect._hub_files import Config, configs_of, data_files
from gristmill.collect.hub import Hub
from gristmill.errors import InputError
from hub_server import HubServer, hub_server

ROOT = Path()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub_server(monkeypatch) as server:
        yield server


def _rows(*texts: str) -> bytes:
    return b"".join(orjson.dumps({"text": text}) + b"\n" for text in texts)


def _parquet(*texts: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": list(texts)}), sink)
    return sink.getvalue()


def _texts(**settings: object) -> list[object]:
    return Got(Hub.model_validate({"dataset": "mill/grain", **settings}), ROOT).column("text")


def test_the_splits_and_configs_of_a_readme_are_read(hub: HubServer) -> None:
    card = """---
configs:
- config_name: en
  data_files:
  - split: train
    path: "en/*.parquet"
  - split: test
    path: ["tests/en.parquet"]
- config_name: de
  data_dir: de
---
# Grain
"""
    hub.commit(
        "mill/grain",
        {
            "README.md": card.encode(),
            "en/a.parquet": _parquet("a"),
            "en/b.parquet": _parquet("b", "c"),
            "tests/en.parquet": _parquet("t"),
            "de/train.jsonl": _rows("Korn"),
            "de/test.jsonl": _rows("Probe"),
        },
    )
    assert _texts(config="en") == ["a", "b", "c", "t"]
    assert _texts(config="en", split="test") == ["t"]
    assert _texts(config="de", split="train") == ["Korn"]
    for settings, error in (
        ({}, r"it has several configs \(en, de\): set `config`"),
        ({"config": "d"}, "it has no config 'd': did you mean 'de'?"),
        ({"config": "en", "split": "tst"}, "it has no split 'tst': did you mean 'test'?"),
    ):
        with pytest.raises(InputError, match=error.replace("?", r"\?")):
            _texts(**settings)


def test_every_kind_of_file_is_read_and_others_are_left(hub: HubServer) -> None:
    files = {
        "data.json": orjson.dumps([{"text": "of an array"}]),
        "data.jsonl": _rows("of lines"),
        "data.csv": b"text\nof a table\n",
        "data.parquet": _parquet("of columns"),
        "data.txt": b"first line\nsecond line\n",
    }
    for name, data in files.items():
        hub.commit("mill/grain", {name: data, "README.md": b"# no head", ".gitattributes": b"x", "config.json": b"{}"})
        assert "".join(map(str, _texts())).replace("line", "") in (
            "of an array", "of s", "of a table", "of columns", "first second ",
        )  # fmt: skip


def test_conversations_and_others_are_read_by_their_formats(hub: HubServer) -> None:
    hub.commit("mill/grain", {"train.jsonl": b'{"prompt": "Who?", "chosen": "A miller.", "rejected": "No."}\n'})
    reader = Hub(dataset="mill/grain", records="preferences")
    assert reader.kind == "preference"
    assert Got(reader, ROOT).rows[0]["text"]
    with pytest.raises(ValueError, match="no format 'alpacca'"):
        _texts(records="conversations", format="alpacca")


def test_a_branch_is_read_at_its_commit_however_it_moves(hub: HubServer) -> None:
    first = hub.commit("mill/grain", {"a.jsonl": _rows("before"), "b.jsonl": _rows("stays")})
    reader = Hub(dataset="mill/grain")
    before = reader.units("")
    second = hub.commit("mill/grain", {"a.jsonl": _rows("after"), "b.jsonl": _rows("stays")})
    assert [chunk.batch["text"].to_pylist() for chunk in reader.read(before[0])] == [["before"]]
    after = reader.units("")
    assert {reader.pins(unit) for unit in before} == {f"hf://datasets/mill/grain@{first}"}
    assert {reader.pins(unit) for unit in after} == {f"hf://datasets/mill/grain@{second}"}
    same = [one.members[0].identity == two.members[0].identity for one, two in zip(before, after, strict=True)]
    assert same == [False, True]
    assert _texts(revision=first) == ["before", "stays"]
    assert Got(reader, ROOT).column("source")[0] == "hf://datasets/mill/grain/a.jsonl"


def test_a_long_list_of_files_is_read_page_by_page(hub: HubServer) -> None:
    names = [f"data/train-{number:05}-of-00120.jsonl" for number in range(120)]
    hub.commit("mill/grain", {name: _rows(name) for name in names})
    assert _texts() == names


def test_what_is_not_there_is_told_in_a_sentence(hub: HubServer) -> None:
    hub.commit("mill/grain", {"a.jsonl": _rows("a")})
    hub.commit("mill/empty", {"README.md": b"", "a.bin": b"x"})
    for settings, error in (
        ({"revision": "v2"}, "hf://datasets/mill/grain: it has no revision 'v2'"),
        ({"dataset": "mill/gone"}, "there is no such dataset, or it is private and HF_TOKEN is not set"),
        ({"dataset": "mill/empty"}, "it has no data files of a kind that is read here"),
        ({"files": ("none/*",)}, "it has no data files"),
    ):
        with pytest.raises(InputError, match=error):
            _texts(**settings)
    hub.token = "secret"
    with pytest.raises(InputError, match="it is gated: ask for access on its page, and set HF_TOKEN"):
        _texts()


def test_the_token_is_shown_to_the_hub_alone_and_kept_nowhere(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.commit("mill/grain", {"a.jsonl": _rows("guarded")})
    hub.token = "hf_secret"
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    reader = Hub(dataset="mill/grain")
    got = Got(reader, ROOT)
    assert got.column("text") == ["guarded"]
    assert "secret" not in repr((reader, got.units, reader.computing_settings()))
    shown = [path for path, sent in zip(hub.web.asked, hub.web.headers, strict=True) if "secret" in repr(sent)]
    assert any("/resolve/" in path for path in shown)
    assert not any("/cdn/" in path for path in shown)


def test_a_hub_that_is_not_there_is_told_in_a_sentence(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="hf://datasets/mill/grain: the Hub cannot be reached"):
        Hub(dataset="mill/grain").units("")


def test_offline_the_cache_is_read_and_a_part_of_a_dataset_is_told(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub.constants

    names = [f"data/train-{number:05}-of-00003.jsonl" for number in range(3)]
    sha = hub.commit("mill/grain", {name: _rows(name) for name in names})
    cache = tmp_path / "cache"
    huggingface_hub.snapshot_download("mill/grain", repo_type="dataset", cache_dir=cache, endpoint=hub.web.url)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    asked = len(hub.web.asked)
    reader = Hub(dataset="mill/grain")
    got = Got(reader, ROOT)
    assert got.column("text") == names
    assert got.column("source")[0] == f"hf://datasets/mill/grain/{names[0]}"
    assert reader.pins(got.units[0]) == f"hf://datasets/mill/grain@{sha}"
    assert len(hub.web.asked) == asked
    (cache / "datasets--mill--grain" / "snapshots" / sha / names[1]).unlink()
    with pytest.raises(InputError, match=r"the cache has a part of it: data/train-00001-of-00003.jsonl is not there"):
        _texts()
    with pytest.raises(InputError, match="HF_HUB_OFFLINE is set, and the cache"):
        _texts(revision="v2")


LAYOUTS = [
    ["train.csv", "test.csv"],
    ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet", "data/my_own-00000-of-00001.parquet"],
    ["data/train.jsonl", "data/dev.jsonl", "data/notes.jsonl"],
    ["training/a.jsonl", "eval/b.jsonl", "c.jsonl"],
    ["en-train/a.csv", "en-valid-2/b.csv"],
    ["a.parquet", "b.parquet", "sub/c.parquet", ".hidden/d.parquet", "__cache__/e.parquet", ".f.parquet"],
    ["trained.csv", "my train 2.csv", "my-testing_3.csv"],
    ["validation/train/a.csv"],
    ["x.jsonl", "dataset_infos.json", "README.md", "y.jsonl"],
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_and_splits_are_those_that_datasets_finds(layout: list[str], tmp_path: Path) -> None:
    found = pytest.importorskip("datasets.data_files")
    for name in layout:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    patterns = found.get_data_patterns(str(tmp_path))
    theirs = {
        (str(split), str(Path(path).relative_to(tmp_path)))
        for split, files in found.DataFilesDict.from_patterns(patterns, str(tmp_path)).items()
        for path in files
    }
    first: dict[str, str] = {}
    for split, path in sorted(theirs, key=lambda one: list(patterns).index(one[0])):
        first.setdefault(path, split)
    assert {file.path: file.split for file in data_files("x", sorted(layout), [], None)} == first


@pytest.mark.parametrize(
    ("card", "error"),
    [
        ("---\n[\n---\n", "the head of its README is no YAML"),
        ("---\n" + "[" * 500 + "\n---\n", "the head of its README is no YAML"),
        ("---\nconfigs: [{data_files: 'https://example.org/a.csv'}]\n---\n", "names what is no file of it"),
        ("---\nconfigs: [{data_files: [{path: [3]}]}]\n---\n", "names what is no file of it"),
    ],
)
def test_a_card_that_is_broken_is_told_in_a_sentence(card: str, error: str) -> None:
    with pytest.raises(InputError, match=error):
        configs_of("hf://datasets/mill/grain", card)


def test_odd_cards_and_patterns_cost_no_time() -> None:
    assert configs_of("x", "no head") == configs_of("x", "---\nconfigs: 3\n---") == []
    deep = "\n".join(["---", "a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)), "---"])
    assert configs_of("x", deep) == []
    slow = "*a" * 400 + "b"
    config = Config("default", (("train", (slow,)),))
    names = ["a" * 2000 + ".csv", *("".join(one) for one in itertools.product("ab", repeat=8))]
    with pytest.raises(InputError, match="no data files"):
        data_files("x", names, [config], None)
