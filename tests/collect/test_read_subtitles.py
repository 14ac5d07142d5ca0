"""Subtitles as the sentences that are said."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._file_records import FileRecord
from gristmill.collect.subtitles import Subtitles


def read(text: str | bytes, **settings: object) -> FileRecord | str:
    reader = Subtitles(paths=("x",), **settings)
    return reader.record(text.encode() if isinstance(text, str) else text, "films/the.mill.en.srt")


def said(text: str | bytes, **settings: object) -> str:
    found = read(text, **settings)
    assert isinstance(found, FileRecord), found
    return found.text


def srt(*cues: str, every: float = 2) -> str:
    out = []
    for number, cue in enumerate(cues):
        start = number * every
        out.append(f"{number + 1}\n00:00:{start:06.3f} --> 00:00:{start + 1.5:06.3f}\n{cue}\n".replace(".", ",", 2))
    return "\n".join(out)


def test_lines_are_joined_and_a_pause_after_a_sentence_begins_a_paragraph() -> None:
    text = (
        srt("<i>The mill</i>\nturns", "in the {\\an8}wind.")
        + "\n3\n00:01:00,000 --> 00:01:01,000 X1:1\nIt &amp; stops.\n"
    )
    assert said(text) == "The mill turns in the wind.\n\nIt & stops."
    assert said(text, pause=600) == "The mill turns in the wind. It & stops."


def test_the_metadata_tell_language_cues_and_length() -> None:
    found = read(srt("One.", "Two."))
    assert isinstance(found, FileRecord)
    assert found.facts == {"cues": 2, "seconds": 4, "language": "en"}


def test_webvtt_notes_styles_and_voices() -> None:
    text = (
        "\ufeffWEBVTT - a title\nKind: captions\n\nNOTE a --> b\n\nSTYLE\n::cue {color: red}\n\n"
        "id 1\n00:01.000 --> 00:02.000 align:start\n<v Ann>Who <00:01.500><c.x>turns</c> it?</v>\n\n"
        "00:02.000 --> 00:03.000\n<v.loud Bob>I <ruby>do<rt>x</rt></ruby>.\n"
    )
    assert said(text) == "Ann: Who turns it?\nBob: I do."
    assert said(text, speakers="drop") == "Who turns it? I do."


def test_lines_of_a_dialogue_stay_lines() -> None:
    assert said(srt("- Does it turn?\n- It does.", "Then grind.")) == "- Does it turn?\n- It does. Then grind."


def test_sounds_and_speakers_go_where_that_is_asked_for() -> None:
    text = srt("[wind]", "ANN: It turns. [sighs]", "(door slams)", "♪ La la ♪", "At 10:30 it (the mill) stops.")
    assert said(text).startswith("[wind] ANN: It turns. [sighs] (door slams) ♪ La la ♪")
    assert said(text, sounds="drop", speakers="drop") == "It turns. La la At 10:30 it (the mill) stops."


def test_captions_that_roll_are_said_once() -> None:
    rolling = srt("the mill", "the mill\nturns in", "turns in\nthe wind", "the wind\nall day", "all day")
    assert said(rolling) == "the mill turns in the wind all day"
    growing = srt("the", "the mill", "the mill turns", "the mill turns\nnow")
    assert said(growing) == "the mill turns now"
    assert said(srt("No.", "No.", "Yes.", "Perhaps.", "Why?", "So.")) == "No. No. Yes. Perhaps. Why? So."


def test_scripts_without_spaces_are_joined_without() -> None:
    assert said(srt("水車が", "回る。", "It turns.")) == "水車が回る。 It turns."


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16", "koi8-r", "utf-8-sig"])
def test_old_encodings_are_read(encoding: str) -> None:
    text = srt("Все счастливые семьи похожи друг на друга,", "каждая несчастливая семья несчастлива по-своему.")
    expected = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему."
    assert said(text.encode(encoding)) == expected


def test_a_file_without_words_is_a_sentence(tmp_path: Path) -> None:
    for name, text in {
        "a.srt": "no cues",
        "b.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n\n",
        "c.srt": "\0\1\2" * 99,
    }.items():
        (tmp_path / name).write_text(text)
    got = Got(Subtitles(paths=(".",)), tmp_path)
    none = "the file has no cues, which are lines of times like 00:00:01,000 --> 00:00:02,000"
    assert got.errors == [none, "no cue of the file has words", none]


def test_a_cue_with_a_blank_line_is_whole_in_subrip() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\n1984\n"
    assert said(text) == "One two 1984"


@given(st.text("0123456789:,.-> \nab<>{}[]()♪-v&;", max_size=300))
def test_any_text_has_the_same_answer_twice(text: str) -> None:
    whole = f"1\n00:00:01,000 --> 00:00:02,000\n{text}"
    assert read(whole, sounds="drop", speakers="drop") == read(whole, sounds="drop", speakers="drop")


@pytest.mark.parametrize(
    "piece", ["<", "{\\", "[", "<0", "00:00:01,000 --> 00:00:02,000\nx\n", "-->", "♪", "a\n", "<v a>"]
)
def test_hostile_subtitles_take_bounded_time(piece: str) -> None:
    start = time.process_time()
    read("1\n00:00:01,000 --> 00:00:02,000\n" + piece * (2_000_000 // len(piece)), sounds="drop", speakers="drop")
    assert time.process_time() - start < 15


def test_the_record_is_json(tmp_path: Path) -> None:
    (tmp_path / "film.pt-BR.srt").write_text(srt("Um moinho."))
    got = Got(Subtitles(paths=(".",)), tmp_path)
    assert orjson.loads(str(got.column("metadata")[0])) == {"cues": 1, "seconds": 2, "language": "pt-BR"}
