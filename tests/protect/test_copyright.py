"""Notices of copyright: whose, since when, and whether rights are reserved."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import gzipped, http_response, warc_record
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.protect._copyright_notices import RESERVED, Notice, read_notice
from gristmill.protect.copyright import Copyright
from real_command import build_of, built, counts, ledger

COLUMNS = {"text": pa.large_string(), "payload": pa.large_binary()}


def view(*records: dict[str, Any]) -> View:
    return View(pa.record_batch({n: pa.array([r.get(n) for r in records], kind) for n, kind in COLUMNS.items()}))


def signals(step: Copyright | None = None, **record: Any) -> dict[str, Any]:
    return {name: values[0].as_py() for name, values in (step or Copyright()).measure(view(record)).items()}


@pytest.mark.parametrize(
    ("line", "holder", "first", "last"),
    [
        ("© 2021 Mill & Sons. All rights reserved.", "Mill & Sons", 2021, 2021),
        ("Copyright (c) 2019-2023 by the Millers. All rights reserved", "the Millers", 2019, 2023),
        ("© Mill & Sons Ltd. 2021", "Mill & Sons Ltd.", 2021, 2021),
        ("© 2019–23 Mühle GmbH | Impressum", "Mühle GmbH", 2019, 2023),
        ("Copyright © 1999, 2001, 2005 The Grain Foundation", "The Grain Foundation", 1999, 2005),
        ("℗ 2010 Mill Music", "Mill Music", 2010, 2010),
        ("©2024 株式会社ミル 無断転載禁止", "株式会社ミル", 2024, 2024),
        ("Copyright 2020 Mill Inc. All Rights Reserved.", "Mill Inc.", 2020, 2020),
        ("Copyright 2024 - present The Authors", "The Authors", 2024, 2024),
        ("© Имя Фамилия, 2020. Все права защищены", "Имя Фамилия", 2020, 2020),
        ("(c) 2008 Jane Miller <jane@mill.example>", "Jane Miller", 2008, 2008),
        ("© Mill", "Mill", None, None),
        ("Copyright Ⓒ 1997, 2001 Jane Miller", "Jane Miller", 1997, 2001),
        ("Copyright: Jane Miller <jane@mill.example>", "Jane Miller", None, None),
        (
            "Copyright Mill.com, Inc. or its affiliates. All Rights Reserved.",
            "Mill.com, Inc. or its affiliates",
            None,
            None,
        ),
        ("Copyright mill-libs contributors", "mill-libs contributors", None, None),
        ("© Mill Group Ltd. By using this you agree to our terms.", "Mill Group Ltd.", None, None),
        ("Copyright (C) 2000,2001 Mill Foundation, Inc. 59 Mill Place, Suite 330", "Mill Foundation, Inc.", 2000, 2001),
        (
            "Copyright © 1993, 2026, Mill and/or its affiliates, 500 Mill Parkway",
            "Mill and/or its affiliates",
            1993,
            2026,
        ),
        ("copyright (c) 1998-2001 by Mill AB and licensed to all", "Mill AB", 1998, 2001),
        ("Copyright © 2026 to present Mill Inc.", "Mill Inc.", 2026, 2026),
        ("Copyright: 2005-2014 Jane Miller\n           2009-2020 Jo Miller", "Jane Miller", 2005, 2020),
        ("Copyright (c) 2001-2015\nJane Miller", "Jane Miller", 2001, 2015),
    ],
)
def test_a_notice_names_a_holder_and_years(line: str, holder: str, first: int | None, last: int | None) -> None:
    told = signals(text=f"Grain is ground here.\n{line}\nAnd sold.")
    assert (told["copyright_holder"], told["first_year"], told["last_year"]) == (holder, first, last)
    assert told["notices"] == 1
    assert told["copyright_evidence"].startswith(f'"{line[:8]}')


@pytest.mark.parametrize(
    "text",
    [
        "Copyright law protects authors.",
        "The copyright notice is on page 3.",
        "Copyright infringement in 2020 was common.",
        "Copyright: no",
        "Copyright Agent",
        "This is copyrighted by the Mill Inc. of old.",
        "Copyright belongs to those who write.",
        "(a) grain, (b) flour, (c) any of the following",
        "copyright",
        "The © sign",
        "",
    ],
)
def test_the_word_in_a_sentence_is_no_notice(text: str) -> None:
    told = signals(text=text.replace("© sign", "©"))
    assert (told["notices"], told["copyright_holder"], told["reserved"]) == (0, None, 0)


def test_what_follows_a_year_on_a_page_is_no_holder() -> None:
    assert signals(payload=b"<footer>&copy; 2020<br>Imprint</footer>")["copyright_holder"] is None
    assert signals(text="© 2020\nAll rights reserved")["copyright_holder"] is None


def test_the_years_are_those_of_all_notices() -> None:
    told = signals(text="Copyright 2001 A. Miller\nCopyright (c) 1998-2010 B. Miller\n")
    assert (told["notices"], told["copyright_holder"]) == (2, "A. Miller")
    assert (told["first_year"], told["last_year"]) == (1998, 2010)


@pytest.mark.parametrize("sentence", RESERVED)
def test_reserved_rights_are_heard_in_every_language_listed(sentence: str) -> None:
    assert signals(text=f"Mill.\n{sentence}.")["reserved"] == 1
    assert signals(payload=f"<p>Mill.</p><footer>{sentence}</footer>".encode())["reserved"] == 1


def test_pages_are_read_and_their_scripts_are_not() -> None:
    page = "<p>Grain</p><footer>&copy; 2020-2024 <a href='/'>Mill\n &amp; Sons</a><br>Imprint</footer>"
    told = signals(payload=page.encode())
    assert (told["copyright_holder"], told["first_year"], told["last_year"]) == ("Mill & Sons", 2020, 2024)
    assert signals(payload=b"<script>/* Copyright 2020 Other */</script>")["notices"] == 0
    both = signals(text="© 2001 Text", payload=page.encode())
    assert both["copyright_holder"] == "Text"


def test_nothing_goes_unless_asked_for() -> None:
    texts = [{"text": "© 2020 Mill & Sons"}, {"text": "© 2020 Other. All rights reserved."}, {"text": None}]

    def gone(**options: Any) -> list[list[bool]]:
        step = Copyright(**options)
        return [mask.tolist() for mask in broken(step.rules(), step.measure(view(*texts)))]

    assert gone() == []
    assert gone(max_reserved=0) == [[False, True, False]]
    assert gone(holders=["mill & sons"], max_listed=0) == [[True, False, False]]
    assert gone(holders=["sons"], max_listed=0) == [[True, False, False]]
    assert gone(holders=["son"], max_listed=0) == [[False, False, False]]
    assert gone(max_notices=0) == [[True, True, False]]


def test_a_build_delivers_the_holder_and_drops_what_is_reserved(tmp_path: Path) -> None:
    def archived(name: str, footer: str) -> bytes:
        html = f"<html><body><p>Of {name}.</p><footer>{footer}</footer></body></html>"
        return warc_record(http_response(html.encode()), url=f"https://{name}.example/")

    (tmp_path / "in.warc.gz").write_bytes(
        gzipped(archived("a", "&copy; 2020 Mill"), archived("b", "© 2020 Other. Alle Rechte vorbehalten."))
    )
    steps = "[copyright: {max_reserved: 0}, extract: {main_content: false}]"
    assert build_of(tmp_path, "warc: {paths: [in.warc.gz]}", steps=steps).code == 0
    assert counts(built(tmp_path))["kept"] == 1
    assert [fate for (fate,) in ledger(built(tmp_path), "fate")] == ["kept", "dropped"]


@given(st.text(max_size=200), st.sampled_from(["©", "copyright", "(c)"]))
def test_anything_at_all_may_stand_behind_a_mark(text: str, mark: str) -> None:
    notice = read_notice(mark, text)
    assert isinstance(notice, Notice) and "\n" not in notice.holder
    signals(text=mark + text, payload=None)
    signals(payload=(mark + text).encode())


@pytest.mark.parametrize("text", ["© " * 400_000, "copyright 2020 " * 60_000, "©" + "1" * 900_000, "© <" * 300_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    signals(text=text)
    signals(payload=text.encode())
    assert time.perf_counter() - began < 10
