"""Preferences as a set: intervals, agreement and circles against plain reckoning, and the section of the report."""

from __future__ import annotations

import json
import re
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gristmill
from gristmill.build.run import build
from gristmill.document.preferences import agreement, circles, wilson
from gristmill.document.report import write_report


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_the_interval_is_wilsons(hits: int, count: int, low: float, high: float) -> None:
    """The last line is an example of Newcombe, Statistics in Medicine 17, 1998, table I."""
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


WAYS = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 4))


@given(st.dictionaries(WAYS, st.integers(1, 5), max_size=8))
def test_agreement_is_what_comparing_every_two_judgements_gives(votes: dict[tuple[int, int, int], int]) -> None:
    pairs = [[n for n, own in enumerate(way) for _ in range(own)] for way, count in votes.items() for _ in range(count)]
    several = [pair for pair in pairs if len(pair) > 1]
    found = agreement(votes)
    if not several:
        assert found is None
        return
    assert found is not None and found.pairs == len(several)
    assert found.contradicted == sum(0 in pair and 2 in pair for pair in several)
    two = [a == b for pair in several for a, b in combinations(pair, 2)]
    assert found.raw == pytest.approx(sum(two) / len(two))
    # Krippendorff's alpha by its definition: what differs within pairs, over what differs among all judgements.
    within = sum(sum(a != b for a, b in product(pair, pair)) / (len(pair) - 1) for pair in several)
    every = [vote for pair in several for vote in pair]
    among = sum(a != b for a, b in product(every, every)) / (len(every) - 1)
    assert found.alpha == (None if not among else pytest.approx(1 - within / among))


@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14))
def test_circles_are_sets_that_all_lead_to_each_other(edges: set[tuple[str, str]]) -> None:
    graph: dict[str, list[str]] = {}
    for one, other in sorted(edges):
        graph.setdefault(one, []).append(other)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        left = list(graph.get(start, []))
        while left:
            node = left.pop()
            if node not in seen:
                seen.add(node)
                left += graph.get(node, [])
        return seen

    leads = {node: reached(node) for node in "abcdef"}
    expected = {frozenset(o for o in "abcdef" if o in leads[n] and n in leads[o]) for n in "abcdef" if n in leads[n]}
    assert {frozenset(part) for part in circles(graph)} == {part for part in expected if len(part) > 2}


def test_a_long_chain_is_no_circle_and_no_recursion() -> None:
    chain = {str(n): [str(n + 1)] for n in range(50_000)}
    assert circles(chain) == []
    assert len(circles(chain | {"50000": ["0"]})[0]) == 50_001


def test_the_report_tells_length_contradictions_and_circles(tmp_path: Path) -> None:
    def pair(prompt: str, better: str, worse: str) -> dict[str, Any]:
        return {"prompt": prompt, "chosen": better, "rejected": worse}

    rows = [pair(f"Say {n}.", "It is so, and much more could be said of it.", "It is so.") for n in range(8)]
    rows += [pair("Which grain?", "Rye it is.", "Wheat it is."), pair("Which grain?", "Wheat it is.", "Rye it is.")]
    rows += [pair("Which mill?", a, b) for a, b in (("One <b>.", "Two two."), ("Two two.", "Three 3."))] * 2
    rows += [pair("Which mill?", "Three 3.", "One <b>.")]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.yaml").write_text(
        "name: x\nbuild: out\ninputs:\n  - preferences: {paths: [in.jsonl]}\n"
        "steps:\n  - preference_rules\noutputs: [parquet]\n"
    )
    build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=1)
    page = (tmp_path / "out" / "report.html").read_text()
    told = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page[page.index('id="preferences"') :]))

    assert told["the longer answer is chosen"].startswith("100")
    assert told["pairs judged more than once"] == "3"
    assert told["judged both ways"].startswith("1 (33.3")
    assert told["prompts ranked in a circle"] == "1"
    assert "Pairs that were judged both ways" in page and "<b>." not in page
