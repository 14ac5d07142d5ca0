"""What is wrong with preferences."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.converse.preference_rules import PreferenceRules
from talks import batch_of

ASKED = [{"role": "user", "content": "How do I grind flour?"}]


def side(text: str, **stated: Any) -> dict[str, Any]:
    return {"messages": [{"role": "assistant", "content": text}], **stated}


def pair(chosen: str, rejected: str, **more: Any) -> dict[str, Any]:
    return {"prompt": ASKED, "completions": [side(chosen, rank=0), side(rejected, rank=1)], **more}


def signals(*records: dict[str, Any] | None, **settings: Any) -> dict[str, list[Any]]:
    measured = PreferenceRules(**settings).measure(View(batch_of("preference", records)))
    return {name: values.to_pylist() for name, values in measured.items()}


def reasons(*records: dict[str, Any] | None, **settings: Any) -> list[list[str]]:
    step = PreferenceRules(**settings)
    measured = step.measure(View(batch_of("preference", records)))
    masks = broken(step.rules(), measured)
    return [
        [rule.reason for rule, mask in zip(step.rules(), masks, strict=True) if mask[k]] for k in range(len(records))
    ]


def test_a_sound_pair_stays_and_an_unreadable_row_is_not_measured() -> None:
    assert reasons(pair("Slowly, between two stones.", "No idea."), None) == [[], []]
    told = signals(None)
    assert all(values == [None] for values in told.values())


def test_sides_that_differ_in_white_space_alone_are_identical() -> None:
    assert reasons(pair("By stone.\n", " By  stone.")) == [["identical"]]


def test_equal_tool_calls_do_not_make_texts_identical() -> None:
    calls = [{"id": "1", "name": "grind", "arguments": "{}"}]
    one = {"messages": [{"role": "assistant", "content": None, "tool_calls": calls}], "rank": 0}
    other = {
        "messages": [{"role": "assistant", "content": None, "tool_calls": [{**calls[0], "name": "sift"}]}],
        "rank": 1,
    }
    assert reasons({"prompt": ASKED, "completions": [one, other]}) == [[]]


def test_near_equal_sides_are_told_and_go_only_when_asked() -> None:
    record = pair("The wheel turns the stone at 12 turns a minute", "the wheel turns the stone at 12 turns a minute!")
    assert signals(record)["similarity"] == [1.0]
    assert reasons(record) == [[]]
    assert reasons(record, drop=("near_equal",)) == [["near_equal"]]


def test_numbers_tell_answers_apart() -> None:
    assert signals(pair("The answer is 12", "The answer is 13"))["similarity"] == [0.5]


@pytest.mark.parametrize("stated", [{"rank": 0}, {"rating": 4.5}])
def test_equal_ranks_or_ratings_are_a_tie(stated: dict[str, Any]) -> None:
    assert reasons({"prompt": ASKED, "completions": [side("a b", **stated), side("c d", **stated)]}) == [["tie"]]


def test_a_tie_for_the_best_is_none_where_another_is_worse() -> None:
    completions = [side("a", rank=0), side("b", rank=0), side("c", rank=1)]
    assert signals({"prompt": ASKED, "completions": completions})["tie"] == [0]


def test_empty_and_missing_sides_go() -> None:
    assert reasons(pair("Slowly.", "  ")) == [["empty_completion"]]
    assert reasons({"prompt": ASKED, "completions": [side("Slowly.", rank=0)]}) == [["missing_side"]]
    assert reasons({"prompt": ASKED, "completions": []}) == [["missing_side"]]


def test_a_labelled_completion_needs_no_other_side() -> None:
    kto = {"prompt": ASKED, "completions": [side("Slowly.", label=True)]}
    assert reasons(kto) == [[]]
    told = signals(kto)
    assert told["identical"] == told["tie"] == told["similarity"] == told["chosen_words"] == [None]


def test_labels_are_true_or_false() -> None:
    assert reasons({"prompt": ASKED, "completions": [side("Slowly.", label=1)]}) == [["label_not_boolean"]]


def test_prompts_are_there_end_with_a_question_and_are_the_same() -> None:
    assert reasons(pair("a", "b") | {"prompt": []}) == [["empty_prompt"]]
    assert signals(pair("a", "b") | {"prompt": [*ASKED, {"role": "assistant", "content": "Well"}]})[
        "last_not_user"
    ] == [1]
    other = pair("a", "b")
    other["completions"][1]["messages"].insert(0, {"role": "user", "content": "And bread?"})
    assert reasons(other) == [["prompts_differ"]]


def test_completions_with_further_turns_of_the_user_are_told() -> None:
    record = pair("a", "b")
    record["completions"][0]["messages"] += [{"role": "user", "content": "And?"}, {"role": "assistant", "content": "c"}]
    assert signals(record)["multi_turn"] == [1]
    assert reasons(record) == [[]]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (pair("a", "b", margin=-0.5), "the margin is -0.5"),
        (
            {"prompt": ASKED, "completions": [side("a", rank=0, rating=2), side("b", rank=1, rating=4)]},
            "the better one is rated 2, the worse one 4",
        ),
        (
            {"prompt": ASKED, "completions": [side("a", rank=0, label=False), side("b", rank=1, label=True)]},
            "the better one is labelled false, the worse one true",
        ),
    ],
)
def test_statements_that_contradict_the_rank_go_with_what_they_say(record: dict[str, Any], said: str) -> None:
    assert reasons(record) == [["contradictory"]]
    assert signals(record)["evidence"] == [said]


def test_ratings_outside_the_scale_go() -> None:
    record = {"prompt": ASKED, "completions": [side("a", rating=11), side("b", rating=0)]}
    assert reasons(record) == [[]]
    assert reasons(record, min_rating=1, max_rating=10) == [["rating_too_low", "rating_too_high"]]


@pytest.mark.parametrize(
    "text", ["Slowly.\n\nScore: 9/10", "**Rating:** 4", 'Slowly. {"overall_score": 8.5}', "Rating: [[7]]"]
)
def test_a_score_in_a_completion_is_told(text: str) -> None:
    assert signals(pair(text, "No idea."))["leaked_score"] == [1]


@pytest.mark.parametrize(
    "text", ["The final score was 3 to 2.", "Credit score: see your bank", "Score: Beethoven's Ninth"]
)
def test_other_scores_are_not(text: str) -> None:
    assert signals(pair(text, "No idea."))["leaked_score"] == [0]


def test_a_prompt_that_asks_for_a_rating_may_get_one() -> None:
    asked = pair("Rating: 4", "Rating: 2") | {"prompt": [{"role": "user", "content": "Rate this review."}]}
    assert signals(asked)["leaked_score"] == [0]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I’m not able to tell you that.",
        "Sorry, I cannot do this.",
        "As an AI language model, I cannot give opinions.",
        "I won't help you with this.",
        "I'm not comfortable with that.",
    ],
)
def test_a_refusal_on_one_side_is_told(text: str) -> None:
    told = signals(pair(text, "Slowly."), pair("Slowly.", text), pair(text, text + " Really."))
    assert told["chosen_refuses"] == [1, 0, 0]
    assert told["rejected_refuses"] == [0, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, I don't know that mill.",
        "I'm sorry, I can't understand you.",
        "I wouldn't advise that.",
        "Sorry for the delay: here it is.",
        "I can help.",
        "I will not forget: two stones.",
    ],
)
def test_other_beginnings_are_no_refusals(text: str) -> None:
    assert signals(pair(text, "Slowly."))["chosen_refuses"] == [0]


def test_chosen_is_the_best_and_rejected_the_worst_of_several() -> None:
    completions = [side("one two", rating=3), side("one two three", rating=5), side("one", rating=1)]
    told = signals({"prompt": ASKED, "completions": completions})
    assert (told["chosen_words"], told["rejected_words"], told["completions"]) == ([3], [1], [3])
    assert told["chosen_characters"] == [13]
    assert told["length_ratio"] == [2.0]


def test_the_order_of_equal_texts_is_spelled_alike() -> None:
    a, b = signals(pair("x  y", "z"))["order"][0], signals(pair("z", "x y"))["order"][0]
    assert a.split(">") == b.split(">")[::-1]
    assert signals({"prompt": ASKED, "completions": [side("a", rank=0), side("b", rank=0)]})["order"][0].count("=") == 1


def test_a_check_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="near_equal"):
        PreferenceRules(drop=("near_equals",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chosen", "rejected"),
    [
        ("I can't help with that.", "No."),
        ("I'm sorry, I can't tell you.", "I'm not equipped to advise you on that."),
        ("I can't advise you on mills, but there is a general rule: grind slowly.", "Grind."),
        ("I can't tell you that from this information.", "At the river."),
    ],
)
def test_a_refusal_is_not_told_where_both_decline_or_it_is_none(chosen: str, rejected: str) -> None:
    assert signals(pair(chosen, rejected))["chosen_refuses"] == [0]


def test_a_completion_that_breaks_off_is_told() -> None:
    told = signals(pair("It depends. If you want your flour to be very fine and", "Grind it twice, and you have it."))
    assert told["cut_off"] == [1]
    assert told["evidence"] == ["... It depends. If you want your flour to be very fine and"]
