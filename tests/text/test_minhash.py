from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.minhash import (
    band_keys,
    drawn_numbers,
    meeting_chance,
    permutations,
    shingles,
    weighed_shingles,
)

MASK = (1 << 64) - 1


def plain_mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def plain_shingles(tokens: list[int], size: int, whole: bool) -> list[int]:
    if not tokens or (len(tokens) < size and not whole):
        return []
    size = min(size, len(tokens))
    out = []
    for at in range(len(tokens) - size + 1):
        state = 0
        for token in tokens[at : at + size]:
            state = (state * 0xD1342543DE82EF95 + token) & MASK
        out.append(plain_mixed(state))
    return out


def plain_keys(hashes: list[int], bands: int, rows: int, seed: int) -> list[int]:
    golden = 0x9E3779B97F4A7C15
    least = []
    for start, factor in zip(*(part.tolist() for part in permutations(bands * rows, seed)), strict=True):
        least.append(min(((one ^ start) & 0xFFFFFFFF) * factor & 0xFFFFFFFF for one in hashes))
    keys = []
    for band in range(bands):
        key = plain_mixed(band + golden & MASK)
        for value in least[band * rows : (band + 1) * rows]:
            key = plain_mixed(key ^ value) * golden & MASK
        keys.append(key)
    return keys


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, MASK), max_size=12), max_size=5),
    st.integers(1, 6),
    st.booleans(),
    st.integers(0, 99),
)
def test_shingles_and_keys_are_those_of_the_plain_reading(
    texts: list[list[int]], size: int, whole: bool, seed: int
) -> None:
    bounds = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    tokens = np.array([token for text in texts for token in text], np.uint64)
    found, found_bounds = shingles(tokens, bounds, size, whole)
    keys = band_keys(found, found_bounds, 3, 2, seed)
    for k, text in enumerate(texts):
        wanted = plain_shingles(text, size, whole)
        assert found[found_bounds[k] : found_bounds[k + 1]].tolist() == wanted
        if wanted:
            assert keys[k].tolist() == plain_keys(wanted, 3, 2, seed)


@pytest.mark.parametrize(("bands", "rows"), [(14, 8), (20, 4), (5, 2)])
@pytest.mark.parametrize("alike", [0.5, 0.7, 0.8, 0.9])
def test_sets_meet_as_often_as_the_formula_says(bands: int, rows: int, alike: float) -> None:
    draw = np.random.default_rng(int(alike * 100) + bands)
    pairs, union = 3000, 200
    shared = round(alike * union)
    alone = (union - shared) // 2
    ours = draw.integers(0, 1 << 63, (pairs, shared + 2 * alone), np.uint64)
    one, other = ours[:, : shared + alone], np.delete(ours, np.s_[shared : shared + alone], axis=1)
    bounds = np.arange(pairs + 1) * (shared + alone)
    same = band_keys(one.ravel(), bounds, bands, rows) == band_keys(other.ravel(), bounds, bands, rows)
    true = shared / (shared + 2 * alone)
    for found, chance in ((same.any(axis=1).mean(), meeting_chance(true, bands, rows)), (same.mean(), true**rows)):
        spread = np.sqrt(max(chance * (1 - chance), 1e-3) / pairs)
        assert abs(found - chance) < 4.5 * spread


def test_bands_of_a_pair_meet_independently() -> None:
    """The number of bands that meet is binomial: its spread would be wider if permutations were alike."""
    draw = np.random.default_rng(4)
    pairs, shared, alone, bands, rows = 4000, 160, 20, 14, 8
    ours = draw.integers(0, 1 << 63, (pairs, shared + 2 * alone), np.uint64)
    one, other = ours[:, : shared + alone], np.delete(ours, np.s_[shared : shared + alone], axis=1)
    bounds = np.arange(pairs + 1) * (shared + alone)
    met = (band_keys(one.ravel(), bounds, bands, rows) == band_keys(other.ravel(), bounds, bands, rows)).sum(axis=1)
    chance = 0.8**rows
    assert abs(met.mean() - bands * chance) < 0.1
    # Sharing one finite union makes the bands a little alike, whatever the hash: about 3 % for 200 elements.
    assert 0.9 < met.var() / (bands * chance * (1 - chance)) < 1.15


@pytest.mark.parametrize("union", [40, 200, 1000])
def test_shares_of_minima_spread_as_those_of_independent_permutations(union: int) -> None:
    draw = np.random.default_rng(union)
    pairs, count, alone = 2000, 112, union // 10
    ours = draw.integers(0, 1 << 63, (pairs, union), np.uint64)
    one, other = ours[:, :-alone], np.delete(ours, np.s_[:alone], axis=1)
    bounds = np.arange(pairs + 1) * (union - alone)
    shares = (band_keys(one.ravel(), bounds, count, 1) == band_keys(other.ravel(), bounds, count, 1)).mean(axis=1)
    true = 1 - 2 * alone / union
    assert shares.mean() == pytest.approx(true, abs=0.005)
    assert shares.var() == pytest.approx(true * (1 - true) / count, rel=0.15)


def test_the_curve_is_that_of_the_published_defaults() -> None:
    curve = [round(meeting_chance(s, 14, 8), 2) for s in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85)]
    assert curve == [0.05, 0.21, 0.56, 0.77, 0.92, 0.99]


def plain_weighed(tokens: list[int], halves: list[bool], size: int, whole: bool) -> list[int]:
    out = []
    for at in range(len(tokens)):
        end, weight = at, 0.0
        while end < len(tokens) and weight < size:
            weight += 0.5 if halves[end] else 1
            end += 1
        if weight >= size or (at == 0 and whole):
            out.append(end - at)
    return out


@given(st.lists(st.lists(st.booleans(), max_size=14), max_size=5), st.integers(1, 4), st.booleans())
def test_runs_of_whole_and_half_tokens_have_a_weight(texts: list[list[bool]], size: int, whole: bool) -> None:
    halves = np.array([half for text in texts for half in text], np.bool_)
    tokens = np.arange(1, len(halves) + 1, dtype=np.uint64)
    bounds = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    hashes, ends = weighed_shingles(tokens, bounds, halves, size, whole)
    for k, text in enumerate(texts):
        mine = tokens[bounds[k] : bounds[k + 1]]
        runs = plain_weighed(mine.tolist(), text, size, whole)
        # Runs of one length are what `shingles` makes of them.
        wanted = [shingles(mine[at : at + run], np.array([0, run]), run, True)[0][0] for at, run in enumerate(runs)]
        assert hashes[ends[k] : ends[k + 1]].tolist() == wanted


def test_two_sets_draw_the_same_number_as_often_as_they_are_alike() -> None:
    rng = np.random.default_rng(3)
    for alike in (0.2, 0.5, 0.9):
        shared = round(60 * alike)
        lists = []
        for _ in range(3_000):
            drawn = rng.integers(0, 2**63, 120 - shared).astype(np.uint64)
            lists += [drawn[:60], drawn[60 - shared :]]
        bounds = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
        numbers = drawn_numbers(np.concatenate(lists), bounds)
        assert (numbers[::2] == numbers[1::2]).mean() == pytest.approx(shared / (120 - shared), abs=0.03)
        assert (numbers >> np.uint64(63)).mean() == pytest.approx(0.5, abs=0.03)
