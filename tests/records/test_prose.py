"""A text with structure, as plain text and as Markdown."""

from __future__ import annotations

from gristmill.records.prose import Form, Prose


def written(form: Form) -> str:
    prose = Prose(form)
    prose.heading(2, "The  mill\n wheel")
    prose.paragraph("Water turns it.\nSlowly.")
    prose.item("grain\nand chaff")
    prose.item("rye", depth=1)
    prose.item("flour", number=10)
    prose.table([["grain", "price"], ["rye | oat"], []])
    prose.code("\n\tgrind()\n\n", "python")
    prose.maths(r"E = mc^2")
    prose.paragraph("Said the miller.", quoted=1)
    return prose.text()


def test_markdown_marks_headings_code_and_quotes() -> None:
    assert written("markdown") == (
        "## The mill wheel\n\nWater turns it.\nSlowly.\n\n- grain\n  and chaff\n  - rye\n10. flour\n\n"
        "| grain | price |\n| --- | --- |\n| rye \\| oat |  |\n\n```python\n\tgrind()\n```\n\n"
        "$$\nE = mc^2\n$$\n\n> Said the miller."
    )


def test_plain_text_has_no_marks_but_those_of_lists_tables_and_maths() -> None:
    assert written("text") == (
        "The mill wheel\n\nWater turns it.\nSlowly.\n\n- grain\n  and chaff\n  - rye\n10. flour\n\n"
        "| grain | price |\n| --- | --- |\n| rye \\| oat |  |\n\n\tgrind()\n\n"
        "$$\nE = mc^2\n$$\n\nSaid the miller."
    )


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    prose = Prose("markdown")
    prose.code("```\n````")
    assert prose.text() == "`````\n```\n````\n`````"


def test_blocks_without_a_visible_character_are_left_out() -> None:
    prose = Prose("markdown")
    for add in (prose.paragraph, prose.code, prose.maths, prose.item):
        add(" \n ")
    prose.heading(1, " ")
    prose.table([["", " "]])
    assert prose.text() == ""


def test_footnotes_are_marked_where_they_belong_and_told_apart() -> None:
    for form, expected in (("markdown", "flour[^1]\n\n[^1]: Ground."), ("text", "flour[1]\n\n[1] Ground.")):
        prose = Prose(form)
        prose.paragraph(f"flour{prose.note_mark('1')}")
        prose.note("1", " Ground. ")
        prose.note("2", " ")
        assert prose.text() == expected


def test_one_long_row_among_many_short_ones_fills_none_of_them_up() -> None:
    prose = Prose()
    prose.table([["x"] * 5000, *[["y"]] * 5000])
    assert len(prose.text()) < 50_000


def test_items_and_quotes_that_lie_very_deep_are_indented_within_a_bound() -> None:
    prose = Prose("markdown")
    prose.item("an item", depth=50_000)
    prose.paragraph("a quote", quoted=50_000)
    assert prose.text().split() == ["-", "an", "item", *[">"] * 16, "a", "quote"]
    assert len(prose.text()) < 100
