"""Conversations go through a whole build, and come out as they went in but for what was asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

from gristmill.build.finished import Finished
from gristmill.build.lookup import find
from gristmill.build.telling import all_broken, idle
from gristmill.cli import main
from gristmill.document.tallies import tallies
from real_command import build

TALKS: list[dict[str, Any]] = [
    {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Write to jane.doe@acme.co.uk, please."},
            {"role": "assistant", "content": "I wrote to jane.doe@acme.co.uk.", "reasoning": "She is the miller."},
        ],
        "topic": {"name": "mail"},
    },
    {"instruction": "Name a grain.", "input": "", "output": "Rye."},
    {"instruction": "Name a grain. ", "input": "", "output": "Rye."},
    {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "N/A"}]},
    {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]},
    {"nothing": "that is known"},
    {"prompt": "Who grinds?", "chosen": "The miller.", "rejected": "No one."},
]
RECIPE = """
name: talks
inputs:
  - conversations: in.jsonl
steps:
  - normalise
  - conversation_rules
  - redact_personal_data: {of: assistant}
  - exact_duplicates
outputs:
  - %s
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in TALKS))
    (tmp_path / "recipe.yaml").write_text(RECIPE % "parquet")
    return tmp_path


def built(folder: Path, workers: int = 1) -> Path:
    said = build(folder / "recipe.yaml", workers=workers)
    assert said.code == 0, said.err
    return folder / "builds" / "talks"


def test_every_row_is_accounted_for_and_every_turn_in_its_place(folder: Path) -> None:
    root = built(folder)
    manifest = json.loads((root / "manifest.json").read_text())
    assert manifest["kind"] == "conversation"
    assert manifest["counts"] == {"read": 7, "kept": 3, "dropped": 1, "merged": 1, "quarantined": 2}
    kept = pq.read_table(root / "data").to_pylist()
    first = kept[0]["messages"]
    assert [message["role"] for message in first] == ["system", "user", "assistant"]
    assert first[1]["content"] == "Write to jane.doe@acme.co.uk, please."
    assert (first[2]["content"], first[2]["reasoning"]) == ("I wrote to <EMAIL>.", "She is the miller.")
    assert json.loads(kept[0]["metadata"]) == {"topic": {"name": "mail"}}
    with Finished(root) as finished:
        fates = dict(finished.query("SELECT error, fate FROM records WHERE error IS NOT NULL"))
        assert any("no known format" in error for error in fates)
        assert any("read it with preferences" in error for error in fates)
        spans = finished.query("SELECT start, stop FROM spans")
        assert [find(finished, "Name a grain")[0].by, len(spans)] == ["text", 1]
        assert find(finished, "N/A")[0].fate == "dropped"


def test_datasets_and_json_lines_have_the_same_conversations(folder: Path) -> None:
    root = built(folder)
    loaded = datasets.load_dataset("parquet", data_dir=str(root / "data"), split="train", cache_dir=str(folder / "hf"))
    (folder / "recipe.yaml").write_text(RECIPE % "jsonl: {compression: none}")
    built(folder)
    lines = [json.loads(line) for path in sorted((root / "data").glob("*.jsonl")) for line in path.open()]
    assert [row["messages"][-1]["content"] for row in loaded] == [row["messages"][-1]["content"] for row in lines]
    assert lines[0]["messages"][0] == {"role": "system", "content": "Be brief."}
    with Finished(root) as finished:
        assert find(finished, "Hello!")[0].by == "text"


def test_one_worker_and_two_make_the_same_bytes(folder: Path) -> None:
    root = built(folder)
    one = json.loads((root / "manifest.json").read_text())["digest"]
    again = build(folder / "recipe.yaml", "--output", str(folder / "other"), workers=2)
    assert again.code == 0, again.err
    assert json.loads((folder / "other" / "manifest.json").read_text())["digest"] == one


def test_explain_shows_what_was_done_to_a_turn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(built(folder)), "I wrote to"]) == 0
    told = capsys.readouterr().out
    assert "+ I wrote to <EMAIL>." in told and "Be brief." in told


def test_explain_shows_a_conversation_turn_by_turn_with_what_was_found_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(built(folder)), "N/A"]) == 0
    told = capsys.readouterr().out
    assert "  user\n    Hi\n  assistant\n    N/A\n    ↑ non_answer: N/A\n" in told
    assert "checks found nothing" in told and "unknown_tool" not in told


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - duplicate_lines\n", "works on documents"),
        ("  - normalise: {of: chosen}\n", "which no conversation has"),
        ("  - normalise: {of: nobody}\n", "it is one of all, system"),
        ("  - preference_rules\n", "works on preferences"),
    ],
)
def test_a_recipe_that_mixes_kinds_is_refused_before_a_row_is_read(folder: Path, steps: str, told: str) -> None:
    text = RECIPE % "parquet"
    (folder / "recipe.yaml").write_text(text[: text.index("  - normalise")] + steps + text[text.index("outputs:") :])
    said = build(folder / "recipe.yaml")
    assert said.code != 0 and told in said.err


def test_inputs_of_two_kinds_are_refused(folder: Path) -> None:
    text = (RECIPE % "parquet").replace("inputs:\n", "inputs:\n  - preferences: in.jsonl\n")
    (folder / "recipe.yaml").write_text(text)
    said = build(folder / "recipe.yaml")
    assert said.code != 0 and "of one kind" in said.err


def test_checks_that_find_nothing_raise_no_alarm_and_draw_no_chart(folder: Path) -> None:
    root = built(folder)
    with Finished(root) as finished:
        steps = finished.manifest.steps
        told = {rule.reason for _, rule in [*all_broken(steps), *idle(steps)]}
        drawn = {tally.signal.name for tally in tallies(finished)}
    assert "special_token" not in told | drawn
    assert "non_answer" in drawn
