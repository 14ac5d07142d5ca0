"""Recipes that are well formed and cannot work, or hardly were meant."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gristmill.collect.html import Html
from gristmill.collect.jsonl import Jsonl
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import RowStep, Step
from gristmill.contracts.view import View
from gristmill.dedup.exact_duplicates import ExactDuplicates
from gristmill.dedup.near_duplicates import NearDuplicates
from gristmill.deliver.parquet import Parquet
from gristmill.errors import RecipeError
from gristmill.language.language import Language
from gristmill.quality.gopher_quality import GopherQuality
from gristmill.recipe.lint import Finding, impossible, lint
from gristmill.recipe.load import loads
from gristmill.recipe.model import Line, Recipe, lines

TEXTS = Jsonl(paths=("a.jsonl",))
PAGES = Html(paths=("pages/",))


class Length(RowStep):
    """Bounds the length of a text; takes any bound, for these tests."""

    least: float | None = None
    signal: str = "characters"

    def signals(self) -> tuple[Signal, ...]:
        return (Signal("characters", "count", "characters"),)

    def rules(self) -> tuple[Rule, ...]:
        return (Rule("short", self.signal, low=self.least, option="least"),)

    def measure(self, view: View) -> Mapping[str, pa.Array]:
        return {"characters": pc.utf8_length(view.column("text")).cast(pa.int64())}


def findings(*steps: Step | Line, inputs: tuple[Jsonl | Html, ...] = (TEXTS,)) -> list[Finding]:
    return lint(Recipe(name="r", inputs=inputs, steps=lines(*steps), outputs=(Parquet(),)))


def the_finding(*steps: Step | Line, inputs: tuple[Jsonl | Html, ...] = (TEXTS,)) -> Finding:
    found = findings(*steps, inputs=inputs)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_recipe_has_no_findings() -> None:
    assert findings(Language(), GopherQuality(), ExactDuplicates(), NearDuplicates()) == []


SHARE = Signal("share_of_x", "share", "x among all")
COUNT = Signal("words", "count", "words")
NUMBER = Signal("score", "number", "any number")
LABEL = Signal("language", "label", "a language")


@pytest.mark.parametrize(
    ("rule", "signal", "message"),
    [
        (Rule("r", "share_of_x", high=30), SHARE, "could drop nothing; did you mean 0.3?"),
        (Rule("r", "share_of_x", high=1.01), SHARE, "could drop nothing"),
        (Rule("r", "share_of_x", low=-0.1), SHARE, "could drop nothing"),
        (Rule("r", "share_of_x", low=1.5), SHARE, "every record would be dropped"),
        (Rule("r", "share_of_x", low=1, open_low=True), SHARE, "every record would be dropped"),
        (Rule("r", "share_of_x", high=-0.5), SHARE, "every record would be dropped"),
        (Rule("r", "words", low=10, high=5), COUNT, "every record would be dropped"),
        (Rule("r", "words", low=5, high=5, open_high=True), COUNT, "every record would be dropped"),
        (Rule("r", "words", low=-3), COUNT, "could drop nothing"),
        (Rule("r", "language", values=()), LABEL, "every record would be dropped"),
    ],
)
def test_a_bound_that_no_record_or_every_record_meets_is_refused(rule: Rule, signal: Signal, message: str) -> None:
    said = impossible(rule, signal)
    assert message in said
    values = pa.array([0, 1] if signal.kind in ("share", "count") else ["en", None], signal.arrow_type)
    assert len(set(rule.broken_by(values).tolist())) == 1 or signal.kind == "label"


@pytest.mark.parametrize(
    ("rule", "signal"),
    [
        (Rule("r", "share_of_x", high=1), SHARE),
        (Rule("r", "share_of_x", low=0), SHARE),
        (Rule("r", "share_of_x", high=0), SHARE),
        (Rule("r", "share_of_x", low=1), SHARE),
        (Rule("r", "words", low=5, high=5), COUNT),
        (Rule("r", "score", low=-5, high=1e9), NUMBER),
        (Rule("r", "language", values=("en",)), LABEL),
        (Rule("r", "words"), COUNT),
    ],
)
def test_a_bound_within_the_range_or_at_its_end_is_taken(rule: Rule, signal: Signal) -> None:
    assert impossible(rule, signal) == ""


def test_an_impossible_bound_points_at_its_option() -> None:
    found = the_finding(Language(), Length(least=-5))
    assert found.grade == "error"
    assert found.path[0:2] == ("steps", 1)
    assert found.path[-1] == "least"
    assert "least of test_lint asks for characters >= -5, and a count is never below 0" in found.message


def test_a_rule_over_a_signal_that_the_step_does_not_give_is_refused() -> None:
    assert "did you mean 'characters'?" in the_finding(Length(least=5, signal="charcters")).message


def test_pages_need_extract() -> None:
    found = the_finding(Language(), inputs=(TEXTS, PAGES))
    assert found == Finding(
        "error",
        "html gives pages, not texts: add the step 'extract' before the steps that look at text",
        ("inputs", 1, "html"),
    )


def test_steps_that_look_at_text_come_after_extract() -> None:
    text = """\
name: r
inputs:
  - html: pages
steps:
  - language
  - extract
  - gopher_quality
outputs:
  - parquet
"""
    with pytest.raises(RecipeError, match=r"^r.yaml:5: language looks at the text of pages before 'extract'"):
        loads(text, "r.yaml")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((NearDuplicates(keep="best_signal"),), "keep: best_signal and keep_signal go together"),
        ((Language(), NearDuplicates(keep_signal="language.language_score")), "keep: best_signal and keep_signal go"),
        (
            (Language(), NearDuplicates(keep="best_signal", keep_signal="language.language_scor")),
            "no step measures the signal 'language.language_scor': did you mean 'language.language_score'?",
        ),
        ((Language(), NearDuplicates(keep="best_signal", keep_signal="language.language")), "is a label"),
        (
            (NearDuplicates(keep="best_signal", keep_signal="language.language_score"), Language()),
            "is measured by language, after near_duplicates",
        ),
    ],
)
def test_the_signal_that_chooses_between_copies_is_measured_before(steps: tuple[Step, ...], message: str) -> None:
    errors = [found for found in findings(*steps) if found.grade == "error"]
    assert len(errors) == 1
    assert message in errors[0].message


def test_a_signal_of_a_renamed_step_goes_by_its_name() -> None:
    best = NearDuplicates(keep="best_signal", keep_signal="tongue.language_score")
    assert findings(Line(name="tongue", step=Language()), best) == []


def test_the_same_input_or_output_twice_is_refused() -> None:
    recipe = Recipe(name="r", inputs=(TEXTS, TEXTS), outputs=(Parquet(), Parquet(compression="none"), Parquet()))
    assert [found.path for found in lint(recipe)] == [("inputs", 1), ("outputs", 2)]
    assert {found.grade for found in lint(recipe)} == {"error"}


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((GopherQuality(), GopherQuality()), "gopher_quality_2 is gopher_quality once more"),
        ((ExactDuplicates(), ExactDuplicates()), "exact_duplicates_2 is exact_duplicates once more"),
        ((NearDuplicates(), GopherQuality()), "move near_duplicates below it"),
        ((NearDuplicates(), ExactDuplicates()), "put it first"),
    ],
)
def test_an_order_that_works_and_is_seldom_meant_is_a_warning(steps: tuple[Step, ...], message: str) -> None:
    found = the_finding(*steps)
    assert found.grade == "warning"
    assert message in found.message


def test_two_steps_of_one_kind_with_other_settings_are_no_finding() -> None:
    assert findings(GopherQuality(variant="dclm"), GopherQuality(variant="nemo")) == []
