"""`gristmill explain` on a finished build: what it prints, in which form, with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gristmill.cli import main
from made_build import Page, make_build


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = [
        Page("Short \x1b]0;owned\x07 and \u202eevil.", position=0, id="one", url="http://x.example/\x1b[2J"),
        Page("Short and plain.", position=1, id="two"),
    ]
    return make_build(tmp_path_factory.mktemp("command") / "made", pages)


def test_it_prints_the_fate_the_values_and_the_text(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(build), "two"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Dropped by gopher_quality: too_few_words (word_count is 3, asked is >= 50)")
    assert "margin -47" in out
    assert "Short and plain." in out


def test_nothing_in_a_record_reaches_the_terminal_raw(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in ("one", "Short"):
        assert main(["explain", str(build), asked]) == 0
        out = capsys.readouterr().out
        assert not set(out) & {"\x1b", "\x07", "\u202e"}


def test_several_hits_are_listed(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(build), "Short"]) == 0
    out = capsys.readouterr().out
    assert "2 records with this text" in out
    assert out.count("dropped by gopher_quality") == 2


def test_json_is_json(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--json", str(build), "one"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["id"], record["fate"]) == ("one", "dropped")
    assert record["stations"][-1]["readings"][0]["bounds"][0]["margin"] < 0
    assert main(["explain", "--json", str(build), "Short"]) == 0
    assert [hit["by"] for hit in json.loads(capsys.readouterr().out)] == ["text", "text"]


def test_an_unknown_record_is_one_sentence_and_exit_code_6(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(build), "nowhere to be found"]) == 6
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "nowhere to be found" in error


def test_a_folder_that_is_no_build_has_exit_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path), "one"]) == 3
    assert "is no finished build" in capsys.readouterr().err
