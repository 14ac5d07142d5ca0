"""PDF files: text as it is read, and one sentence for each file that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._pdf_accents import with_accents
from gristmill.collect._pdf_file import PdfFile
from gristmill.collect._pdf_glyphs import by_number
from gristmill.collect._pdf_joining import joined
from gristmill.collect._pdf_lines import page_lines
from gristmill.collect._pdf_words import HYPHEN, Word
from gristmill.collect.pdf import Pdf
from gristmill.errors import InputError
from pdf_files import in_courier, laughing_pdf, locked_pdf, paragraph, pdf, scanned_pdf

LEFT = [f"left {n} of the long lines in this column" for n in range(12)]
RIGHT = [f"right {n} of the long lines in that column" for n in range(12)]


def got(folder: Path, data: bytes, **settings: Any) -> Got:
    (folder / "a.pdf").write_bytes(data)
    return Got(Pdf(paths=("a.pdf",), **settings), folder)


def metadata(found: Got, row: int = 0) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(str(found.column("metadata")[row]))
    return read


def test_two_columns_are_read_one_after_the_other_though_their_lines_alternate(tmp_path: Path) -> None:
    lines = [
        placed
        for pair in zip(paragraph(LEFT), paragraph(RIGHT, x=330), strict=True)
        for placed in pair
    ]  # fmt: skip
    found = got(tmp_path, pdf([[(72, 740, 18, "A title over both of the columns, as wide as they"), *lines]]))
    text = str(found.column("text")[0])
    places = [text.index("A title"), *(text.index(line) for line in (*LEFT, *RIGHT))]
    assert places == sorted(places)


def test_a_word_cut_at_the_end_of_a_line_is_whole_and_a_compound_keeps_its_hyphen(tmp_path: Path) -> None:
    found = got(
        tmp_path, pdf([paragraph(["the word is exam-", "ple, the name is Smith-", "Jones, of 1990-", "1995."])])
    )
    assert found.column("text") == ["the word is example, the name is Smith-Jones, of 1990-1995."]


def test_running_heads_and_page_numbers_go_and_are_counted(tmp_path: Path) -> None:
    words = ["one", "two", "three", "four"]
    pages = [
        [(72, 760, 9, "The Journal of Mills"), (300, 30, 9, str(n + 7)), *paragraph([f"Only page {word} says so."])]
        for n, word in enumerate(words)
    ]
    found = got(tmp_path, pdf(pages))
    assert found.column("text") == ["\n\n".join(f"Only page {word} says so." for word in words)]
    assert metadata(found)["running_lines"] == 8
    assert metadata(found)["pages"] == 4


def test_a_page_that_is_turned_reads_as_the_upright_one(tmp_path: Path) -> None:
    texts = {tuple(got(tmp_path, pdf([paragraph(LEFT)], rotate=angle)).column("text")) for angle in (0, 90, 180, 270)}
    assert len(texts) == 1


def test_each_page_is_a_record_where_that_is_asked_for(tmp_path: Path) -> None:
    found = got(tmp_path, pdf([paragraph(["first"]), [], paragraph(["third"])]), split="page")
    assert found.column("text") == ["first", "third"]
    assert found.column("position") == [0, 2]
    assert found.errors == ["there is no text layer (a scan?); set ocr: rapidocr to read it"]


def test_references_are_dropped_where_that_is_asked_for(tmp_path: Path) -> None:
    page = [*paragraph(["We say much."]), (72, 600, 14, "References"), *paragraph(["[1] A book."], y=570)]
    assert "A book" in str(got(tmp_path, pdf([page])).column("text")[0])
    assert got(tmp_path, pdf([page]), references="drop").column("text") == ["We say much."]


def test_title_authors_and_time_are_told(tmp_path: Path) -> None:
    info = "/Title (On mills) /Author (A. Miller and B. Baker) /CreationDate (D:20240506070809+02'00')"
    found = got(tmp_path, pdf([paragraph(["text"])], info=info))
    facts = metadata(found)
    assert (facts["title"], facts["authors"], facts["date"]) == ("On mills", ["A. Miller", "B. Baker"], "2024-05-06")
    assert str(found.column("time")[0]).startswith("2024-05-06 05:08:09")


def read_shape(image: np.ndarray[Any, Any]) -> str:
    """What stands for OCR here: it tells the image that it was given."""
    return f"an image of {image.shape[0]} by {image.shape[1]}"


def test_a_page_without_text_is_read_by_the_function_at_ocr(tmp_path: Path) -> None:
    found = got(tmp_path, pdf([[]]), ocr=f"{__name__}:read_shape", ocr_dpi=72)
    assert found.column("text") == ["an image of 792 by 612"]
    assert metadata(found)["pages_by_ocr"] == 1
    with pytest.raises(InputError, match="the function at ocr cannot be imported"):
        got(tmp_path, pdf([[]]), ocr="no_such_module:read")


@pytest.mark.slow
def test_a_scan_is_read_by_rapidocr_with_the_models_of_its_package(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    printed = PdfFile(
        pdf([paragraph(["A scan of two lines that go", "on below each other."])]), seconds=9, megabytes=256
    )
    image = printed.image(0, 100)[60:150, 60:400]
    printed.close()
    found = got(tmp_path, scanned_pdf(image), ocr="rapidocr")
    assert found.column("text") == ["A scan of two lines that go on below each other."]
    assert metadata(found)["pages_by_ocr"] == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<html>", "the file is no PDF: it does not begin with %PDF-"),
        (b"%PDF-1.4\n", "the file is broken or cut short: PDFium cannot open it"),
        (locked_pdf(), "the file is encrypted and does not open without a password"),
        (pdf([[]]), "there is no text layer (a scan?); set ocr: rapidocr to read it"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, error: str) -> None:
    assert got(tmp_path, data).errors == [error]


def test_a_file_of_too_many_pages_or_bytes_is_named(tmp_path: Path) -> None:
    data = pdf([paragraph(["a"])] * 3)
    assert got(tmp_path, data, max_pages=2).errors == [
        "the file has 3 pages; from 1 to max_pages (2) are read"
    ]  # fmt: skip
    assert got(tmp_path, data, max_record_bytes=100).errors == ["the file is longer than max_record_bytes (100 bytes)"]


def test_a_form_that_shows_another_ten_times_over_and_over_takes_a_bounded_memory(tmp_path: Path) -> None:
    error = "reading page 1 takes more memory than max_memory (64 MB), or ends PDFium"
    assert got(tmp_path, laughing_pdf(9), max_memory=64).errors == [error]
    assert got(tmp_path, laughing_pdf(2), max_memory=64).errors == []


def test_a_file_that_takes_too_much_time_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    error = "reading page 1 takes the processor time of the file beyond max_seconds (0.3)"
    assert got(tmp_path, laughing_pdf(9, b"q Q " * 5000), max_seconds=0.3).errors == [error]
    assert got(tmp_path, pdf([paragraph(["Here again."])])).column("text") == ["Here again."]


def test_numbers_of_lines_in_the_margins_are_no_text(tmp_path: Path) -> None:
    columns = zip(paragraph(LEFT), paragraph(RIGHT, x=330), strict=True)
    pages = [
        placed
        for at, (left, right) in enumerate(columns)
        for placed in ((40.0, left[1], 6.0, str(at + 108)), left, right, (580.0, left[1], 6.0, str(at + 120)))
    ]
    found = got(tmp_path, pdf([pages]))
    assert found.column("text") == [" ".join([*LEFT, *RIGHT])]
    assert metadata(found)["line_numbers"] == 24


def test_code_keeps_its_indentation_its_gaps_and_its_empty_lines(tmp_path: Path) -> None:
    code = ["def grind(grain):", "    flour = []      # of wheat", "", "    return flour"]
    text = [
        *paragraph(["So it is done:"], y=730),
        *paragraph(["And that is all there is to it, as one sees."], y=600),
    ]
    found = got(tmp_path, pdf([[*text, *in_courier(code, y=700)]]), form="markdown")
    assert found.column("text") == [
        "So it is done:\n\n```\n" + "\n".join(code) + "\n```\n\nAnd that is all there is to it, as one sees."
    ]


def test_a_file_that_is_typed_as_a_whole_is_no_code(tmp_path: Path) -> None:
    found = got(tmp_path, pdf([in_courier(["A letter, typed", "on two lines."], y=700)]), form="markdown")
    assert found.column("text") == ["A letter, typed on two lines."]


def test_rows_whose_cells_have_their_middle_at_one_place_are_a_table(tmp_path: Path) -> None:
    rows = [("Mills", "Stones"), ("one", "2"), ("a hundred", "200")]
    cells = [(x - 2.5 * len(text), 700 - 14 * at, 10, text) for at, row in enumerate(rows)
             for x, text in zip((120, 190), row, strict=True)]  # fmt: skip
    found = got(tmp_path, pdf([cells]))
    assert found.column("text") == ["| Mills | Stones |\n| --- | --- |\n| one | 2 |\n| a hundred | 200 |"]


def test_letters_that_tex_names_by_number_are_no_dingbats() -> None:
    assert by_number("❚❤❡ ❝♦♥❞✐t✐♦♥❛❧ ♠❡❛♥✱ ✜①❡❞") == "The conditional mean, ﬁxed"
    assert by_number("the \x1crst, stu\x0b") == "the ﬁrst, stuﬀ"
    assert by_number("max\x0c \x0c") == "max\x0c \x0c"
    assert by_number("a list with ✓ and ✗, and much more to say") == "a list with ✓ and ✗, and much more to say"


def test_a_line_from_the_right_keeps_latin_words_in_their_order() -> None:
    right_to_left = ["بستۀ", "comment", "two", "محیط", "از"]
    words = [_word(text, 40.0 * at) for at, text in enumerate(right_to_left)]
    assert [line.text for line in page_lines(words)] == ["از محیط comment two بستۀ"]


def _word(text: str, left: float) -> Word:
    return Word(text, left, 100, left + 18, 112, 10, False, False, False)


@given(st.data())
def test_a_damaged_file_gives_a_record_or_a_sentence_and_twice_the_same(data: st.DataObject) -> None:
    whole = bytearray(pdf([paragraph(LEFT), paragraph(RIGHT)]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    reader = Pdf(paths=("a.pdf",))
    once = list(reader.records(damaged))
    assert len(once) == (1 if damaged else 0) and all(record[1] for record in once)
    assert once == list(reader.records(damaged))


def test_lines_of_japanese_and_of_an_address_are_joined_without_a_space() -> None:
    assert joined(["普通に行", "われている", "see https://x.org/", "a_b.html and", "so on"]) == (
        "普通に行われている see https://x.org/a_b.html and so on"
    )


def test_lines_of_a_list_of_contents_are_told_apart_and_lose_their_leaders(tmp_path: Path) -> None:
    lines = ["One stone . . . . . . . . . . . 2", "Two stones . . . . . . . . . . . 12"]
    assert got(tmp_path, pdf([paragraph(lines)])).column("text") == ["One stone 2\n\nTwo stones 12"]


def test_a_title_of_two_lines_is_one_heading(tmp_path: Path) -> None:
    title = [(72, 700, 20, "Of the Grinding of"), (72, 676, 20, "Wheat and Rye")]
    found = got(tmp_path, pdf([[*title, *paragraph(["It is done by mills,"] * 6, y=640)]]), form="markdown")
    assert str(found.column("text")[0]).startswith("# Of the Grinding of Wheat and Rye\n\nIt is done")


def test_items_of_a_numbered_list_are_told_apart(tmp_path: Path) -> None:
    found = got(tmp_path, pdf([paragraph(["We do three things.", "1. grind", "2. sift", "3. weigh"])]))
    assert found.column("text") == ["We do three things.\n\n1. grind\n2. sift\n3. weigh"]


@given(st.lists(st.text("ab-. " + HYPHEN)))
def test_joined_lines_lose_no_letter(lines: list[str]) -> None:
    letters = "".join(char for line in lines for char in line if char in "ab")
    assert "".join(char for char in joined(lines) if char in "ab") == letters


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Universit¨at M¨unchen", "Universität München"),
        ("Schr¨odinger, Poincar´e, Erd˝os, na¨ıve, Ga¸con", "Schrödinger, Poincaré, Erd˝os, naïve, Gaçon"),
        ("it´s l´a ˆx ˆβ ¨ `free group'", "it´s lá ˆx ˆβ ¨ `free group'"),
    ],
)
def test_accents_before_their_letters_are_put_on_them(printed: str, read: str) -> None:
    assert with_accents(printed) == read
    assert with_accents(read) == read
