"""What is wrong with preferences: pairs, rankings, rated and labelled completions."""

from __future__ import annotations

from typing import Literal

from gristmill.converse._checks import Check

PreferenceCheck = Literal[
    "identical",
    "near_equal",
    "tie",
    "missing_side",
    "empty_completion",
    "empty_prompt",
    "prompts_differ",
    "contradictory",
    "label_not_boolean",
    "multi_turn",
    "last_not_user",
    "leaked_score",
    "cut_off",
    "chosen_refuses",
    "rejected_refuses",
]

CHECKS = (
    Check("identical", "error", "chosen and rejected are the same but for white space"),
    Check("tie", "error", "the best and the worst completion have the same rank or rating: none is preferred"),
    Check("missing_side", "error", "no completion, or a single one without a label"),
    Check("empty_completion", "error", "completions with no text and no tool call"),
    Check("empty_prompt", "error", "the prompt has no text"),
    Check("prompts_differ", "error", "completions begin with a message that is not the model's, so prompts differ"),
    Check("contradictory", "error", "rank, rating, label and margin name different completions as the better one"),
    Check("label_not_boolean", "error", "labels that are neither true nor false"),
    Check("near_equal", "warning", "the similarity of chosen and rejected is above `max_similarity`"),
    Check("multi_turn", "warning", "completions that hold further turns of the user"),
    Check("last_not_user", "warning", "the prompt's last message is not the user's, nor a tool's"),
    Check("leaked_score", "warning", "a completion says how it was judged (a line `Score: 9/10`, `overall_score`)"),
    Check("cut_off", "warning", "completions that stop in the middle of a sentence"),
    Check("chosen_refuses", "warning", "chosen is a refusal, in English, and rejected does not decline"),
    Check("rejected_refuses", "warning", "rejected is a refusal, in English, and chosen does not decline"),
)
