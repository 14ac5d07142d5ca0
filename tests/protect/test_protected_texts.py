"""A protected book in a pack: excerpts of it in other texts are found, cut out, or cost a record its place."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gristmill.build.finished import Finished
from gristmill.cli import main
from real_command import build, built, counts, ledger, texts, write_recipe

SYLLABLES = ("mil", "ler", "gra", "ne", "wei", "sto", "ry", "bar", "lo", "wen", "du", "sack", "flo", "ur", "ka", "ri")
EXCERPT = 50


def prose(seed: int, size: int) -> list[str]:
    """Words of a language of our own, as many as are wanted; no five of two seeds are the same but by chance."""
    dice = random.Random(seed)
    return ["".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(size)]


BOOK = prose(1, 48_000)
SEVERAL = [(4_000, 50), (21_000, 50), (47_900, 50)]


def around(before: int, quoted: list[str], after: int, seed: int) -> str:
    words = prose(seed, before + after)
    return " ".join([*words[:before], *quoted, *words[before:]])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of 400 KB in a pack, and documents: ten per cent, half and all of each are quoted from it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "books").mkdir()
    book = "\n".join(" ".join(BOOK[k : k + 12]) for k in range(0, len(BOOK), 12))
    assert len(book) > 380_000
    (tmp_path / "books" / "the-mill.txt").write_text(book)
    (tmp_path / "protected.yaml").write_text("benchmarks:\n  books: {files: books/*.txt, question: text}\n")
    assert main(["pack", "protected.yaml", "--to", "protected.pack"]) == 0
    documents = {
        "clean": around(500, [], 0, 7),
        "tenth": around(300, BOOK[9_000 : 9_000 + EXCERPT], 150, 8),
        "half": around(25, BOOK[30_000 : 30_000 + EXCERPT], 25, 9),
        "whole": " ".join(BOOK[12_345 : 12_345 + 400]),
        "several": " ".join(around(200, BOOK[at : at + size], 200, at) for at, size in SEVERAL),
        "marked": around(300, [f"{word.title()}," for word in BOOK[:EXCERPT]], 150, 10),
        "few": around(300, BOOK[100:110], 150, 11),
    }
    lines = (json.dumps({"id": name, "text": text}) + "\n" for name, text in documents.items())
    (tmp_path / "in.jsonl").write_text("".join(lines))
    return tmp_path


def run(root: Path, **settings: Any) -> Path:
    given = {"packs": ["protected.pack"], "variant": "gpt3", "margin": 0, "min_piece": 0, **settings}
    recipe = write_recipe(root, "jsonl: {paths: [in.jsonl], id: id}", steps=f"[decontaminate: {json.dumps(given)}]")
    said = build(recipe)
    assert said.code == 0, said.err
    return built(root)


def shares(folder: Path) -> dict[str, float]:
    with Finished(folder) as finished:
        query = 'SELECT id, "decontaminate.text_share" FROM records JOIN signals USING (rid)'
        return dict(finished.query(query))


def test_excerpts_are_found_and_how_much_of_each_text_they_are(root: Path) -> None:
    folder = run(root, action="report")
    found = shares(folder)
    assert found["clean"] == found["few"] == 0
    assert found["whole"] == 1
    assert 0.45 < found["half"] < 0.55
    assert 0.08 < found["tenth"] < 0.12 and 0.08 < found["marked"] < 0.13
    assert 0.09 < found["several"] < 0.13
    with Finished(folder) as finished:
        told = finished.query(
            "SELECT \"decontaminate.evidence\" FROM records JOIN signals USING (rid) WHERE id = 'half'"
        )
    (one,) = json.loads(told[0][0])
    assert (one["benchmark"], one["words"]) == ("books", EXCERPT)
    assert one["excerpt"].split()[:3] == BOOK[30_000:30_003]


def test_records_above_a_share_are_excluded_and_another_share_decides_anew(root: Path) -> None:
    folder = run(root, action="drop", max_text_share=0.3)
    assert counts(folder)["kept"] == 5
    gone = [(one, fate) for one, fate in ledger(folder, "id, fate") if fate != "kept"]
    assert gone == [("half", "dropped"), ("whole", "dropped")]
    reasons = duckdb.sql(f"SELECT reasons FROM '{folder}/ledger/records/*.parquet' WHERE id = 'half'").fetchall()
    assert [one["reason"] for one in reasons[0][0]] == ["text_overlaps"]
    assert counts(run(root, action="drop", max_text_share=0.05))["kept"] == 2
    assert counts(run(root, action="drop", max_text_share=0.7))["kept"] == 6


def test_excerpts_are_cut_to_the_word_and_the_rest_stays(root: Path) -> None:
    folder = run(root, action="cut", max_text_share=0.9)
    assert counts(folder)["kept"] == 6  # all but the one that is nothing else
    kept = texts(folder)
    for at, size in [*SEVERAL, (9_000, EXCERPT), (30_000, EXCERPT)]:
        words = BOOK[at : at + size]
        assert not any(" ".join(words[k : k + 13]) in text for text in kept for k in range(size - 12))
    rest = prose(9, 50)
    assert "\n\n".join([" ".join(rest[:25]), " ".join(rest[25:])]) in kept
    assert any(" ".join(BOOK[100:110]) in text for text in kept)  # ten words are no excerpt


def test_the_report_names_the_book(root: Path) -> None:
    page = (run(root, action="report") / "report.html").read_text()
    assert 'id="benchmarks"' in page and "books" in page


def test_a_share_is_all_that_a_record_goes_by_where_it_is_given(root: Path) -> None:
    for variant in ("items", "llama", "gpt3"):
        folder = run(root, variant=variant, action="drop", max_text_share=0.3)
        assert [one for one, fate in ledger(folder, "id, fate") if fate != "kept"] == ["half", "whole"]
