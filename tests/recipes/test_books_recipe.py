"""The recipe for books, on a small shelf with known faults."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import loads
from zipped import book, page

RECIPE = Path(__file__).parents[2] / "recipes" / "books.yaml"
NOTICE = "This edition was made by the Grain Press, which gives its books to all who like to read them at night."
WORDS = (
    "the miller turned a great wheel of oak and listened to water that ran below his house while evening came over",
    "hills where rye stood high with poppies in it and nobody knew when rain would fall again on roads to town",
)


def prose(seed: int) -> str:
    """Some paragraphs like no other."""
    draw = random.Random(seed)
    return "".join(f"<p>{' '.join(draw.choices(' '.join(WORDS).split(), k=90)).capitalize()}.</p>" for _ in range(12))


def shelf(folder: Path) -> None:
    (folder / "books").mkdir()
    (folder / "texts").mkdir()
    for number in range(6):
        pages = {
            "title.xhtml": page(f"<body epub:type='titlepage'><p>Title of {number}</p></body>"),
            "one.xhtml": page(
                f"<h1>One</h1>{prose(number)}<p>Write to miller{number}@grainmail.com.</p><p>{NOTICE}</p>"
            ),
        }
        (folder / "books" / f"{number}.epub").write_bytes(book(pages))
    second = book({"one.xhtml": page(f"<h1>One</h1>{prose(0)}<p>A second edition.</p>")})
    (folder / "books" / "again.epub").write_bytes(second)
    (folder / "books" / "cut.epub").write_bytes(second[:-50])
    (folder / "texts" / "prices.txt").write_text("1 2 3 4 5 6 7\n" * 40)
    tale = prose(100).replace("<p>", "").replace("</p>", "\n\n")
    (folder / "texts" / "tale.txt").write_text(tale)


def test_one_edition_of_each_book_stays_without_addresses_and_a_notice_in_one_of_them(tmp_path: Path) -> None:
    shelf(tmp_path)
    told = build(loads(RECIPE.read_text(), "books.yaml", tmp_path), write_report, workers=1).manifest
    counts = told["counts"]
    assert (counts["read"], counts["kept"], counts["quarantined"]) == (10, 7, 1)
    rows = duckdb.sql(f"SELECT source, text FROM '{tmp_path}/builds/books/data/*.parquet' ORDER BY source").fetchall()
    assert [source for source, _ in rows] == [*(f"books/{n}.epub" for n in range(6)), "texts/tale.txt"]
    assert sum("Grain Press" in text for _, text in rows) == 1
    for source, text in rows:
        assert "Title of" not in text
        assert "@grainmail.com" not in text
        assert text.startswith("One\n\n") or source.startswith("texts")
