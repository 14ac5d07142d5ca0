"""Labels that are likely wrong: planted ones are found, and what cannot be judged is left alone."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import gristmill
from gristmill.audit._out_of_fold import packed, unpacked
from gristmill.audit.label_errors import LabelErrors
from gristmill.build.run import build
from gristmill.cli import main
from gristmill.contracts.selecting import LABEL_ERROR, SELECTED, Candidates, Choice
from gristmill.contracts.step import Evidence
from gristmill.contracts.turnwise import asked
from gristmill.contracts.view import View
from gristmill.document.report import write_report
from talks import batch_of

WORDS = {
    "grain": ["rye", "barley", "wheat", "oats", "millet", "spelt"],
    "water": ["river", "weir", "sluice", "pond", "stream", "flood"],
    "stone": ["granite", "quartz", "basalt", "furrow", "runner", "bedstone"],
}


def sentences(count: int, wrong: float, seed: int = 1, labels: Sequence[str] = tuple(WORDS)) -> list[dict[str, Any]]:
    """Sentences of words of their label; some have been given another one."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        true = labels[number % len(labels)]
        text = " ".join(draw.choices(WORDS[true], k=4) + draw.choices(["the", "of", "and", "by", "old"], k=5))
        given = draw.choice([label for label in labels if label != true]) if draw.random() < wrong else true
        rows.append({"text": f"{text} {number}", "label": given, "true": true})
    return rows


def chosen(rows: Sequence[dict[str, Any]], step: LabelErrors) -> Choice:
    view = View(batch_of("example", [{"input": {"text": row["text"]}, "label": row["label"]} for row in rows]))
    evidence = Evidence(*step.evidence(view))
    return step.choose(Candidates(np.zeros((len(rows), 0)), np.arange(len(rows)), step.strata(view), evidence))


@pytest.mark.parametrize("labels", [("grain", "water"), ("grain", "water", "stone")])
def test_planted_errors_are_found_and_hardly_anything_else(labels: tuple[str, ...]) -> None:
    rows = sentences(600, 0.1, labels=labels)
    wrong = np.array([row["label"] != row["true"] for row in rows])
    choice = chosen(rows, LabelErrors())
    found = choice.rank > 0
    assert (found & wrong).sum() >= 0.9 * wrong.sum() and (found & wrong).sum() >= 0.9 * found.sum()
    better = [rows[place]["label"] for place in choice.neighbour[found & wrong]]
    assert better == [row["true"] for row, hit in zip(rows, found & wrong, strict=True) if hit]
    assert sorted(choice.rank[found].tolist()) == list(range(1, int(found.sum()) + 1))
    assert (choice.outcome == SELECTED).all()


def test_an_error_is_not_hidden_by_its_own_copies() -> None:
    rows = sentences(300, 0)
    rows += [{"text": "Rye and barley and wheat by the OLD oats", "label": "water", "true": "grain"}] * 5
    assert (chosen(rows, LabelErrors()).score[-5:] < 0.5).all()


def test_found_ones_go_where_that_is_asked() -> None:
    rows = sentences(300, 0.1)
    choice = chosen(rows, LabelErrors(action="drop"))
    assert ((choice.outcome == LABEL_ERROR) == (choice.rank > 0)).all() and (choice.rank > 0).any()


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"text": "rye", "label": "grain"}],
        [{"text": f"rye {n}", "label": "grain"} for n in range(50)],
        [{"text": "", "label": "grain" if n % 2 else "water"} for n in range(50)],
        [{"text": f"rye {n}", "label": None} for n in range(50)],
        [{"text": f"rye {n}", "label": float("nan")} for n in range(50)],
        [{"text": f"rye {n}", "label": str(n)} for n in range(50)],
        [{"text": f"rye {n}", "label": ["a", "b"]} for n in range(50)],
    ],
    ids=["nothing", "one", "one label", "no input", "no label", "not a number", "each its own", "several labels"],
)
def test_what_cannot_be_judged_is_left_alone(rows: list[dict[str, Any]]) -> None:
    choice = chosen(rows, LabelErrors())
    assert (choice.outcome == SELECTED).all() and (choice.rank == 0).all() and np.isnan(choice.score).all()


def test_numbers_and_truth_values_are_labels() -> None:
    rows = [row | {"label": row["label"] == "grain"} for row in sentences(200, 0, labels=("grain", "water"))]
    assert not np.isnan(chosen(rows, LabelErrors()).score).any()


def test_more_labels_than_can_be_judged_are_refused_with_a_sentence() -> None:
    rows = [{"text": f"rye {n}", "label": str(n % 1001)} for n in range(2002)]
    with pytest.raises(ValueError, match="there are 1,001 labels, and at most 1,000"):
        chosen(rows, LabelErrors(fewest=2))


def test_texts_come_out_of_the_evidence_as_they_went_in() -> None:
    texts = ["", "a", "12345678", "123456789", "ü" * 100, "x" * 500]
    view = View(batch_of("example", [{"input": {"text": text}, "label": 1} for text in texts]))
    found = unpacked(Evidence(*packed(asked(view), 64)))
    data = found.data.tobytes()
    told = [data[found.offsets[k] : found.offsets[k + 1]] for k in range(len(texts))]
    assert told == [text.encode()[:64] for text in texts]


def test_a_build_says_which_labels_are_likely_wrong_and_what_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sentences(300, 0.05)
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    digests = []
    for workers in (1, 2):
        (tmp_path / "recipe.yaml").write_text(
            f"name: x\nbuild: out{workers}\ninputs:\n  - examples: {{paths: [in.jsonl]}}\n"
            "steps:\n  - example_rules\n  - label_errors: {action: drop}\noutputs: [parquet]\n"
        )
        manifest = build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=workers).manifest
        digests.append(manifest["digest"])
    assert digests[0] == digests[1]

    ledger = tmp_path / "out1" / "ledger"
    rid, label = duckdb.sql(
        f"SELECT rid, stratum FROM '{ledger}/selection/*.parquet' WHERE reason = 'label_error' ORDER BY rank LIMIT 1"
    ).fetchall()[0]
    assert manifest["counts"]["dropped"] >= 8
    assert main(["explain", str(tmp_path / "out1"), rid]) == 0
    told = capsys.readouterr().out
    assert "Dropped by label_errors: label_error" in told and f"its label, {label}, is likely wrong" in told
    page = (tmp_path / "out1" / "report.html").read_text()
    assert "Likely label errors" in page and rid[:12] in page
