"""Texts without some stretches of them, against plain Python."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.copying import copied
from gristmill.text.cutting import excerpts, without
from gristmill.text.flat import flat


@st.composite
def texts_and_cuts(draw: st.DrawFn) -> tuple[list[str], list[list[tuple[int, int]]]]:
    texts = draw(st.lists(st.text(alphabet="ab \n日", max_size=200), min_size=1, max_size=4))
    cuts = []
    for text in texts:
        ends = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
        cuts.append(list(zip(ends[::2], ends[1::2], strict=False)))
    return texts, cuts


def in_bytes(text: str, at: int) -> int:
    return len(text[:at].encode())


def plain(text: str, cuts: list[tuple[int, int]]) -> str:
    left = "".join(c for k, c in enumerate(text) if not any(a <= k < b for a, b in cuts))
    end_went = cuts and cuts[-1][1] == len(text) and not text.endswith("\n")
    return left.rstrip("\n") if end_went else left


def solid(text: str) -> int:
    return len("".join(text.split()).encode())


@given(texts_and_cuts())
def test_what_is_not_cut_stays_to_the_byte(case: tuple[list[str], list[list[tuple[int, int]]]]) -> None:
    texts, cuts = case
    rows = np.arange(len(texts), dtype=np.int64)
    flat_cuts = [(in_bytes(t, a), in_bytes(t, b)) for t, mine in zip(texts, cuts, strict=True) for a, b in mine]
    starts, stops = np.array(flat_cuts, np.int64).reshape(-1, 2).T
    bounds = np.cumsum([0, *map(len, cuts)]).astype(np.int64)
    out, counts = without(
        flat(pa.array(texts, pa.large_string())),
        rows,
        np.ascontiguousarray(starts),
        np.ascontiguousarray(stops),
        bounds,
    )
    assert out.to_pylist() == [plain(t, mine) for t, mine in zip(texts, cuts, strict=True)]
    went = [solid("".join(t[a:b] for a, b in mine)) for t, mine in zip(texts, cuts, strict=True)]
    assert counts[0].tolist() == went
    for left, mine, t in zip(counts[1].tolist(), cuts, texts, strict=True):
        assert left == (solid(plain(t, mine)) if mine else 0)


@given(st.text(alphabet="aé日\U0001f600", max_size=20), st.integers(1, 9))
def test_excerpts_end_with_a_whole_character(text: str, most: int) -> None:
    ends = np.array([len(text.encode())], np.int64)
    zero = np.zeros(1, np.int64)
    (got,) = excerpts(flat(pa.array([text], pa.large_string())), zero, zero, ends, most).to_pylist()
    assert text.startswith(got) and len(got.encode()) <= most
    assert got == text or len((got + text[len(got)]).encode()) > most


@given(st.binary(max_size=40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_a_stretch_is_copied_to_its_place(data: bytes, one: int, other: int, at: int) -> None:
    begin, stop = sorted((min(one, len(data)), min(other, len(data))))
    to = np.full(50, 7, np.uint8)
    assert copied(np.frombuffer(data, np.uint8), begin, stop, to, at) == at + stop - begin
    assert to.tobytes() == bytes([7] * at) + data[begin:stop] + bytes([7] * (50 - at - stop + begin))
