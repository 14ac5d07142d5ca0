"""The named variants answer as the packages they are named for, on the texts those were asked about."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gristmill.contracts import scans
from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.quality.c4_quality import C4Quality
from gristmill.quality.fineweb_quality import FinewebQuality
from gristmill.quality.gopher_quality import GopherQuality
from gristmill.quality.refinedweb_lines import RefinedwebLines
from quality_documents import documents

GOLDEN = Path(__file__).parents[1] / "golden"
GOPHER = ("words", "word_length", "symbol_ratio", "bullet_line_ratio", "ellipsis_line_ratio", "alphabetic_word_ratio")


@pytest.fixture(scope="module")
def view() -> View:
    return View(pa.record_batch({"text": pa.array(documents(), pa.large_string())}))


def answers(peer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((GOLDEN / f"quality_{peer}.json").read_text("utf-8"))["answers"]
    assert len(found) == len(documents())
    return found


def judged(step: RowStep, view: View) -> tuple[dict[str, pa.Array], dict[str, np.ndarray], list[str | None]]:
    """Signals, which rows each reason drops, and the texts after."""
    edit = step.edit(view) if step.edits else None
    signals = dict(edit.signals if edit else step.measure(view))
    reasons = {rule.reason: rule.broken_by(signals[rule.signal]) for rule in step.rules()}
    return signals, reasons, (edit.text if edit else view.batch.column("text")).to_pylist()


def dropped(reasons: dict[str, np.ndarray]) -> list[bool]:
    return np.logical_or.reduce(list(reasons.values())).tolist()


def sha1(text: str | None) -> str:
    return hashlib.sha1((text or "").encode()).hexdigest()


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("gopher_quality", GopherQuality()),
        ("c4_quality", C4Quality()),
        ("c4_quality_fineweb", C4Quality(variant="fineweb")),
        ("fineweb_quality", FinewebQuality()),
    ],
)
def test_datatrove_keeps_the_same_texts_and_leaves_the_same_lines(name: str, step: RowStep, view: View) -> None:
    _, reasons, texts = judged(step, view)
    before = documents()
    for i, (answer, drop) in enumerate(zip(answers("datatrove"), dropped(reasons), strict=True)):
        broken = [reason for reason, rows in reasons.items() if rows[i]]
        assert drop == (answer[name] is not None), (i, before[i][:80], answer[name], broken)
        if not drop:
            assert sha1(texts[i]) == answer.get(f"{name}_text", sha1(before[i])), before[i][:80]


def test_nemo_scores_and_keeps_the_same(view: View) -> None:
    signals, reasons, _ = judged(GopherQuality(variant="nemo"), view)
    rules = {rule.reason: rule.signal for rule in GopherQuality(variant="nemo").rules()}
    for i, answer in enumerate(answers("nemo")):
        broken = {rules[reason] for reason, rows in reasons.items() if rows[i]}
        for name in (*GOPHER, "stop_words"):
            if answer[name] is None:
                assert signals[name][i].as_py() is None
            else:
                assert [signals[name][i].as_py(), name not in broken] == answer[name], (i, name)


def test_dolma_scores_the_same_and_removes_the_same_lines(view: View) -> None:
    signals, _, _ = judged(GopherQuality(variant="dolma"), view)
    flags, _, texts = judged(C4Quality(variant="dolma"), view)
    for i, answer in enumerate(answers("dolma")):
        for name in (*GOPHER, "stop_words"):
            assert signals[name][i].as_py() == answer[name], (i, name)
        for name, flag in (("curly_brace", "curly_bracket"), ("lorem_ipsum",) * 2, ("javascript",) * 2):
            assert flags[flag][i].as_py() == answer[name], (i, name)
        assert sha1(texts[i]) == answer["c4_quality_text"], documents()[i][:80]


def test_dclm_keeps_the_same_by_every_rule_of_gopher(view: View) -> None:
    step = GopherQuality(variant="dclm")
    _, reasons, _ = judged(step, view)
    for i, answer in enumerate(answers("dclm")):
        broken = {rule.signal for rule in step.rules() if reasons[rule.reason][i]}
        # DCLM drops a text without words by each rule; one reason is enough.
        for name in (*GOPHER, "stop_words") if documents()[i].split() else ("words",):
            assert (name not in broken) == answer[name], (i, name)


def test_dclm_corrects_the_same_lines(view: View) -> None:
    signals, reasons, texts = judged(RefinedwebLines(), view)
    for i, (answer, drop) in enumerate(zip(answers("dclm"), dropped(reasons), strict=True)):
        assert signals["removed_ratio"][i].as_py() == answer["removed_ratio"], documents()[i][:80]
        assert drop != answer["refinedweb_lines"]
        assert sha1(texts[i]) == (answer["refinedweb_lines_text"] or sha1("")), documents()[i][:80]


def test_dclm_leaves_the_same_text_by_the_rules_of_c4(view: View) -> None:
    _, reasons, texts = judged(C4Quality(variant="dclm"), view)
    for i, answer in enumerate(answers("dclm")):
        gone = reasons["lorem_ipsum"][i] or reasons["curly_bracket"][i] or not texts[i]
        assert gone == (answer["c4_quality_text"] is None), documents()[i][:80]
        assert gone or sha1(texts[i]) == answer["c4_quality_text"], documents()[i][:80]


def test_segments_are_those_of_uniseg(view: View) -> None:
    words = scans.segments(view)
    data = view.text.data.tobytes()
    for i, answer in enumerate(answers("uniseg")):
        found = [data[words.starts[k] : words.stops[k]] for k in range(words.offsets[i], words.offsets[i + 1])]
        assert len(found) == answer["count"]
        assert hashlib.sha1(b"\0".join(found)).hexdigest() == answer["sha1"]
