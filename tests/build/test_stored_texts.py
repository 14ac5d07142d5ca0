"""Texts of some rows of a stored part are the same, mapped where the file is plain or copied where it is compressed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gristmill.build.edited_texts import as_stored
from gristmill.build.parts import ChunkStored, PartRef, PartStores, Place
from gristmill.build.piece_numbers import ROW_BITS
from gristmill.build.store import DONE, PartWriter, Store
from gristmill.build.stored_texts import rids_of, texts_of
from gristmill.text.flat import flat

ORDINAL = 3
TEXTS: list[list[str | None]] = [
    ["one of the first", "", "zwei"],
    ["none of these is asked for"],
    ["vier", "fünf " * 400, None, "six"],
]


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def part(request: pytest.FixtureRequest, tmp_path: Path) -> PartRef:
    place = Place(Store(tmp_path), "unit", {"base": ("base", "print")})
    writer = PartWriter(place.path("base", 0), compressed=request.param)
    for texts in TEXTS:
        rids = [f"rid of {text}" for text in texts]
        writer.write(pa.record_batch({"rid": pa.array(rids), "text": pa.array(texts, pa.large_string())}))
    writer.commit()
    return PartRef(place, 0, ORDINAL, len(TEXTS))


@pytest.mark.parametrize("numbers", [[0], [0, 2, 4, 5, 7], [5], [2, 7], [3], []])
def test_rows_are_found_in_whatever_chunk_they_are(part: PartRef, numbers: list[int]) -> None:
    rows = np.array(numbers, np.int64) + (ORDINAL << ROW_BITS)
    said = [str(text) for chunk in TEXTS for text in chunk]
    texts, file = texts_of(part, rows, "base")
    found = [texts.data[start:stop].tobytes().decode() for start, stop in zip(texts.starts, texts.stops, strict=True)]
    assert found == [said[number] for number in numbers]
    assert rids_of(part, rows).to_pylist() == [f"rid of {text}" for text in found]
    if file is not None:
        whole = file.read_bytes()
        assert found == [whole[start:stop].decode() for start, stop in zip(texts.starts, texts.stops, strict=True)]


def test_a_plain_file_is_not_copied_and_a_compressed_one_is(part: PartRef) -> None:
    path = part.place.path("base", 0)
    texts, file = texts_of(part, np.array([5], np.int64) + (ORDINAL << ROW_BITS), "base")
    repeated = "fünf ".encode() * 400
    assert file == (path if repeated in path.read_bytes() else None)
    assert (len(texts.data) == path.stat().st_size) == (file is not None)


def test_texts_of_edits_are_made_of_those_before(tmp_path: Path) -> None:
    stores = {
        "base": ("base", "print"),
        "text0.0": ("text", "one"),
        "line0": ("lines", "x"),
        "text1.0": ("text", "two"),
    }
    place = Place(Store(tmp_path), "unit", stores)
    versions = [["said " * 40, "", None, "as it was"], ["said " * 10, "more", None, "as it was"]]
    versions.append(["said " * 9 + "and", "more", "none", "it was"])
    arrays = [pa.array(texts, pa.large_string()) for texts in versions]
    rids = pa.array(list("abcd"))
    batches = [pa.record_batch({DONE: pa.array([True] * 4), "rid": rids, "text": arrays[0]})]
    for before, after in pairwise(arrays):
        batches.append(pa.RecordBatch.from_pydict(as_stored(before, after, flat(before), flat(after))))
    for name, batch in zip(("base", "text0.0", "text1.0"), batches, strict=True):
        writer = PartWriter(place.path(name, 0), compressed=False)
        writer.write(batch)
        writer.commit()
    stored = ChunkStored(PartStores(place, 0), 0)
    some = ChunkStored(PartStores(place, 0), 0, slice(1, 3))
    rows = np.array([0, 3], np.int64) + (ORDINAL << ROW_BITS)
    for name, said in zip(("base", "text0.0", "text1.0"), versions, strict=True):
        batch, part_of_it = stored.batch(name, ["text"]), some.batch(name, ["text"])
        assert batch is not None and part_of_it is not None
        assert batch.column("text").to_pylist() == said
        assert part_of_it.column("text").to_pylist() == said[1:3]
        texts, _ = texts_of(PartRef(place, 0, ORDINAL, 1), rows, name)
        assert [texts.data[a:b].tobytes().decode() for a, b in zip(texts.starts, texts.stops, strict=True)] == said[::3]


def test_texts_that_are_all_whole_are_not_copied(tmp_path: Path) -> None:
    place = Place(Store(tmp_path), "unit", {"base": ("base", "print"), "text0.0": ("text", "print")})
    before, after = pa.nulls(2, pa.large_string()), pa.array(["of a page", "and another"], pa.large_string())
    writer = PartWriter(place.path("text0.0", 0), compressed=False)
    writer.write(pa.RecordBatch.from_pydict(as_stored(before, after, flat(before), flat(after))))
    writer.commit()
    texts, file = texts_of(PartRef(place, 0, 0, 1), np.array([1], np.int64), "text0.0")
    assert file == place.path("text0.0", 0)
    assert texts.data[texts.starts[0] : texts.stops[0]].tobytes() == b"and another"
