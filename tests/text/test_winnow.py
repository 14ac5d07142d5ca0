"""Chosen places: what winnowing promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.winnow import Places, _gear, chosen_by_bytes, chosen_by_words
from gristmill.text.words import whitespace_words

TEXT = st.text(alphabet="ab ", max_size=60)


def chosen(texts: list[str], least: int, by_words: bool) -> tuple[bytes, Places]:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    rows = np.arange(len(texts), dtype=np.int64)
    if by_words:
        return data.tobytes(), chosen_by_words(data, whitespace_words(data, offsets, rows), rows, least)
    return data.tobytes(), chosen_by_bytes(data, offsets, rows, least)


def keys_of(places: Places, row: int) -> set[int]:
    return set(places.keys[places.bounds[row] : places.bounds[row + 1]].tolist())


@given(TEXT, TEXT, TEXT, TEXT, st.text(alphabet="abc", min_size=20, max_size=40), st.integers(8, 20))
def test_texts_with_so_many_bytes_in_common_have_a_place_in_common(
    a: str, b: str, c: str, d: str, common: str, least: int
) -> None:
    _, places = chosen([a + common + b, c + common + d], least, by_words=False)
    assert keys_of(places, 0) & keys_of(places, 1)


@given(TEXT, TEXT, TEXT, TEXT, st.lists(st.sampled_from(["a", "b", "cc"]), min_size=6, max_size=20), st.integers(1, 6))
def test_texts_with_so_many_words_in_common_have_a_place_in_common(
    a: str, b: str, c: str, d: str, common: list[str], least: int
) -> None:
    middle = " " + " ".join(common) + " "
    _, places = chosen([a + middle + b, c + middle.replace(" ", "\n") + d], least, by_words=True)
    assert keys_of(places, 0) & keys_of(places, 1)


@given(st.lists(TEXT, min_size=1, max_size=4), st.integers(8, 40), st.booleans())
def test_equal_runs_have_equal_keys_and_places_ascend(texts: list[str], least: int, by_words: bool) -> None:
    data, places = chosen(texts, least, by_words)
    size = least - max(least // 2, 1) + 1
    seen: dict[object, int] = {}
    for k, key in enumerate(places.keys.tolist()):
        run = data[places.starts[k] : places.stops[k]]
        said = tuple(run.split()) if by_words else run
        assert len(said) == size
        assert seen.setdefault(said, key) == key
    assert len(set(seen.values())) == len(seen)
    for row in range(len(texts)):
        starts = places.starts[places.bounds[row] : places.bounds[row + 1]]
        assert (np.diff(starts) > 0).all()


@settings(max_examples=20)
@given(st.integers(0, 1 << 30))
def test_one_place_in_about_half_a_window_is_chosen(seed: int) -> None:
    text = "".join(map(chr, np.random.default_rng(seed).integers(97, 123, 20_000)))
    _, places = chosen([text], 200, by_words=False)
    assert 2 / 101 * 0.85 < len(places.keys) / len(text) < 2 / 101 * 1.15


@pytest.mark.parametrize("unit", ["a", "xyz ", "one of a window of six! "])
@pytest.mark.parametrize("by_words", [False, True])
def test_of_a_text_that_repeats_itself_throughout_few_places_are_kept(unit: str, by_words: bool) -> None:
    text = (unit + " " * by_words) * (100_000 // len(unit))
    _, places = chosen([text, text[:300]], 100, by_words)
    first = places.starts[: places.bounds[1]]
    assert len(first) < len(text) / 20
    assert (np.diff(first) <= 250).all()
    assert keys_of(places, 1) <= keys_of(places, 0)


def plainly_chosen(text: bytes, least: int) -> list[int]:
    """Where the least value of each window is, the last of equal ones."""
    width = least // 2
    size = least - width + 1
    head = max(head for head in (4, 8, 16, 32) if head <= size)
    gear = _gear().tolist()
    values = []
    for at in range(len(text) - size + 1):
        state = 0
        for byte in text[at : at + head]:
            state = ((state << 64 // head) + gear[byte]) % (1 << 64)
        values.append(state)
    windows = range(len(values) - width + 1)
    return sorted({max(range(k, k + width), key=lambda at: (-values[at], at)) for k in windows})


@given(st.binary(max_size=400), st.integers(8, 140))
def test_places_are_those_of_plain_winnowing(data: bytes, least: int) -> None:
    text = data.decode("latin-1")
    said, places = chosen([text], least, by_words=False)
    plain = plainly_chosen(said, least)
    kept = places.starts.tolist()
    assert set(kept) <= set(plain)
    heads = [said[at : at + 4] for at in plain]
    if all(one != other for one, other in pairwise(heads)):
        assert kept == plain


def test_a_text_shorter_than_asked_has_no_place() -> None:
    _, places = chosen(["abcdefg", "", "abcdefgh"], 8, by_words=False)
    assert np.diff(places.bounds).tolist() == [0, 0, 1]
