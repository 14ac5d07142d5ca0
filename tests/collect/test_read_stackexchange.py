"""Dumps of Stack Exchange: questions, their answers, and who wrote them under which licence."""

from __future__ import annotations

from html import escape
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect import _spilled
from gristmill.collect._spilled import Spilled
from gristmill.collect._user_names import UserNames
from gristmill.collect._xml_rows import parsed
from gristmill.collect.stackexchange import Stackexchange
from gristmill.records.turns import put_together

QUESTION = "<p>Why does it <em>turn</em>?</p>\n\n<pre><code>while wind &gt; 0:\n    turn()\n</code></pre>"


def row(**fields: object) -> str:
    """A row as it is published: line ends within a value are references."""
    values = {name: escape(str(value)).replace("\n", "&#xA;") for name, value in fields.items()}
    return "  <row " + " ".join(f'{name}="{value}"' for name, value in values.items()) + " />"


ROWS = [
    row(Id=1, PostTypeId=1, AcceptedAnswerId=4, CreationDate="2010-05-06T07:08:09.123", Score=7, Body=QUESTION,
        OwnerUserId=3, Title="The mill & the wind", Tags="<mills><wind>", AnswerCount=3),
    row(Id=2, PostTypeId=2, ParentId=1, CreationDate="2012-01-01T00:00:00.000", Score=9, Body="<p>Popular.</p>",
        OwnerDisplayName="gone user"),
    row(Id=3, PostTypeId=2, ParentId=1, CreationDate="2019-01-01T00:00:00.000", Score=-2, Body="<p>Poor.</p>"),
    row(Id=4, PostTypeId=2, ParentId=1, CreationDate="2020-01-01T00:00:00.000", Score=1, Body="<ul><li>Right</li></ul>",
        OwnerUserId=5, ContentLicense="CC BY-SA 4.0"),
    row(Id=5, PostTypeId=1, CreationDate="2021-01-01T00:00:00.000", Score=0, Body="<p>Alone?</p>", Title="Alone",
        Tags="|a|b|"),
    row(Id=6, PostTypeId=4, Body="about a tag"),
    row(Id=7, PostTypeId=2, ParentId=99, Body="lost"),
]  # fmt: skip


def site(folder: Path, rows: list[str], users: dict[int, str] | None = None) -> Path:
    own = folder / "mills.stackexchange.com"
    own.mkdir(exist_ok=True)
    (own / "Posts.xml").write_text("\n".join(['<?xml version="1.0"?>', "<posts>", *rows, "</posts>"]))
    if users:
        lines = [row(Id=number, DisplayName=name) for number, name in users.items()]
        (own / "Users.xml").write_text("\n".join(["<users>", *lines, "</users>"]))
    return folder


def read(folder: Path, **settings: object) -> Got:
    return Got(Stackexchange(paths=(".",), **settings), folder)


def test_a_question_with_its_answers_is_a_document(tmp_path: Path) -> None:
    got = read(site(tmp_path, ROWS, {3: "Ann", 5: "Bob"}), form="markdown")
    first, alone = got.rows
    assert first["text"] == (
        "# The mill & the wind\n\nWhy does it turn?\n\n```\nwhile wind > 0:\n    turn()\n```\n\n"
        "## Accepted answer\n\n- Right\n\n## Answer\n\nPopular.\n\n## Answer\n\nPoor."
    )
    assert first["url"] == "https://mills.stackexchange.com/questions/1"
    assert str(first["time"]) == "2010-05-06 07:08:09.123000+00:00"
    assert orjson.loads(str(first["metadata"])) == {
        "title": "The mill & the wind",
        "tags": ["mills", "wind"],
        "score": 7,
        "answer_scores": [1, 9, -2],
        "accepted": True,
        "license": ["CC BY-SA 2.5", "CC BY-SA 4.0", "CC BY-SA 3.0"],
        "authors": [
            {"name": "Ann", "url": "https://mills.stackexchange.com/users/3"},
            {"name": "Bob", "url": "https://mills.stackexchange.com/users/5"},
            {"name": "gone user"},
            {},
        ],
    }
    assert alone["text"] == "# Alone\n\nAlone?"
    assert got.skipped == {"post of type 4": 1, "answer without its question": 1}
    assert got.problems == []


def test_a_sample_is_taken_of_posts_and_users_together(tmp_path: Path) -> None:
    reader = Stackexchange(paths=(".",))
    (unit,) = reader.units(str(site(tmp_path, ROWS, {3: "Ann"})))
    assert [member.path.rpartition("/")[2] for member in unit.members] == ["Posts.xml", "Users.xml"]
    assert reader.pieces(unit, 8, 1) == [unit]


def test_the_best_answer_makes_a_conversation(tmp_path: Path) -> None:
    got = read(site(tmp_path, ROWS), record="conversation")
    (found,) = got.rows
    content = put_together("conversation", str(found["text"]), str(found["content"]))
    assert [one["role"] for one in content["messages"]] == ["user", "assistant"]
    assert content["messages"][1]["content"] == "- Right"
    assert got.skipped["question with too few answers"] == 1


def test_scores_make_a_preference(tmp_path: Path) -> None:
    got = read(site(tmp_path, ROWS), record="preference", min_answer_score=0)
    (found,) = got.rows
    content = put_together("preference", str(found["text"]), str(found["content"]))
    said = [(one["messages"][0]["content"], one["rank"], one["rating"]) for one in content["completions"]]
    assert said == [("Popular.", 0, 9), ("- Right", 1, 1)]
    assert got.skipped["answer with a low score"] == 1


def test_questions_and_answers_go_by_the_settings(tmp_path: Path) -> None:
    site(tmp_path, ROWS)
    assert read(tmp_path, min_score=1, max_answers=0).column("id") == ["1"]
    assert read(tmp_path, unanswered=False).column("id") == ["1"]
    got = read(tmp_path, names=False, site="example.org")
    assert "authors" not in orjson.loads(str(got.column("metadata")[0]))
    assert got.column("url")[0] == "https://example.org/questions/1"


def test_a_row_that_is_broken_costs_itself(tmp_path: Path) -> None:
    long = f'<row x="{"y" * 3000}"/>'
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><row Id="1" PostTypeId="1" Body="&b;"/>'
    unknown = '<row Id="2" PostTypeId="1" Body="&b;"/>'
    twice = '<row a="1" a="2"/>'
    rows = ['<row Id="1"', long, unknown, bomb, twice, '<row PostTypeId="1"/>', row(Id=8, PostTypeId=1), ROWS[4]]
    got = read(site(tmp_path, rows), max_record_bytes=2000)
    assert got.column("id") == ["5"]
    assert got.errors == [
        "the row is no XML: unclosed token",
        "the line is longer than max_record_bytes (2000 bytes)",
        "the row is no XML: undefined entity",
        "the row is no XML: duplicate attribute",
        "the row has no Id",
        "the question has no text",
    ]


def test_many_buckets_give_the_same_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(Id=2 * n + 1, PostTypeId=1, Body=f"<p>Question {n}", Title=f"T{n}") for n in range(300)]
    rows += [row(Id=2 * n + 2, PostTypeId=2, ParentId=2 * (n * 7 % 300) + 1, Body=f"Answer {n}") for n in range(600)]
    site(tmp_path, rows)
    whole = read(tmp_path)
    monkeypatch.setattr(_spilled, "_HEADS_BYTES", 1000)
    monkeypatch.setattr(_spilled, "_HELD_BYTES", 5000)
    assert read(tmp_path).rows == whole.rows
    assert all(str(text).count("Answer") == 4 for text in whole.column("text"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=80))
def test_what_follows_a_head_is_in_its_bucket(puts: list[tuple[bool, int]]) -> None:
    heads = [key for is_head, key in puts if is_head]
    with Spilled() as spilled:
        for is_head, key in puts:
            (spilled.head if is_head else spilled.follow)(key, [is_head, key])
        buckets = list(spilled.buckets())
    assert sorted(one for bucket in buckets for one in bucket) == sorted([is_head, key] for is_head, key in puts)
    assert [key for bucket in buckets for is_head, key in bucket if is_head] == heads


def test_names_are_found_by_number_on_disk() -> None:
    names = UserNames([(-1, "Community"), (2, "Ann"), (2, "again"), (1, "late"), (7, "Jörg"), (9, "")])
    assert [names.name(number) for number in (-1, 1, 2, 3, 7, 9, 10)] == ["", "", "Ann", "", "Jörg", "", ""]
    names.close()
    assert UserNames([]).name(1) == ""


@given(st.text(max_size=80))
def test_any_line_is_a_row_or_a_sentence(text: str) -> None:
    found = parsed(f"<row {text}".encode("utf-8", "replace"))
    assert found == parsed(f"<row {text}".encode("utf-8", "replace"))
