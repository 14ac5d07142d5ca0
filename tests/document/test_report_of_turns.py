"""The report of fine-tuning data: how records are built, what checks found as bubbles, what outputs hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import gristmill
from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.document.talks import MOST_TURNS, Said, talk
from tokenizer_folders import byte_level
from tokenizer_folders import folder as tokenizer_folder

Row = dict[str, Any]
HOSTILE = "<script>alert(1)</script> </p></div><img src=x onerror=alert(1)> \u202ereversed\x07 &amp;"


def page(folder: Path, rows: Sequence[Row], steps: str, reader: str = "conversations", outputs: str = "parquet") -> str:
    """The report of a build of these rows."""
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: out\ninputs:\n  - {reader}: {{paths: [in.jsonl]}}\nsteps:\n{steps}\noutputs: [{outputs}]\n"
    )
    build(gristmill.load(folder / "recipe.yaml"), write_report, workers=1)
    text = (folder / "out" / "report.html").read_text()
    Balanced().feed(text)
    return text


class Balanced(HTMLParser):
    """Fails where an element is closed that was not opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "br", "input", "col", "hr", "img"):
            self.opened.append(tag)
        assert tag != "img"

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def section(text: str, anchor: str) -> str:
    found = re.search(rf'<section id="{anchor}">.*?</section>', text, re.DOTALL)
    return found[0] if found else ""


def said(user: str, assistant: str, *more: str) -> Row:
    turns = [user, assistant, *more]
    return {"messages": [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(turns)]}


def test_a_finding_is_shown_where_it_stands_and_hostile_texts_stay_text(tmp_path: Path) -> None:
    rows = [said(f"{HOSTILE} What is a mill?", f"It grinds. <|im_end|> {HOSTILE}"), said("Name a grain.", "Rye.")]
    text = section(page(tmp_path, rows, "  - conversation_rules"), "findings")

    assert "<b>special_token</b>" in text and "1 records" in text
    assert re.search(r"It grinds\. <mark>&lt;\|im_end\|&gt;", text)
    assert "<script>" not in text and "onerror" in text and "U+202E" in text
    assert text.count('<div class="says">') == 1 and text.count('<div class="says answers">') == 1


def test_records_that_were_let_stay_with_a_warning_are_told_apart_from_dropped_ones(tmp_path: Path) -> None:
    rows = [said("Write a letter.", f"Dear [insert name], {n} loaves came.") for n in range(3)] + [
        said("Hi there.", "")
    ]
    text = section(page(tmp_path, rows, "  - conversation_rules"), "findings")

    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", text)]
    by_check = {cells[at]: cells[at + 3 : at + 6] for at in range(0, len(cells), 6)}
    assert by_check["blank_to_fill"] == ["3", "0", "3"]
    assert by_check["empty_turn"] == ["1", "1", "0"]


def test_repairs_are_counted(tmp_path: Path) -> None:
    rows = [said("Name a grain.", "Rye.</s>"), said("Name a mill.", "The old one.")]
    text = section(page(tmp_path, rows, "  - conversation_rules: {fix: true}"), "findings")
    assert "conversation_rules repaired 1 records" in text and "No check found anything" in text


def test_chosen_and_rejected_stand_side_by_side(tmp_path: Path) -> None:
    rows = [{"prompt": "Name a grain.", "chosen": "I cannot help with that, sorry.", "rejected": "Rye, of course."}]
    text = section(page(tmp_path, rows, "  - preference_rules", "preferences"), "findings")
    sides = re.search(r'<div class="sides">(.*?)</div></div></div></div>', text + "</div>", re.DOTALL)
    assert "chosen_refuses" in text and sides
    assert sides[1].index("I cannot help") < sides[1].index("Rye, of course.")


def test_turns_orders_and_lengths_are_counted(tmp_path: Path) -> None:
    system = {"messages": [{"role": "system", "content": "Be brief."}, *said("Why?", "Because.")["messages"]]}
    rows = [said("a" * 100, "b" * 900), said("c", "d", "e", "f"), system]
    text = section(page(tmp_path, rows, "  - normalise"), "built")

    assert "system user assistant" in text and "(user assistant)…" in text
    assert "with system prompt" in text and "1 (33.3" in text
    told = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", text)]
    lengths = {told[at]: told[at + 1 : at + 5] for at in range(0, len(told), 7)}
    assert lengths["user"] == ["4", "0", "1", "127"]
    assert lengths["assistant"] == ["4", "0", "1", "1,023"]


def test_languages_asked_and_answered_are_a_table(tmp_path: Path) -> None:
    english, german = "The mill by the river grinds corn into flour.", "Die Mühle am Fluss mahlt das Korn zu Mehl."
    rows = [said(english, german)] * 2 + [said(german, german)]
    steps = "  - language: {of: user, as: asked}\n  - language: {of: assistant, as: answered}"
    text = section(page(tmp_path, rows, steps), "built")
    assert "Rows are asked, columns answered" in text
    assert re.search(r"<td>en</td><td[^>]*>2</td><td[^>]*>·</td>", text)


def test_what_an_output_left_out_is_told_with_its_reason(tmp_path: Path) -> None:
    rows = [said("Name a grain.", "Rye."), said("Name a mill.", "The old one.", "And another?")]
    text = page(tmp_path, rows, "  - normalise", outputs="parquet, openai: {unwritable: leave_out}")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    delivered = {entry["output"]: entry for entry in manifest["delivered"]}

    assert delivered["parquet"]["records"] == 2 and not delivered["parquet"]["told"]
    assert delivered["openai"]["told"]["rows"] == 1
    assert "Left out of openai" in section(text, "delivery")
    assert any("openai: 1 of 2 kept records are left out" in warning for warning in manifest["warnings"])


def test_packing_waste_is_told(tmp_path: Path) -> None:
    model = tokenizer_folder(tmp_path / "model", byte_level())
    rows = [said(f"Name grain {n}.", "Rye, and " * (n % 7)) for n in range(1, 60)]
    output = f"tokens: {{tokenizer: {model}, template: chatml, max_length: 128, packing: best_fit}}"
    text = page(tmp_path, rows, "  - normalise", outputs=output)
    (told,) = (entry["told"] for entry in json.loads((tmp_path / "out" / "manifest.json").read_text())["delivered"])

    assert told["room for tokens"] == told["rows"] * 128 >= told["tokens"] > told["tokens trained on"] > 0
    assert "room left empty" in section(text, "delivery")


def test_no_record_kept_and_no_finding_make_a_page_still(tmp_path: Path) -> None:
    text = page(tmp_path, [said("Hi there.", "")], "  - conversation_rules")
    assert "empty_turn" in section(text, "findings") and not section(text, "built")


@pytest.mark.parametrize("stands", ["", "nowhere in it", "the answer"])
def test_a_talk_marks_what_stands_in_it_alone(stands: str) -> None:
    drawn = talk([Said("u", "a question"), Said("a", "x " * 400 + "the answer")], stands)
    assert drawn.count("<mark>") == (stands == "the answer")
    assert ("…x x" in drawn) == (stands == "the answer")


def test_of_a_long_talk_the_ends_are_shown(tmp_path: Path) -> None:
    turns = [f"turn {n}" for n in range(40)]
    turns[-1] += " <|im_end|>"
    text = section(page(tmp_path, [said(*turns)], "  - conversation_rules"), "findings")
    assert text.count('class="role"') == MOST_TURNS and f"{40 - MOST_TURNS} turns are not shown" in text
