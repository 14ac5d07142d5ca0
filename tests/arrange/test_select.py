"""Choosing among candidates, against the same said in plain Python."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gristmill.arrange._covering import rounds, tag_sets
from gristmill.arrange.select import Select
from gristmill.contracts.selecting import REASONS, Candidates, Choice
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View

LARGE = pa.large_string()


def candidates(
    scores: list[Any], ids: list[int] | None = None, strata: list[str] | None = None, lists: Any = None, **options: Any
) -> tuple[Select, Candidates]:
    step = Select(**({"by": ("a.b",)} | options))
    columns = np.array([one if isinstance(one, tuple) else (one,) for one in scores], float)
    columns = columns.reshape(len(scores), len(step.by))
    kinds = pa.nulls(len(scores), LARGE) if strata is None else pa.array(strata, LARGE)
    evidence = Evidence(np.empty(0, np.uint64), np.zeros(len(scores) + 1, np.int64))
    if lists is not None:
        column = pa.array(lists, pa.list_(pa.float64()))
        evidence = Evidence(*step.evidence(View(pa.record_batch({"text": pa.nulls(len(scores), LARGE), "v": column}))))
    order = np.arange(len(scores)) if ids is None else np.array(ids)
    return step, Candidates(columns, order, kinds, evidence)


def chosen(choice: Choice) -> list[int]:
    return np.flatnonzero(choice.outcome == 0).tolist()


def reasons(choice: Choice) -> list[str]:
    return [REASONS[one] for one in choice.outcome.tolist()]


def test_the_highest_scores_are_kept_and_a_tie_goes_to_the_lowest_id() -> None:
    step, those = candidates([1.0, 3.0, 2.0, 3.0, 3.0], ids=[0, 4, 2, 1, 3], count=2)
    choice = step.choose(those)
    assert chosen(choice) == [3, 4]
    assert choice.rank.tolist() == [5, 3, 4, 1, 2]
    assert choice.last.tolist() == [2] * 5 and choice.cut_off.tolist() == [3.0] * 5
    assert reasons(choice) == ["outranked", "outranked", "outranked", "", ""]


def test_the_lowest_can_be_asked_for_and_a_record_without_a_score_is_never_selected() -> None:
    step, those = candidates([1.0, math.nan, 2.0, math.inf], count=4, prefer="lowest")
    choice = step.choose(those)
    assert chosen(choice) == [0, 2]
    assert reasons(choice) == ["", "no_score", "", "no_score"]
    assert choice.rank.tolist() == [1, 0, 2, 0]


def test_of_several_scores_the_product_counts_and_one_below_zero_is_refused() -> None:
    step, those = candidates([(2, 5), (3, 3), (9, 1)], by=("a.b", "c.d"), count=1)
    assert chosen(step.choose(those)) == [0]
    step, those = candidates([(2, 5), (-3, -3)], by=("a.b", "c.d"), count=1)
    with pytest.raises(ValueError, match=r"a\.b is as low as -3, and a product ranks only scores of 0 and above"):
        step.choose(those)


def test_a_share_is_of_all_that_came() -> None:
    step, those = candidates([*range(8), math.nan, math.nan], share=0.35)
    assert chosen(step.choose(those)) == [4, 5, 6, 7]


def test_without_a_score_the_lowest_ids_are_kept_and_no_score_is_told() -> None:
    step, those = candidates([(), (), ()], ids=[2, 0, 1], by=(), count=2)
    choice = step.choose(those)
    assert chosen(choice) == [1, 2]
    assert np.isnan(choice.score).all() and np.isnan(choice.cut_off).all()


def test_every_stratum_has_places_of_its_own() -> None:
    scores, strata = [9, 8, 7, 6, 5, 4, 3, 2], ["x"] * 6 + ["y"] * 2
    for quotas, kept in (("proportional", [0, 1, 2, 6]), ("equal", [0, 1, 6, 7]), ({"y": 1, "x": 2}, [0, 1, 6])):
        limit = {} if isinstance(quotas, dict) else {"count": 4}
        step, those = candidates(scores, strata=strata, stratify=("language",), quotas=quotas, **limit)
        choice = step.choose(those)
        assert chosen(choice) == kept
        assert choice.rank.tolist() == [1, 2, 3, 4, 5, 6, 1, 2]


AXES = [[1.0, 0.02, 0, 0], [1.0, 0, 0, 0], [0, 1.0, 0, 0], [1.0, 0.01, 0, 0]]


def test_the_better_of_two_twins_is_taken_and_the_other_is_told_so() -> None:
    step, those = candidates([5, 9, 1, 7], lists=AXES, diversity="distance", vectors="v", distance=0.05, count=3)
    choice = step.choose(those)
    assert chosen(choice) == [1, 2]
    assert reasons(choice) == ["too_near", "", "", "too_near"]
    assert choice.neighbour.tolist() == [1, -1, 1, 1]
    assert choice.distance[3] < choice.distance[0] < 0.05
    assert choice.reach.tolist()[0] == 0.05 and math.isnan(choice.reach[1])


def test_k_centre_takes_the_best_and_then_the_farthest_and_tells_who_covers_the_others() -> None:
    step, those = candidates([5, 9, 1, 7], lists=AXES, diversity="k_centre", vectors="v", count=2)
    choice = step.choose(those)
    assert chosen(choice) == [1, 2]
    assert reasons(choice) == ["covered", "", "", "covered"]
    assert choice.neighbour.tolist() == [1, -1, 1, 1]
    assert choice.distance[0] < choice.reach[0] == choice.distance[2]


def test_clusters_take_turns_and_the_best_of_each_comes_first() -> None:
    step, those = candidates([5, 9, 1, 7], lists=AXES, diversity="clusters", clusters=2, vectors="v", count=3)
    choice = step.choose(those)
    assert chosen(choice) == [1, 2, 3]
    assert choice.stratum.to_pylist() == ["cluster 1", "cluster 1", "cluster 2", "cluster 1"]
    assert choice.neighbour.tolist() == [1, -1, -1, -1] and choice.rank.tolist() == [3, 1, 1, 2]


def tagged(scores: list[float], tags: list[Any], count: int) -> Choice:
    step = Select(by=("metadata.score",), diversity="tags", tags="metadata.tags", count=count)
    metadata = pa.array([orjson.dumps({"tags": some}).decode() for some in tags], LARGE)
    view = View(pa.record_batch({"text": pa.nulls(len(tags), LARGE), "metadata": metadata}))
    evidence = Evidence(*step.evidence(view))
    ids = np.arange(len(scores))
    return step.choose(Candidates(np.array(scores, float).reshape(-1, 1), ids, step.strata(view), evidence))


def test_with_tags_whoever_brings_a_new_one_is_taken_and_then_all_begins_anew() -> None:
    choice = tagged([9, 8, 7, 6, 5], [["rye"], ["rye"], ["oats", "rye"], "oats", []], count=3)
    assert choice.rank.tolist() == [1, 3, 2, 4, 5]
    assert chosen(choice) == [0, 1, 2] and reasons(choice)[3:] == ["outranked", "outranked"]


def plain_rounds(tags: list[set[str]]) -> list[int]:
    """Round after round: down the list, whoever has a tag that the round has not seen."""
    out = [-1] * len(tags)
    number = 0
    while any(place < 0 and some for place, some in zip(out, tags, strict=True)):
        seen: set[str] = set()
        for at, some in enumerate(tags):
            if out[at] < 0 and some - seen:
                out[at] = number
                seen |= some
        number += 1
    return out


@given(st.lists(st.sets(st.sampled_from("abcdef"), max_size=4), max_size=30))
def test_rounds_are_those_that_are_played_one_after_another(tags: list[set[str]]) -> None:
    hashes, offsets = tag_sets(pa.array([orjson.dumps(sorted(some)).decode() for some in tags], LARGE))
    assert rounds(hashes, offsets, np.arange(len(tags))).tolist() == plain_rounds(tags)


@pytest.mark.parametrize("diversity", ["distance", "k_centre", "clusters"])
def test_a_record_without_a_vector_is_not_selected(diversity: str) -> None:
    lists = [None, *AXES[1:3], []]
    step, those = candidates([9, 2, 1, 8], lists=lists, diversity=diversity, vectors="v", count=4)
    choice = step.choose(those)
    assert chosen(choice) == [1, 2]
    assert reasons(choice)[0] == reasons(choice)[3] == "no_vector"


def test_vectors_of_two_models_are_refused() -> None:
    step, those = candidates([1, 2], lists=[[1.0] * 4, [1.0] * 8], diversity="distance", vectors="v", count=1)
    with pytest.raises(ValueError, match=r"the vectors in 'v' are not of one length \(4, 8\)"):
        step.choose(those)


@given(st.integers(0, 100_000), st.integers(1, 25), st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.booleans())
def test_who_is_refused_has_a_better_one_within_the_distance_and_who_is_taken_has_none(
    seed: int, count: int, distance: float, split: bool
) -> None:
    draw = random.Random(seed)
    scores = [draw.choice([1.0, 2.0, 3.0, math.nan]) for _ in range(25)]
    ids = draw.sample(range(25), 25)
    lists = [[draw.choice([-1.0, 0.0, 1.0]) for _ in range(4)] for _ in range(25)]
    strata = [draw.choice("xy") for _ in range(25)] if split else None
    options: dict[str, Any] = {"stratify": ("language",), "quotas": "equal"} if split else {}
    step, those = candidates(
        scores, ids, strata, lists, diversity="distance", vectors="v", distance=distance, count=count, **options
    )
    choice = step.choose(those)
    taken = chosen(choice)
    better = {k: (-scores[k], ids[k]) for k in range(25)}
    assert len(taken) <= count

    def away(one: int, other: int) -> float:
        dot = sum(a * b for a, b in zip(lists[one], lists[other], strict=True))
        return 1 - dot / math.sqrt(sum(a * a for a in lists[one]) * sum(b * b for b in lists[other]))

    for k, reason in enumerate(reasons(choice)):
        before = [other for other in taken if reason != "no_vector" and better[other] < better[k]]
        if not reason:
            assert all(away(k, other) > distance - 1e-4 for other in before)
        if reason == "too_near":
            assert choice.neighbour[k] in before
            assert away(k, int(choice.neighbour[k])) <= distance + 1e-4
            assert math.isclose(choice.distance[k], min(away(k, other) for other in before), abs_tol=1e-4)
        if reason == "no_score":
            assert math.isnan(scores[k])
        if reason == "no_vector":
            assert not any(lists[k])


@pytest.mark.parametrize("vectors", ["words", "v"])
def test_evidence_does_not_depend_on_where_a_batch_is_cut(vectors: str) -> None:
    step = Select(diversity="distance", vectors=vectors)
    texts = ["The mill grinds corn.", "", None, "Grind the corn, mill!", "水車は麦をひく。"]
    lists = pa.array([[1.0, 2.0], None, [0.5, 0.5], [], [3.0, -1.0]], pa.list_(pa.float64()))
    batch = pa.record_batch({"text": pa.array(texts, LARGE), "v": lists})

    def sets(view: View) -> list[list[int]]:
        values, offsets = step.evidence(view)
        return [values[offsets[k] : offsets[k + 1]].tolist() for k in range(len(offsets) - 1)]

    whole = sets(View(batch))
    assert any(whole)
    for cut in range(6):
        assert sets(View(batch.slice(0, cut))) + sets(View(batch.slice(cut))) == whole
    assert sets(View(batch, np.array([0, 3]))) == [whole[0], whole[3]]


def test_fields_are_numbers_where_they_look_like_one() -> None:
    metadata = ['{"q": 3}', '{"q": " -2.5e1 "}', '{"q": "good"}', '{"q": null}', None, '{"q": [1]}', '{"q": true}']
    view = View(pa.record_batch({"metadata": pa.array(metadata)}))
    assert Select().field_scores(view, "metadata.q").to_pylist() == [3.0, -25.0, None, None, None, None, None]


def test_strata_of_several_fields_are_told_together() -> None:
    view = View(pa.record_batch({"source": pa.array(["a", "b"]), "metadata": pa.array(['{"lang": "de"}', "{}"])}))
    step = Select(stratify=("source", "metadata.lang"))
    assert step.strata(view).to_pylist() == ["a / de", "b / (none)"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"count": 3, "share": 0.5}, "count and share exclude each other"),
        ({"quotas": {"de": 3}}, "quotas by value need one field to stratify by"),
        ({"quotas": {"de": 3}, "stratify": ["language"], "count": 2}, "leave count and share out"),
        ({"stratify": ["language"], "diversity": "k_centre"}, "not with k_centre"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Select(**options)
