"""Records of finished builds, found by any of their names and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.ledger import RECORDS
from gristmill.build.lookup import MOST_HITS, find
from gristmill.errors import InputError, RecordNotFoundError
from made_build import Page, make_build

STORY = (
    "The river ran low that summer and the wheel of the mill stood still, so the miller and his sons went to the "
    "market with what they have saved, and of that they bought a horse that was to draw the stones when there was "
    "no water. It was an old horse, and it knew more about milling than any of the boys would admit to."
)
PAGES = [
    Page(STORY, position=0, id="story", url="https://mill.example/story"),
    Page(STORY.replace("horse", "donkey"), position=1, id="copy", url="https://mill.example/copy"),
    Page("Far  too   short\0 a text.", position=2, id="short", url="https://mill.example/short"),
    Page("", position=3, id="broken", error="the record ends at byte 12"),
    *(Page(f"Many pages say hello, this is number {at}.", position=10 + at) for at in range(15)),
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    with Finished(make_build(tmp_path_factory.mktemp("explain") / "made", PAGES, similarity=0.5)) as build:
        yield build


@pytest.fixture
def rid_of(finished: Finished) -> Callable[[str], str]:
    return lambda what: find(finished, what)[0].rid


def test_a_record_is_found_by_rid_and_by_the_beginning_of_it(finished: Finished) -> None:
    rid = PAGES[0].rid
    for asked in (rid, rid[:8], f" {rid.upper()} "):
        assert [(hit.rid, hit.by) for hit in find(finished, asked)] == [(rid, "rid")]


def test_a_record_is_found_by_id_url_and_text(finished: Finished) -> None:
    for asked, by in (("short", "id"), ("https://mill.example/short", "url"), ("Far too short", "text")):
        assert [(hit.id, hit.by) for hit in find(finished, asked)] == [("short", by)]


def test_text_is_found_whatever_whitespace_and_signs_it_has(finished: Finished) -> None:
    assert find(finished, "summer and\n the  wheel…")[0].by == "text"
    with pytest.raises(RecordNotFoundError):
        find(finished, "summer.and (the wheel")


def test_text_of_many_records_lists_the_first_of_them(finished: Finished) -> None:
    hits = find(finished, "Many pages say hello")
    assert len(hits) == MOST_HITS
    assert {hit.fate for hit in hits} == {"dropped"}
    assert "this is number" in (hits[0].snippet or "")


def test_an_unknown_record_is_answered_with_the_nearest(finished: Finished) -> None:
    with pytest.raises(RecordNotFoundError, match="the nearest id is 'story'"):
        find(finished, "storey")
    with pytest.raises(RecordNotFoundError, match=r"nearest url is 'https://mill\.example/short'"):
        find(finished, "https://mill.example/shorts")
    with pytest.raises(RecordNotFoundError, match="nothing was asked"):
        find(finished, "  ")


def test_a_kept_record_passed_every_step(finished: Finished, rid_of: Callable[[str], str]) -> None:
    kept = "story" if explain(finished, rid_of("story")).fate == "kept" else "copy"
    found = explain(finished, rid_of(kept))
    assert [station.step for station in found.stations] == [
        "normalise",
        "language",
        "gopher_quality",
        "near_duplicates",
    ]
    assert not any(station.ended for station in found.stations)
    said = f"Kept: {found.file}, row {found.row}. near_duplicates found a cluster of 2 that it is in."
    assert found.sentence == said and found.cluster_size == 2
    assert found.text is not None
    assert found.merged_into_it == 1
    assert (found.words, found.bytes) == (len(found.text.split()), len(found.text))


def test_a_dropped_record_names_every_rule_with_value_bound_and_margin(
    finished: Finished, rid_of: Callable[[str], str]
) -> None:
    found = explain(finished, rid_of("short"))
    assert found.sentence.startswith("Dropped by gopher_quality: too_few_words (word_count is 5, asked is >= 50)")
    last = found.stations[-1]
    assert (last.step, last.ended) == ("gopher_quality", True)
    readings = {reading.signal: reading for reading in last.readings}
    few, many = readings["word_count"].bounds
    assert (few.reason, few.margin, few.broken) == ("too_few_words", -45, True)
    assert (many.reason, many.margin, many.broken) == ("too_many_words", 99_995, False)
    assert found.text == "Far too short a text."


def test_a_merged_record_is_shown_beside_its_twin(finished: Finished, rid_of: Callable[[str], str]) -> None:
    merged = next(e for e in (explain(finished, rid_of(name)) for name in ("story", "copy")) if e.fate == "merged")
    assert merged.twin is not None
    assert merged.twin.diff is not None
    assert merged.twin.similarity is not None
    assert 0.5 <= merged.twin.similarity < 1
    changed = {piece.text for row in merged.twin.diff.rows for piece in (*row.left, *row.right) if piece.changed}
    assert changed == {"horse", "donkey", "horse,", "donkey,"}
    assert merged.twin.rid in merged.sentence


def test_a_quarantined_record_tells_its_error(finished: Finished, rid_of: Callable[[str], str]) -> None:
    found = explain(finished, rid_of("broken"))
    assert found.sentence == "Quarantined at read: the record ends at byte 12"
    assert [(station.step, station.ended) for station in found.stations] == [("read", True)]
    assert found.text is None


@dataclass
class _Version:
    step: str
    text_before: str
    text_after: str


def test_edits_are_shown_where_the_source_can_be_read_again(finished: Finished, rid_of: Callable[[str], str]) -> None:
    def replay(build: Path, rid: str, source: str, position: int) -> list[_Version]:
        assert (build, rid) == (finished.root, PAGES[2].rid)
        return [_Version("normalise", PAGES[2].text, "Far too short a text.")]

    change = explain(finished, rid_of("short"), replay).stations[0].change
    assert change is not None
    assert change.diff is not None
    (row,) = change.diff.rows
    assert any("\0" in piece.text for piece in row.left if piece.changed)


def test_a_source_that_is_gone_leaves_the_stored_text(finished: Finished, rid_of: Callable[[str], str]) -> None:
    def replay(build: Path, rid: str, source: str, position: int) -> list[_Version]:
        raise InputError("pages/a.jsonl", "is not there")

    found = explain(finished, rid_of("short"), replay)
    change = found.stations[0].change
    assert change is not None
    assert (change.bytes_before, change.bytes_after, change.diff) == (25, 21, None)
    assert found.notes == ("The edits are not shown, the source could not be read again: pages/a.jsonl: is not there.",)
    assert found.text == "Far too short a text."


def test_a_text_that_was_not_kept_is_said_to_be_gone(tmp_path: Path) -> None:
    root = make_build(tmp_path / "made", PAGES)
    (root / "dropped" / "gopher_quality" / "part-00000.parquet").unlink()
    with Finished(root) as build:
        found = explain(build, PAGES[2].rid)
    assert found.text is None
    assert found.notes[0].startswith("The text is gone from the build")


def test_texts_of_jsonl_outputs_are_found_too(tmp_path: Path) -> None:
    with Finished(make_build(tmp_path / "made", PAGES, sink="jsonl")) as build:
        hits = {hit.fate: hit for hit in find(build, "the wheel of the mill stood still")}
        assert {hit.by for hit in hits.values()} == {"text"}
        assert explain(build, hits["kept"].rid).text in (STORY, STORY.replace("horse", "donkey"))


def test_a_ledger_cannot_point_outside_its_build(tmp_path: Path) -> None:
    root = make_build(tmp_path / "made", PAGES[:1])
    (tmp_path / "secret.jsonl").write_text('{"text": "secret"}\n')
    table = pq.read_table(root / "ledger" / "records")
    table = table.set_column(table.schema.get_field_index("file"), "file", pa.array(["../secret.jsonl"]))
    for part in (root / "ledger" / "records").iterdir():
        part.unlink()
    pq.write_table(table, root / "ledger" / "records" / "part-00000.parquet")
    with Finished(root) as build:
        assert explain(build, PAGES[0].rid).text is None


@pytest.mark.slow
def test_a_record_is_found_among_millions(tmp_path: Path) -> None:
    root = make_build(tmp_path / "made", PAGES)
    number = 2_000_000
    rids = pa.array([f"{at * 2654435761 % 2**32:08x}{at:024x}" for at in range(number)])
    columns = {name: pa.nulls(number, RECORDS.field(name).type) for name in RECORDS.names}
    columns |= {"rid": rids, "id": rids, "source": pa.array(["a"] * number), "fate": pa.array(["kept"] * number)}
    columns |= {"position": pa.array(range(number), pa.int64())}
    pq.write_table(pa.table(columns, schema=RECORDS), root / "ledger" / "records" / "part-00002.parquet")
    with Finished(root) as build:
        rid = str(rids[1_234_567])
        assert find(build, rid)[0].rid == rid
        assert explain(build, rid).position == 1_234_567
