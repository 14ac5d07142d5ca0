"""The recipes for mailboxes and wikis, each on a small input with known faults."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import duckdb

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import loads

RECIPES = Path(__file__).parents[2] / "recipes"

PROSE = (
    "The old mill by the river has been turning since the days of my grandfather, and nobody in the village can say "
    "who built it. In summer the water is low and the wheel stands still for weeks, but in autumn it turns day and "
    "night. "
    "We bring the grain in sacks, and the miller takes a tenth of the flour for his work, as it has always been here."
)
OTHERS = (
    "A windmill needs a hill or an open field, where nothing stands in the way of the wind. Its cap is turned by hand "
    "or by a small wheel at the back, so that the sails face the weather. When a storm comes up, the sails are tied "
    "down, and the miller stays inside with his lamp and listens to the timber until the morning.",
    "Flour that is ground between stones keeps the taste of the corn, some bakers say, and they drive far to buy it. "
    "Others laugh at them and take what the steel rollers of the big plants make, for it is cheap and always the same. "
    "Both are right about what they want: one sells bread to neighbours, the other to a whole city every night.",
)


def built(name: str, folder: Path) -> dict[str, Any]:
    text = (RECIPES / f"{name}.yaml").read_text()
    return build(loads(text, f"{name}.yaml", folder), write_report, workers=1).manifest


def records(folder: Path, name: str, columns: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(f"SELECT {columns} FROM '{folder}/builds/{name}/data/*.parquet' ORDER BY position").fetchall()


def test_mail_drops_quotes_signatures_copies_and_people(tmp_path: Path) -> None:
    bodies = [
        f"{PROSE} Write to ann.miller@millers-guild.org or call.\n\n-- \nAnn Miller",
        f"Ann <ann@millers-guild.org> wrote:\n> {PROSE}\n\n{OTHERS[0]}",
        f"{PROSE} Write to bob.baker@bakers-guild.org or call.\n\n-- \nBob",
        "Thanks!",
        OTHERS[1],
    ]
    postmark = "From ann@millers-guild.org  Thu Nov 26 18:50:20 2026\n"
    head = "From: Ann Miller <ann@millers-guild.org>\nSubject: Mills\nMessage-ID: <{0}@millers-guild.org>\n\n"
    mails = [f"{postmark}{head.format(number)}{body}\n\n" for number, body in enumerate(bodies)]
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "list.mbox").write_text("".join(mails))

    counts = built("mail", tmp_path)["counts"]

    assert counts == {**counts, "read": 5, "kept": 3, "dropped": 1, "merged": 1, "quarantined": 0}
    kept = records(tmp_path, "mail", "text, metadata")
    assert any("ann.miller" not in text and "<EMAIL>" in text for text, _ in kept)
    assert not any("wrote:" in text or "Ann Miller" in text for text, _ in kept)
    assert not any("millers-guild.org" in str(told) for row in kept for told in row)
    assert {json.loads(metadata)["subject"] for _, metadata in kept} == {"Mills"}


def test_wiki_keeps_articles_with_their_structure(tmp_path: Path) -> None:
    meanings = "\n".join(f"* [[Mill {number}]], the mill of a town in the north of {number}" for number in range(20))
    texts = {
        "Mill": f"{PROSE}\n\n== Parts ==\n{{| \n! Part !! Use\n|-\n| Sail || wind\n|}}\n== See also ==\n* [[Wind]]",
        "Windmill": OTHERS[0],
        "Mill (disambiguation)": f"'''Mill''' may be\n{meanings}\n{{{{disambiguation}}}}",
        "Mills of the north": meanings,
        "Stub": "'''Stub''' is a mill.",
        "Flour": OTHERS[1],
    }
    pages = "".join(
        f"<page><title>{title}</title><ns>0</ns><revision><text>{escape(text)}</text></revision></page>"
        for title, text in texts.items()
    )
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "x-pages-articles.xml").write_text(f"<mediawiki>{pages}</mediawiki>")

    counts = built("wiki", tmp_path)["counts"]

    assert counts == {**counts, "read": 5, "kept": 3, "dropped": 2, "quarantined": 0}
    kept = dict(records(tmp_path, "wiki", "metadata->>'title', text"))
    assert kept["Mill"] == f"{PROSE}\n\n## Parts\n\n| Part | Use |\n| --- | --- |\n| Sail | wind |"
    assert set(kept) == {"Mill", "Windmill", "Flour"}
