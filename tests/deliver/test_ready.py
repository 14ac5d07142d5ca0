"""Outputs as other programs take them: a Hub dataset, files of OpenAI's jobs, a dataset folder of LLaMA-Factory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import gristmill
import tokenizer_folders
from gristmill.build.run import build
from gristmill.deliver._dataset_card import features, size_category
from gristmill.deliver._nested import COMPLETION, NESTED
from gristmill.deliver.openai import tokens_of
from gristmill.document.report import write_report
from gristmill.errors import RecipeError
from gristmill.recipe.lint import lint
from gristmill.recipe.sources import sources_of
from gristmill.records.chat.tokenizer import Tokenizer

Row = dict[str, Any]

TALKS = [
    {"messages": [{"role": "user", "content": f"How many sacks are {n}?"}, {"role": "assistant", "content": f"{n}."}]}
    for n in range(40)
]
PAIRS = [{"prompt": f"Grind {n} sacks?", "chosen": f"Yes, all {n}.", "rejected": "No."} for n in range(12)]
REVIEWS = [{"text": f"The bread of day {n} was good.", "label": n % 2} for n in range(12)]
TEXTS = [{"text": f"On day {n} the miller ground the grain of the whole valley.", "n": n} for n in range(12)]


def made(folder: Path, rows: list[Row], outputs: str, *, reader: str = "conversations", **more: Any) -> dict[str, Any]:
    """A build in `folder/out` of two files with these rows; its manifest."""
    folder.mkdir(exist_ok=True)
    half = len(rows) // 2
    for name, some in (("a", rows[:half]), ("b", rows[half:])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    steps = more.get("steps", "[]")
    (folder / "recipe.yaml").write_text(
        f"name: mill\nbuild: out\ninputs:\n  - {reader}: [a.jsonl, b.jsonl]\nsteps: {steps}\noutputs: {outputs}\n"
    )
    recipe = gristmill.load(folder / "recipe.yaml")
    return build(recipe, write_report, workers=more.get("workers", 1)).manifest


def front(readme: Path) -> dict[str, Any]:
    return yaml.safe_load(readme.read_text().split("---\n")[1])


@pytest.mark.parametrize(
    ("reader", "rows", "column"),
    [
        ("conversations", TALKS, "messages"),
        ("preferences", PAIRS, "completions"),
        ("examples", REVIEWS, "input"),
        ("jsonl", TEXTS, "text"),
    ],
)
def test_a_hub_folder_loads_as_it_is(tmp_path: Path, reader: str, rows: list[Row], column: str) -> None:
    datasets = pytest.importorskip("datasets")
    made(tmp_path, rows, "[{hub: {config: flour, license: cc0-1.0, languages: [en]}}]", reader=reader)
    hub = tmp_path / "out/ready/hub"
    loaded = datasets.load_dataset(str(hub), "flour", cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train"]
    assert len(loaded["train"]) == len(rows)
    parts = [pq.read_table(path) for path in sorted((tmp_path / "out/data").glob("*.parquet"))]
    assert loaded["train"][column] == pa.concat_tables(parts).column(column).to_pylist()
    told = front(hub / "README.md")
    assert (told["license"], told["language"], told["size_categories"]) == ("cc0-1.0", ["en"], ["n<1K"])
    assert told["dataset_info"][0]["splits"][0]["num_examples"] == len(rows)
    assert sorted(path.name for path in (hub / "data").iterdir()) == [
        "train-00000-of-00002.parquet",
        "train-00001-of-00002.parquet",
    ]


def test_each_split_has_its_own_files_in_the_order_of_the_recipe(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    steps = "[{split: {shares: {train: 0.5, validation: 0.3, dev: 0.2}, groups: [], max_leakage: null}}]"
    manifest = made(tmp_path, TALKS, "[hub]", steps=steps)
    loaded = datasets.load_dataset(str(tmp_path / "out/ready/hub"), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train", "validation", "dev"]
    assert {name: set(loaded[name]["split"]) for name in loaded} == {name: {name} for name in loaded}
    assert sum(map(len, loaded.values())) == manifest["counts"]["kept"]


@pytest.mark.parametrize("schema", [*NESTED.values(), pa.schema([("c", COMPLETION), ("t", pa.timestamp("us", "UTC"))])])
def test_features_are_written_as_datasets_writes_them(schema: pa.Schema) -> None:
    datasets = pytest.importorskip("datasets")
    theirs = datasets.Features.from_arrow_schema(schema)._to_yaml_list()
    assert features(schema) == theirs


def test_languages_are_those_that_a_step_has_found(tmp_path: Path) -> None:
    texts = (
        [{"text": "Der Müller mahlt jeden Tag das Korn des ganzen Tales zu Mehl."}] * 3
        + [{"text": "42 17"}] * 3
        + TEXTS
    )
    made(tmp_path, texts, "[hub]", reader="jsonl", steps="[language]")
    assert front(tmp_path / "out/ready/hub/README.md")["language"] == ["en", "de"]


def test_one_worker_and_two_make_the_same_folders(tmp_path: Path) -> None:
    outputs = "[hub, openai, llama_factory]"
    one = made(tmp_path / "one", TALKS, outputs, workers=1)
    two = made(tmp_path / "two", TALKS, outputs, workers=2)
    assert one["ready"] == two["ready"]
    assert one["digest"] == two["digest"]
    assert len(one["ready"]) == 3 + 1 + 3


def test_nothing_of_another_recipe_is_left_in_the_folders(tmp_path: Path) -> None:
    made(tmp_path, TALKS, "[hub]")
    made(tmp_path, TALKS, "[parquet]")
    assert not (tmp_path / "out/ready").exists()


def test_files_of_openai_are_joined_by_split_and_small_ones_warned_of(tmp_path: Path) -> None:
    manifest = made(tmp_path, TALKS, "[openai]")
    lines = (tmp_path / "out/ready/openai/train.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == TALKS
    assert manifest["warnings"] == []
    few = made(tmp_path, TALKS[:6], "[openai]")
    assert few["warnings"] == ["openai: train.jsonl has 6 examples, and a job takes 10 or more"]


def test_a_file_that_openai_does_not_take_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gristmill.deliver.openai.MOST_BYTES", 1 << 10)
    assert "openai: train.jsonl has 0 MB, and a file may have 0" in made(tmp_path, TALKS, "[openai]")["warnings"]


def test_openais_examples_are_counted_in_tokens_where_a_tokenizer_is_named(tmp_path: Path) -> None:
    tokenizer = tokenizer_folders.folder(tmp_path / "model", tokenizer_folders.byte_level())
    reader = Tokenizer(tokenizer)
    roles = int(reader.lengths(["user", "assistant"]).sum())
    counts = [
        int(reader.lengths([one["content"] for one in talk["messages"]]).sum()) + roles + 2 * 3 + 3 for talk in TALKS
    ]
    manifest = made(tmp_path, TALKS, "[{openai: {tokenizer: model}}]")
    (entry,) = manifest["delivered"]
    assert entry["told"]["tokens"] == sum(counts)
    most = max(counts) - 1
    outputs = f"[{{openai: {{tokenizer: model, max_tokens: {most}, unwritable: leave_out}}}}]"
    (entry,) = made(tmp_path, TALKS, outputs)["delivered"]
    fitting = [count for count in counts if count <= most]
    assert 0 < len(fitting) < len(counts)
    assert entry["told"]["rows"] == len(fitting)
    assert entry["told"]["tokens"] == sum(fitting)
    assert entry["told"]["left out: it is longer than max_tokens, and a job would cut it at its end"] == len(
        counts
    ) - len(fitting)


def test_tools_and_names_of_openais_examples_count(tmp_path: Path) -> None:
    tokenizer = Tokenizer(tokenizer_folders.folder(tmp_path / "model", tokenizer_folders.byte_level()))
    row = {"messages": [{"role": "user", "content": "Grind.", "name": "ada"}], "tools": [{"type": "function"}]}
    texts = ["user", "Grind.", "ada", '[{"type":"function"}]']
    assert tokens_of(row, tokenizer) == sum(tokenizer.lengths(texts)) + 3 + 1 + 3
    row["messages"].append({"role": "assistant", "tool_calls": [{"id": "1"}], "weight": 1})
    assert tokens_of(row, tokenizer) == sum(tokenizer.lengths([*texts, "assistant", '[{"id":"1"}]'])) + 2 * 3 + 1 + 3


def test_without_a_tokenizer_openais_long_examples_are_warned_of(tmp_path: Path) -> None:
    manifest = made(tmp_path, TALKS, "[{openai: {max_tokens: 10}}]")
    assert manifest["warnings"] == [
        "openai: train.jsonl has 40 examples of more than 10 bytes, "
        "which may have too many tokens: name a tokenizer to count them"
    ]


def test_a_tokenizer_of_openai_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"tokenizer of openai: there is no .*nowhere/tokenizer.json"):
        made(tmp_path, TALKS, "[{openai: {tokenizer: nowhere}}]")


@pytest.mark.parametrize(("reader", "rows", "ranking"), [("conversations", TALKS, None), ("preferences", PAIRS, True)])
def test_llama_factory_finds_a_dataset_of_each_split(
    tmp_path: Path, reader: str, rows: list[Row], ranking: bool | None
) -> None:
    steps = "[{split: {shares: {train: 0.5, test: 0.5}, groups: [], max_leakage: null}}]"
    made(tmp_path, rows, "[llama_factory]", reader=reader, steps=steps)
    folder = tmp_path / "out/ready/llama_factory"
    info = json.loads((folder / "dataset_info.json").read_text())
    assert sorted(info) == ["mill", "mill_test"]
    assert info["mill"].get("ranking") is ranking
    files = [path for entry in info.values() for path in (folder / entry["file_name"]).iterdir()]
    read = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    assert len(read) == len(rows)
    assert set(info["mill"]["columns"].values()) <= read[0].keys()


def test_outputs_that_end_alike_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    manifest = made(tmp_path, TALKS, "[parquet, trl, openai, {hub: {config: x}}, {hub: {config: y}}]")
    data = tmp_path / "out/data"
    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == ["hub", "hub-2", "openai"]
    assert [entry["output"] for entry in manifest["delivered"]] == ["parquet", "trl", "openai", "hub", "hub-2"]
    assert {entry["records"] for entry in manifest["delivered"]} == {len(TALKS)}
    assert front(tmp_path / "out/ready/hub-2/README.md")["configs"][0]["config_name"] == "y"
    (source,) = sources_of(["out"], tmp_path, {"jsonl": {}})
    files = [unit.members[0].path for unit in source.reader.units(str(tmp_path))]
    assert sorted(Path(file).name for file in files) == ["part-00000.jsonl", "part-00001.jsonl"]


def test_the_same_output_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="parquet stands here twice with the same settings"):
        made(tmp_path, TALKS, "[parquet, parquet]")


def test_a_build_without_records_has_a_card_and_a_warning(tmp_path: Path) -> None:
    steps = "[{conversation_rules: {min_answer_words: 900}}]"
    manifest = made(tmp_path, TALKS, "[hub, llama_factory]", steps=steps)
    assert "hub: no record was kept, so the folder cannot be loaded" in manifest["warnings"]
    assert "configs" not in front(tmp_path / "out/ready/hub/README.md")


@pytest.mark.parametrize(
    ("records", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (10**6, "1M<n<10M"), (10**12, "n>100B")],
)
def test_sizes_are_the_hubs(records: int, size: str) -> None:
    assert size_category(records) == size


def test_lint_has_nothing_against_several_outputs(tmp_path: Path) -> None:
    recipe = gristmill.loads(
        "name: x\ninputs:\n  - conversations: in\noutputs: [trl, openai, axolotl]\n", root=tmp_path
    )
    assert [finding for finding in lint(recipe) if finding.path[0] == "outputs"] == []
