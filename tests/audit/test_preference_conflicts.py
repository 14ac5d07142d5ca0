"""Preferences that contradict each other: votes and circles against plain reckoning, and what a build tells of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gristmill
from gristmill.audit.preference_conflicts import MOST_RANKED, PreferenceConflicts
from gristmill.build.run import build
from gristmill.cli import main
from gristmill.contracts.selecting import CIRCLE, CONTRADICTED, SELECTED, Candidates, Choice
from gristmill.contracts.step import Evidence
from gristmill.contracts.view import View
from gristmill.document.report import write_report
from talks import batch_of

Ranking = Sequence[tuple[str, int]]


def preference(ranking: Ranking, prompt: str = "Which grain?") -> dict[str, Any]:
    completions = [{"messages": [{"role": "assistant", "content": answer}], "rank": place} for answer, place in ranking]
    return {"prompt": [{"role": "user", "content": prompt}], "completions": completions}


def better(one: str, other: str, prompt: str = "Which grain?") -> dict[str, Any]:
    return preference([(one, 0), (other, 1)], prompt)


def labelled(answer: str, wanted: bool) -> dict[str, Any]:
    one = preference([(answer, 0)])
    one["completions"][0] = {"messages": one["completions"][0]["messages"], "label": wanted}
    return one


def chosen(contents: Sequence[dict[str, Any] | None], **settings: Any) -> Choice:
    step = PreferenceConflicts(action="drop", **settings)
    view = View(batch_of("preference", contents))
    ids = np.arange(len(contents))
    return step.choose(Candidates(np.zeros((len(contents), 0)), ids, step.strata(view), Evidence(*step.evidence(view))))


def found(contents: Sequence[dict[str, Any] | None], **settings: Any) -> list[tuple[int, float, int]]:
    choice = chosen(contents, **settings)
    return [
        (int(outcome), float(choice.score[at]), int(choice.neighbour[at])) for at, outcome in enumerate(choice.outcome)
    ]


STAYS = (SELECTED, pytest.approx(float("nan"), nan_ok=True), -1)


def test_most_judges_are_followed() -> None:
    third = pytest.approx(1 / 3)
    assert found([better("rye", "oats"), better("oats", " rye\n"), better("rye", "oats")]) == [
        STAYS,
        (CONTRADICTED, third, 0),
        STAYS,
    ]


def test_where_as_many_say_the_opposite_both_go() -> None:
    assert found([better("rye", "oats"), better("oats", "rye")]) == [(CONTRADICTED, 0.5, 1), (CONTRADICTED, 0.5, 0)]


def test_another_prompt_is_another_question() -> None:
    assert found([better("rye", "oats"), better("oats", "rye", prompt="And in the evening?")]) == [STAYS, STAYS]


def test_a_circle_goes_as_a_whole_and_what_leads_to_it_stays() -> None:
    talks = [better("rye", "oats"), better("oats", "wheat"), better("wheat", "rye"), better("spelt", "rye")]
    assert found(talks) == [(CIRCLE, 1.0, 1), (CIRCLE, 1.0, 2), (CIRCLE, 1.0, 0), STAYS]
    assert found(talks, circles=False) == [STAYS] * 4


def test_rankings_of_several_are_compared_two_by_two_and_ties_say_nothing() -> None:
    whole = preference([("rye", 0), ("oats", 1), ("wheat", 1)])
    assert found([whole, better("oats", "wheat"), better("wheat", "rye"), whole]) == [
        STAYS,
        STAYS,
        (CONTRADICTED, pytest.approx(1 / 3), 0),
        STAYS,
    ]


def test_labels_say_whether_an_answer_is_better_than_none() -> None:
    assert [one[0] for one in found([labelled("rye", True), labelled("rye", False), labelled("oats", True)])] == [
        CONTRADICTED,
        CONTRADICTED,
        SELECTED,
    ]
    ring = [labelled("rye", True), labelled("oats", False), better("oats", "rye")]
    assert [one[0] for one in found(ring)] == [CIRCLE] * 3


def test_one_record_alone_and_what_ranks_nothing_or_very_many_is_not_judged() -> None:
    many = preference([(f"rye {n}", n) for n in range(MOST_RANKED + 1)])
    none = {"prompt": [], "completions": []}
    assert found([many, better("rye 1", "rye 0"), None, none, preference([("rye", 0), ("rye", 1)])]) == [STAYS] * 5


def plainly(rankings: Sequence[tuple[str, Ranking]]) -> list[int]:
    """The same by dictionaries: votes on every two answers, then all that can be reached from an answer."""
    judged = [
        (at, prompt, one, other)
        for at, (prompt, ranking) in enumerate(rankings)
        for (one, first), (other, second) in itertools.permutations(ranking, 2)
        if first < second and one != other
    ]
    votes: dict[tuple[str, str, str], int] = {}
    for _, prompt, one, other in judged:
        votes[prompt, one, other] = votes.get((prompt, one, other), 0) + 1
    out = [SELECTED] * len(rankings)
    for at, prompt, one, other in judged:
        if votes.get((prompt, other, one), 0) >= votes[prompt, one, other]:
            out[at] = CONTRADICTED
    left = [one for one in judged if out[one[0]] == SELECTED]
    edges = {(prompt, one, other) for _, prompt, one, other in left}

    def leads(prompt: str, start: str, end: str) -> bool:
        seen, ahead = set(), [start]
        while ahead:
            node = ahead.pop()
            if node == end:
                return True
            if node not in seen:
                seen.add(node)
                ahead += [other for p, one, other in edges if p == prompt and one == node]
        return False

    for at, prompt, one, other in left:
        if leads(prompt, other, one):
            out[at] = CIRCLE
    return out


answers = st.sampled_from(["rye", "oats", "wheat", "spelt", "millet"])
rankings = st.lists(st.tuples(answers, st.integers(0, 3)), min_size=2, max_size=4, unique_by=lambda one: one[0])


@given(st.lists(st.tuples(st.sampled_from("ab"), rankings), max_size=14))
def test_votes_and_circles_are_those_of_plain_reckoning(told: list[tuple[str, list[tuple[str, int]]]]) -> None:
    choice = chosen([preference(ranking, prompt) for prompt, ranking in told])
    assert choice.outcome.tolist() == plainly(told)


def test_a_build_drops_them_with_the_reason_and_the_record_that_says_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [("rye", "oats"), ("rye", "oats"), ("oats", "rye"), ("spelt", "rye")] * 2
    rows = [
        {"prompt": f"Which grain on day {day}?", "chosen": f"Take {one}.", "rejected": f"Take {other}."}
        for day in range(2)
        for one, other in pairs[day * 4 : day * 4 + 4]
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    digests = []
    for workers in (1, 2):
        (tmp_path / "recipe.yaml").write_text(
            f"name: x\nbuild: out{workers}\ninputs:\n  - preferences: {{paths: [in.jsonl]}}\n"
            "steps:\n  - preference_conflicts: {action: drop}\noutputs: [parquet]\n"
        )
        manifest = build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=workers).manifest
        digests.append(manifest["digest"])
    assert digests[0] == digests[1] and manifest["counts"]["dropped"] == 2
    ledger = tmp_path / "out1" / "ledger"
    ((rid, other),) = duckdb.sql(
        f"SELECT rid, neighbour FROM '{ledger}/selection/*.parquet' WHERE reason = 'contradicted' ORDER BY rid LIMIT 1"
    ).fetchall()
    assert main(["explain", str(tmp_path / "out1"), rid]) == 0
    told = capsys.readouterr().out
    assert "Dropped by preference_conflicts: contradicted" in told
    assert f"33% of those that judged its answers agree with it; {other} says otherwise" in " ".join(told.split())
    page = (tmp_path / "out1" / "report.html").read_text()
    assert "Preferences that contradict each other" in page and rid[:12] in page
