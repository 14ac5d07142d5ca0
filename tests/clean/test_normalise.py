"""One form for texts: what is repaired, what is removed, what stays."""

from __future__ import annotations

import tarfile
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from ftfy.badness import is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.clean._mojibake import LONGEST_LINE, as_re2, looks_bad
from gristmill.clean.normalise import Normalise
from gristmill.contracts.step import Edit
from gristmill.contracts.view import View

MIXED = "Aé Ã©â€™œ“Â ñ°€¢™ÐÑßøμΓВРГўВЂ\xa0\x80\x9dà²·kK×²√∂‚Ä1_"


def edit(*texts: str | None, **options: object) -> Edit:
    return Normalise(**options).edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))


def normal(text: str, **options: object) -> str:
    return edit(text, **options).text[0].as_py()


def counts(text: str) -> dict[str, int]:
    return {name: values[0].as_py() for name, values in edit(text).signals.items() if values[0].as_py()}


def test_mojibake_is_repaired_line_by_line_and_counted() -> None:
    text = "The mill is in Göttingen.\nLâ€™eau fait tourner la meule.\nDas MÃ¼hlrad dreht sich."
    assert normal(text) == "The mill is in Göttingen.\nL’eau fait tourner la meule.\nDas Mühlrad dreht sich."
    assert counts(text) == {"mojibake_lines": 2}
    assert normal(text, mojibake=False) == text


def test_letters_and_their_marks_become_one_character() -> None:
    assert normal("Mu\u0308hle \u1100\u1161 \u212b") == "Mühle 가 Å"
    assert normal("Mu\u0308hle", nfc=False) == "Mu\u0308hle"


def test_marks_parted_by_an_invisible_character_are_joined_once_it_is_gone() -> None:
    assert normal("Mu\u200b\u0308hle") == "Mühle"


def test_invisible_characters_go_and_are_counted_by_kind() -> None:
    text = "a\x00b\x07 c\u200bd\xade \u202ef\u202c \U000e0041g"
    assert normal(text) == "ab cde f g"
    kinds = {"control_characters": 2, "zero_width_characters": 2, "bidi_characters": 2, "tag_characters": 1}
    assert counts(text) == kinds
    kept = edit(text, invisible=False)
    assert kept.text[0].as_py() == text
    assert {name: values[0].as_py() for name, values in kept.signals.items() if values[0].as_py()} == kinds


def test_lines_and_spaces_are_made_alike_and_code_keeps_its_shape() -> None:
    code = "if\xa0x:\r\n\r\n\r\n    y  =  1\t\r\n"
    assert normal(code) == "if x:\n\n    y  =  1"
    assert normal(code, max_blank_lines=0) == "if x:\n    y  =  1"


def test_no_text_stays_no_text_and_an_untouched_batch_is_not_copied() -> None:
    assert edit(None, "a ", None).text.to_pylist() == [None, "a", None]
    batch = pa.record_batch({"text": pa.array(["plain", "sane", None], pa.large_string())})
    text = Normalise().edit(View(batch)).text
    assert text.buffers()[2].address == batch.column("text").buffers()[2].address


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.one_of(st.sampled_from(MIXED), st.characters(exclude_categories=["Cs"])), max_size=12)))
def test_re2_finds_the_lines_that_ftfy_finds(texts: list[str]) -> None:
    lines = [text.replace("\n", "") for text in texts]
    assert looks_bad(pa.array(lines, pa.large_string())).tolist() == [is_bad(line) for line in lines]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_what_comes_out_is_in_form_nfc(text: str) -> None:
    assert unicodedata.is_normalized("NFC", "".join(c for c in normal(text) if unicodedata.category(c) != "Cn"))


def test_a_verbose_pattern_loses_its_comments_and_white_space_outside_of_classes() -> None:
    assert as_re2("a b # c [\n [ #] \\# \\w") == "ab[ #]\\#[\\p{L}\\p{N}_]"


def test_a_line_too_long_for_prose_is_left_as_it_is() -> None:
    line = "Ã¼" * (LONGEST_LINE // 2 + 1)
    assert normal(line) == line
    assert normal(line[2:]) == "ü" * (LONGEST_LINE // 2)


def test_good_text_in_two_hundred_languages_is_left_alone(tmp_path: Path) -> None:
    archive = Path(__file__).parents[2].parent / "shared" / "data" / "langid-flores200.tar.xz"
    if not archive.is_file():
        pytest.skip("needs the sentences of FLORES-200")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    repaired = {}
    for path in sorted(tmp_path.rglob("*.devtest")):
        lines = path.read_text("utf-8").splitlines()[:200]
        repaired[path.stem] = sum(edit(*lines).signals["mojibake_lines"].to_pylist())
    assert len(repaired) > 200
    # Catalan, Indonesian and Tagalog have real mojibake; in Sango, ftfy takes the word \u00c2 for it.
    assert {code: count for code, count in repaired.items() if count} == {"cat": 2, "ind": 4, "sag": 30, "tgl": 3}
