"""Texts of some rows of a stored part are the same, mapped where the file is plain or copied where it is compressed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gristmill.build.parts import PartRef, Place
from gristmill.build.piece_numbers import ROW_BITS
from gristmill.build.store import PartWriter, Store
from gristmill.build.stored_texts import rids_of, texts_of

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
