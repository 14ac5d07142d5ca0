from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.contracts import scans
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.quality.gopher_repetition import _WAYS, GopherRepetition
from plain_repetition import PLAIN

WORDS: dict[str, Callable[[View], scans.Words]] = {
    "datatrove": scans.tokens,
    "nemo": scans.words,
    "dolma": scans.words,
    "dclm": scans.segments,
}
GOLDEN = Path(__file__).parents[1] / "golden"

REPETITIVE = st.lists(st.sampled_from(["a", "ab", "b", "é", "ж", "a b", " ", "\n", "\n\n", ".", "\u00a0"]), max_size=80)
LONG = st.lists(
    st.sampled_from(["grinding", "the", "miller's", "grain", "thegrain", "x" * 70, "5", "é" * 9]), max_size=300
)
AWKWARD = st.one_of(st.text(max_size=60), REPETITIVE.map("".join), REPETITIVE.map(" ".join), LONG.map(" ".join))


def view_of(texts: list[str | None]) -> View:
    return View(pa.record_batch({"text": pa.array(texts, pa.large_string())}))


def spelled(view: View, words: scans.Words, row: int) -> list[str]:
    data = view.text.data.tobytes()
    return [data[words.starts[k] : words.stops[k]].decode() for k in range(words.offsets[row], words.offsets[row + 1])]


def measured(variant: str, texts: list[str]) -> list[dict[str, float]]:
    signals = GopherRepetition(variant=variant).measure(view_of(list(texts)))
    return [{name: values[k].as_py() for name, values in signals.items()} for k in range(len(texts))]


@pytest.mark.parametrize("variant", PLAIN)
@settings(max_examples=150, deadline=None)
@given(texts=st.lists(AWKWARD, min_size=1, max_size=5))
def test_shares_are_those_of_the_plain_reading(variant: str, texts: list[str]) -> None:
    view = view_of(list(texts))
    words = WORDS[variant](view)
    for row, (text, got) in enumerate(zip(texts, measured(variant, texts), strict=True)):
        wanted = PLAIN[variant](text, spelled(view, words, row))
        assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize("variant", PLAIN)
def test_the_plain_reading_holds_for_long_real_prose_said_twice(variant: str) -> None:
    prose = Path(__file__).parents[2] / "examples" / "demo" / "prose"
    texts = [path.read_text() for path in sorted(prose.iterdir())[:4]]
    texts += [text + "\n" + text[: len(text) // 3] for text in texts]
    view = view_of(list(texts))
    words = WORDS[variant](view)
    for row, (text, got) in enumerate(zip(texts, measured(variant, texts), strict=True)):
        wanted = PLAIN[variant](text, spelled(view, words, row))
        assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize("variant", PLAIN)
def test_the_commonest_is_found_among_equally_common_and_very_common_ones(variant: str) -> None:
    texts = [
        "red hen ate corn. " * times + "blue duck " * more + "one two red three hen four " * 300
        for times in (1, 254, 255, 256, 400)
        for more in (1, 254, 256, 700)
    ]
    texts += ["a b cc dd a b cc dd ee ff ee ff", "x y z a b c " * 2, "once only"]
    view = view_of(list(texts))
    words = WORDS[variant](view)
    for row, (text, got) in enumerate(zip(texts, measured(variant, texts), strict=True)):
        wanted = PLAIN[variant](text, spelled(view, words, row))
        assert {name: got[name] for name in wanted} == wanted


@pytest.mark.parametrize("variant", PLAIN)
def test_a_batch_may_be_cut_anywhere_and_asked_in_part(variant: str) -> None:
    texts = [" ".join(["spam", "ham", "egg"] * k) + "\n" * k + "spam" for k in range(12)]
    whole = GopherRepetition(variant=variant).measure(view_of(list(texts)))
    sliced = pa.record_batch({"text": pa.array(["x", *texts, "y"])}).slice(1, len(texts))
    part = np.array([0, 5, 11], np.int64)
    some = GopherRepetition(variant=variant).measure(View(sliced, part))
    for name, values in whole.items():
        assert some[name].equals(values.take(pa.array(part)))


def reasons(step: GopherRepetition, text: str | None) -> set[str]:
    masks = broken(step.rules(), step.measure(view_of([text])))
    return {rule.reason for rule, mask in zip(step.rules(), masks, strict=True) if mask[0]}


def test_six_lines_of_which_one_comes_twice_stay_or_go_by_whom_you_ask() -> None:
    text = "\n".join(
        [
            "the quick brown fox jumped",
            "over every lazy dog today",
            "while seven grey owls slept",
            "and nobody else was watching",
            "from behind those old curtains",
            "the quick brown fox jumped",
        ]
    )
    goes = {variant: "duplicate_line" in reasons(GopherRepetition(variant=variant), text) for variant in PLAIN}
    assert goes == {"datatrove": False, "nemo": False, "dolma": True, "dclm": True}


def test_a_null_or_empty_text_goes_where_the_source_drops_it() -> None:
    for variant, gone in {"datatrove": True, "dclm": True, "dolma": False}.items():
        assert ("empty" in reasons(GopherRepetition(variant=variant), None)) is gone
        assert ("empty" in reasons(GopherRepetition(variant=variant), "")) is gone
    assert "top_2gram_char" in reasons(GopherRepetition(variant="nemo"), "one")


def test_an_own_bound_replaces_the_variants() -> None:
    step = GopherRepetition(max_duplicate_line_share=0.9)
    assert {rule.signal: rule.high for rule in step.rules()}["duplicate_line_share"] == 0.9
    assert "max_duplicate_line_share" not in step.computing_settings()
    assert step.computing_settings()["variant"] == "datatrove"


@pytest.mark.parametrize("variant", PLAIN)
def test_every_signal_is_measured_and_every_rule_bounds_a_signal(variant: str) -> None:
    step = GopherRepetition(variant=variant)
    names = {signal.name for signal in step.signals()}
    assert set(step.measure(view_of(["a b"]))) == names
    assert {rule.signal for rule in step.rules()} <= names
    assert all(rule.source for rule in step.rules())


def golden() -> list[dict[str, object]]:
    with gzip.open(GOLDEN / "repetition.json.gz", "rt", encoding="utf-8") as file:
        found: list[dict[str, object]] = json.load(file)
    return found


@pytest.mark.parametrize("variant", ["datatrove", "nemo", "dolma"])
def test_verdicts_and_shares_are_those_of_the_package_itself(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The datatrove case counts the same whitespace words on both sides; the test after it takes datatrove's own."""
    cases = golden()
    monkeypatch.setitem(_WAYS, variant, _WAYS[variant]._replace(words=scans.words))
    step = GopherRepetition(variant=variant)
    signals = step.measure(view_of([str(case["text"]) for case in cases]))
    fails = np.any(broken(step.rules(), signals), axis=0)
    assert 0.1 < fails.mean() < 0.9
    for row, case in enumerate(cases):
        said: dict[str, float] = case[variant]  # type: ignore[assignment]
        for name in signals.keys() & said.keys():
            assert signals[name][row].as_py() == pytest.approx(said[name], abs=1e-12), name
        assert fails[row] == said["drop"]


def test_verdicts_over_datatroves_own_words_nearly_all_agree() -> None:
    cases = golden()
    step = GopherRepetition(variant="datatrove")
    fails = np.any(broken(step.rules(), step.measure(view_of([str(case["text"]) for case in cases]))), axis=0)
    said = np.array([case["datatrove"]["drop_own_words"] for case in cases])  # type: ignore[index]
    assert np.mean(fails == said) >= 0.99
