"""The measured recall: exact where all is compared, without bias where a sample is, bounded on any input."""

from __future__ import annotations

import json
import random
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gristmill
from corpus_run import batch
from gristmill.build import recall as recall_
from gristmill.build.recall import Drawing, Recall, measured
from gristmill.build.run import build
from gristmill.contracts.step import NO_DRAW, Evidence
from gristmill.contracts.view import View
from gristmill.dedup.near_duplicates import NearDuplicates
from gristmill.document.report import write_report

WORDS = [f"{a}{b}" for a in "bcdfghklmnprst" for b in "aeiou"]
STEP = NearDuplicates(bands=8, rows=6)  # finds three in four of these pairs


def families(many: int, seed: int) -> list[str | None]:
    """Texts and copies of them with a few words changed."""
    draw = random.Random(seed)
    texts: list[str | None] = []
    for _ in range(many):
        words = draw.choices(WORDS, k=120)
        texts.append(" ".join(words))
        for _ in range(draw.randint(0, 2)):
            copy = list(words)
            for _ in range(draw.randint(1, 4)):
                copy[draw.randrange(len(copy))] = draw.choice(WORDS)
            texts.append(" ".join(copy))
    return texts


def asked(texts: list[str | None], step: NearDuplicates = STEP) -> Recall:
    """What is measured of texts, without a build."""
    view = View(batch(texts))
    sketch = step.sketch(view)
    assert sketch.draws is not None
    drawing = Drawing()
    for first in range(0, len(texts), 100):  # as chunks come
        some = slice(first, first + 100)
        sizes = np.array([len(text or "") for text in texts[some]], np.int64)
        drawing.add(sketch.draws[some], np.arange(len(texts))[some], sizes)
    sample = drawing.sample()
    values, offsets = step.evidence(View(view.batch, sample.rows))
    keys = np.zeros((len(texts), step.bands), np.uint64)
    keys[np.unique(sketch.rows)] = sketch.keys.reshape(-1, step.bands)
    return measured(step, sample, Evidence(values, offsets), keys[sample.rows], np.zeros(len(sample.rows), np.bool_))


def by_hand(texts: list[str | None], step: NearDuplicates = STEP) -> tuple[int, float]:
    """Pairs that are alike and not equal, and the share of them that have a key in common."""
    view = View(batch(texts))
    values, offsets = step.evidence(view)
    sets = [frozenset(values[a:b].tolist()) for a, b in pairwise(offsets)]
    keys: dict[int, set[int]] = {}
    for row, key in zip(*(part.tolist() for part in (step.sketch(view).rows, step.sketch(view).keys)), strict=True):
        keys.setdefault(row, set()).add(key)
    alike = [
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if sets[a] and step.similarity <= len(sets[a] & sets[b]) / len(sets[a] | sets[b]) < 1
    ]
    return len(alike), sum(bool(keys[a] & keys[b]) for a, b in alike) / len(alike)


def test_of_a_small_corpus_it_is_exact() -> None:
    texts = [*families(150, 1), None, "", "short", "short"]
    pairs, met = by_hand(texts)
    found = asked(texts)
    assert found.whole and found.pairs == pairs > 100
    assert found.met == found.low == found.high == pytest.approx(met)
    assert 0.5 < met < 0.95 and found.expected == pytest.approx(met, abs=0.1)
    assert (found.records, found.of) == (len(texts) - 2, len(texts) - 2)


def test_of_a_large_one_a_sample_says_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_, "_LEAST", 60_000)
    monkeypatch.setattr(recall_, "_MOST", 60_000)
    shares = []
    for seed in range(12):
        texts = families(1_000, seed)
        found = asked(texts)
        assert not found.whole and 20 < found.pairs < 200 and found.records < 250
        assert found.met is not None and found.low is not None and found.high is not None
        true = by_hand_fast(texts)
        assert found.low - 0.1 < true < found.high + 0.1
        shares.append((found.met - true, found.low <= true <= found.high))
    assert abs(np.mean([off for off, _ in shares])) < 0.05
    assert sum(inside for _, inside in shares) >= 10


def by_hand_fast(texts: list[str | None]) -> float:
    """The share over all pairs, which the whole corpus at once says exactly (see the test above)."""
    step = STEP
    view = View(batch(texts))
    pairs = step.true_pairs(Evidence(*step.evidence(view)), None)
    assert pairs is not None
    keys = step.sketch(view).keys.reshape(-1, step.bands)
    differ = pairs.jaccard < 1
    return float((keys[pairs.a[differ]] == keys[pairs.b[differ]]).any(axis=1).mean())


def test_a_crowd_of_one_draw_is_counted_and_not_held() -> None:
    drawing = Drawing()
    rows = np.arange(300_000, dtype=np.int64)
    for some in np.split(rows, 300):
        drawing.add(np.full(len(some), 7, np.uint64), some, np.full(len(some), 2_000, np.int64))
    drawing.add(np.array([NO_DRAW, 9], np.uint64), np.array([300_000, 300_001]), np.array([5, 5]))
    sample = drawing.sample()
    assert len(sample.rows) <= 65 and sample.members.max() == 300_000 and sample.of == 300_001 and not sample.whole


def test_the_sample_is_the_same_however_rows_come() -> None:
    draws = np.random.default_rng(1).integers(0, 1 << 62, 50_000).astype(np.uint64)
    rows, sizes = np.arange(50_000, dtype=np.int64), np.full(50_000, 9_000, np.int64)
    found = []
    for many in (1, 10, 1_000):
        drawing = Drawing()
        for some in np.array_split(rows, many):
            drawing.add(draws[some], some, sizes[some])
        found.append(drawing.sample().rows.tolist())
    assert found[0] == found[1] == found[2] and 0 < len(found[0]) < 1_000


@pytest.mark.parametrize("texts", [["the same text each time"] * 400, [" ".join([a] * 9) for a in WORDS]])
def test_nothing_is_claimed_where_no_pair_differs(texts: list[str | None]) -> None:
    found = asked(texts)
    assert found.pairs == 0 and found.met is None


def built(folder: Path, options: str, workers: int = 1) -> dict[str, Any]:
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in families(60, 3)))
    (folder / "recipe.yaml").write_text(
        "name: x\nbuild: out\ninputs:\n  - jsonl: {paths: [in.jsonl]}\n"
        f"steps:\n  - near_duplicates: {options}\noutputs: [parquet]\n"
    )
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=workers).manifest


def test_a_build_keeps_it_in_its_manifest_and_tells_it_in_its_report(tmp_path: Path) -> None:
    told = built(tmp_path, "{bands: 8, rows: 6}")["steps"][0]["recall"]
    assert told["whole"] and told["pairs"] == by_hand(families(60, 3))[0]
    assert told["settled"] >= told["met"] == pytest.approx(by_hand(families(60, 3))[1])
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"{100 * told['met']:.1f}\N{NO-BREAK SPACE}%" in page and f"every pair of {told['records']} records" in page
    assert built(tmp_path, "{bands: 8, rows: 6}", workers=2)["steps"][0]["recall"] == told
    assert "recall" not in built(tmp_path, "{bands: 8, rows: 6, measure_recall: false}")["steps"][0]
    assert not list((tmp_path / "out/.work/lines").glob("*/*/*.tmp"))
    assert len(list((tmp_path / "out/.work/settled").iterdir())) == 1
    assert built(tmp_path, "{bands: 8, rows: 6}")["steps"][0]["recall"] == told
