from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_run import batch, run
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View
from gristmill.dedup.near_duplicates import NearDuplicates

KERNELS = "mill stone grain flour wheel river barley sack miller sieve hopper bran oat rye dust cog shaft sluice"
WORDS = KERNELS.split()


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    words = text.lower().replace(".", " ").split()
    return {tuple(words[i : i + size]) for i in range(max(1, len(words) - size + 1))} if words else set()


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def edited(text: str, changes: int, draw: random.Random) -> str:
    words = text.split()
    for _ in range(changes):
        words[draw.randrange(len(words))] = draw.choice(WORDS)
    return " ".join(words)


def families(draw: random.Random, many: int) -> list[str]:
    """Texts, and edited copies of them from nearly the same to hardly."""
    out = []
    for _ in range(many):
        text = " ".join(draw.choices(WORDS, k=draw.randint(60, 200)))
        out += [text, *(edited(text, draw.randint(0, 12), draw) for _ in range(draw.randint(0, 5)))]
    draw.shuffle(out)
    return out


def greedy(texts: list[str], alike: float) -> set[int]:
    """Who goes where every pair is compared: each to the first kept text that is like it."""
    sets = [shingles(text) for text in texts]
    kept: list[int] = []
    for k in range(len(texts)):
        if not any(jaccard(sets[k], sets[j]) >= alike for j in kept):
            kept.append(k)
    return set(range(len(texts))) - set(kept)


def test_what_goes_is_what_comparing_every_pair_says() -> None:
    texts = families(random.Random(5), 60)
    # Bands so many that no pair worth comparing is missed.
    went, _ = run(NearDuplicates(bands=100, rows=4), texts)
    wanted = greedy(texts, 0.75)
    assert len(wanted) > 30
    assert len(went.keys() ^ wanted) <= 0.03 * len(wanted)


@pytest.mark.parametrize("step", [NearDuplicates(), NearDuplicates(bands=30, rows=3, similarity=0.5)])
def test_every_text_that_goes_is_truly_like_one_that_stays(step: NearDuplicates) -> None:
    texts = families(random.Random(6), 60)
    went, cluster = run(step, texts)
    assert len(went) > 20
    for lost, (kept, alike) in went.items():
        assert kept not in went
        assert alike == pytest.approx(jaccard(shingles(texts[lost]), shingles(texts[kept])), abs=1e-12)
        assert alike >= step.similarity
        assert cluster[lost] == cluster[kept]
    for name in set(cluster.tolist()):
        assert name == np.flatnonzero(cluster == name).min()


def test_in_a_long_chain_of_near_copies_nobody_goes_for_a_stranger() -> None:
    draw = random.Random(7)
    chain = [" ".join(draw.choices(WORDS, k=300))]
    for _ in range(300):
        chain.append(edited(chain[-1], 2, draw))
    went, _ = run(NearDuplicates(), chain)
    sets = [shingles(text) for text in chain]
    assert jaccard(sets[0], sets[-1]) < 0.1
    assert all(jaccard(sets[lost], sets[kept]) >= 0.75 for lost, (kept, _) in went.items())
    assert 150 < len(went) < 300


def test_the_rank_says_who_stays_whatever_the_order_of_rows() -> None:
    texts = families(random.Random(8), 25)
    rank = np.array(random.Random(9).sample(range(len(texts)), len(texts)))
    step = NearDuplicates(bands=60, rows=4)
    went, _ = run(step, texts, rank)
    order = np.array(random.Random(10).sample(range(len(texts)), len(texts)))
    moved, _ = run(step, [texts[k] for k in order], rank[order])
    assert {(order[lost], order[kept]) for lost, (kept, _) in moved.items()} == {
        (lost, kept[0]) for lost, kept in went.items()
    }
    assert all(rank[kept] < rank[lost] for lost, (kept, _) in went.items())


def test_without_verification_all_that_hang_together_go_for_the_best_ranked() -> None:
    text = " ".join(f"{a} {b}" for a, b in combinations(WORDS, 2))
    texts = [text, text + " and more", "quite another text about nothing at all", text.upper()]
    went, cluster = run(NearDuplicates(verify=False), texts, np.array([3, 1, 0, 2]))
    assert {lost: kept for lost, (kept, _) in went.items()} == {0: 1, 3: 1}
    assert all(alike is None for _, alike in went.values())
    assert cluster.tolist() == [0, 0, 2, 0]


def test_texts_shorter_than_a_shingle_are_compared_whole_or_left_alone() -> None:
    texts = ["Good  morning!", "good morning", "good evening", "...", "", None]
    assert run(NearDuplicates(), texts)[0] == {1: (0, 1.0)}
    assert run(NearDuplicates(short_texts="leave"), texts)[0] == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("磨坊把谷物磨成面粉，供给附近的村庄，每天都有很多人来。", "磨坊把谷物磨成面粉供给附近的村庄每天都有很多人来"),
        ("โรงสีบดเมล็ดข้าวเป็นแป้งสำหรับหมู่บ้านใกล้เคียงทุกวัน", "โรงสี บดเมล็ดข้าว เป็นแป้ง สำหรับหมู่บ้าน ใกล้เคียงทุกวัน"),
        ("ΤΟ ΑΛΕΥΡΙ ΤΟΥ ΜΥΛΟΥ ΕΙΝΑΙ ΚΑΛΟ ΓΙΑ ΟΛΟΥΣ", "το αλεύρι του μύλου είναι καλό για όλους"),
    ],
)
def test_scripts_of_all_kinds_have_shingles(one: str, other: str) -> None:
    sketch = NearDuplicates().sketch(View(batch([one, other])))
    assert len(sketch.keys) == 28
    assert run(NearDuplicates(), [one, other])[0] == {1: (0, 1.0)}
    values, offsets = NearDuplicates().evidence(View(batch([one])))
    assert len(values) == offsets[-1] > (1 if " " in one else 10)


def test_character_shingles_meet_where_words_do_not() -> None:
    one = "the mill grinds grain for every village near the river and the lake" * 3
    other = one.replace(" ", "", 5)
    assert run(NearDuplicates(shingle="characters", shingle_size=10, bands=60, rows=3, similarity=0.6), [one, other])[0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 12), max_size=12), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    st.randoms(),
)
def test_settling_keeps_its_promises_on_any_ties(
    sets: list[list[int]], ties: Iterable[tuple[int, int]], draw: random.Random
) -> None:
    count = len(sets)
    pairs = [(a % count, b % count) for a, b in ties]
    a, b = (np.array([pair[k] for pair in pairs], np.int64) for k in (0, 1))
    values = [np.unique(np.array(one, np.uint64)) for one in sets]
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in values])]).astype(np.int64)
    rank = np.array(draw.sample(range(count), count))
    settled = NearDuplicates(similarity=0.5).settle(a, b, rank, Evidence(np.concatenate(values), offsets))
    assert not set(settled.lost.tolist()) & set(settled.kept.tolist())
    for lost, kept, alike in zip(settled.lost, settled.kept, settled.similarity, strict=True):
        true = jaccard(set(sets[lost]), set(sets[kept]))  # type: ignore[arg-type]
        assert alike == true >= 0.5 and rank[kept] < rank[lost]
    # A tie of two that are like enough and both stay cannot be.
    stay = set(range(count)) - set(settled.lost.tolist())
    assert not [(x, y) for x, y in pairs if x != y and {x, y} <= stay and jaccard(set(sets[x]), set(sets[y])) >= 0.5]  # type: ignore[arg-type]


def test_evidence_may_be_a_mapped_read_only_file(tmp_path: Path) -> None:
    texts = families(random.Random(11), 5)
    values, offsets = NearDuplicates().evidence(View(batch(list(texts))))
    values.tofile(tmp_path / "evidence")
    mapped = np.memmap(tmp_path / "evidence", np.uint64, "r")
    a, b = (np.array(ends) for ends in zip(*combinations(range(len(texts)), 2), strict=True))
    rank = np.arange(len(texts))
    one = NearDuplicates().settle(a, b, rank, Evidence(mapped, offsets))
    other = NearDuplicates().settle(a, b, rank, Evidence(values, offsets))
    assert len(one.lost) and one.lost.tolist() == other.lost.tolist() and one.kept.tolist() == other.kept.tolist()


def test_the_recall_curve_is_told() -> None:
    said = NearDuplicates().about()
    assert "0.50: 5%" in said and "0.75: 77%" in said and "0.80: 92%" in said and "0.72" in said
    assert "expected recall: 77% of pairs at 0.75, 96% of pairs from it to 1" in said
    # 0.9 of a text in one twice as long: 0.9 / 2.1 of both, and 14 bands of 8 seldom bring those together.
    said = NearDuplicates(measure="containment", similarity=0.9).about()
    assert "96% at equal length" in said and "2% in a text twice as long" in said
    assert "expected" not in NearDuplicates(verify=False).about()


def contained(one: str, other: str) -> float:
    return len(shingles(one) & shingles(other)) / len(shingles(one))


def test_an_excerpt_goes_for_its_whole_and_never_a_whole_for_its_excerpt() -> None:
    draw = random.Random(12)
    texts = []
    for _ in range(20):
        whole = draw.choices(WORDS, k=200)
        texts += [" ".join(whole), " ".join(whole[:60]), " ".join(whole[50:150])]
    step = NearDuplicates(measure="containment", similarity=0.9, bands=200, rows=2)
    longest = np.argsort(np.argsort([-len(text) for text in texts], kind="stable"), kind="stable")
    went, _ = run(step, texts, longest)
    assert sorted(went) == [k for k in range(60) if k % 3]
    assert all(alike == pytest.approx(contained(texts[lost], texts[kept])) for lost, (kept, alike) in went.items())
    shortest = len(texts) - 1 - longest
    assert run(step, texts, shortest)[0] == {}
    assert run(NearDuplicates(bands=200, rows=2), texts, longest)[0] == {}


ENGLISH = "The mill stands by the river and grinds the grain that farmers bring to it every day of the long week"
CHINESE = "磨坊立在河边每天都有农夫把谷物送到那里磨成面粉然后运往附近的村庄和城镇卖给那里的居民"


def test_a_letter_of_a_script_without_spaces_counts_as_half_a_word() -> None:
    def number(text: str, **options: Any) -> int:
        _, offsets = NearDuplicates(**options).evidence(View(batch([text])))
        return int(offsets[-1])

    english, chinese = len(ENGLISH.split()), len(CHINESE)
    assert number(ENGLISH) == number(ENGLISH, shingle="auto") == english - 4
    assert number(CHINESE) == chinese - 4
    assert number(CHINESE, shingle="auto") == chinese - 9
    assert number(CHINESE[:9], shingle="auto") == 1
    assert number(CHINESE[:9], shingle="auto", short_texts="leave") == 0
    same = [
        set(NearDuplicates(shingle=kind).evidence(View(batch([ENGLISH])))[0].tolist()) for kind in ("words", "auto")
    ]
    assert same[0] == same[1]
    # An edit of a word of two letters costs as much as one of a word of English, in texts of as many words.
    edited = CHINESE.replace("农夫", "商人")
    assert jaccard_of(CHINESE, edited, shingle="words") > jaccard_of(CHINESE, edited, shingle="auto")


def jaccard_of(one: str, other: str, **options: Any) -> float:
    values, offsets = NearDuplicates(**options).evidence(View(batch([one, other])))
    return jaccard(set(values[: offsets[1]].tolist()), set(values[offsets[1] :].tolist()))
