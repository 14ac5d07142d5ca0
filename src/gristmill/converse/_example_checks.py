"""What is wrong with examples: inputs with a label, a target, spans or options."""

from __future__ import annotations

from typing import Literal

from gristmill.converse._checks import Check

ExampleCheck = Literal[
    "empty_input",
    "missing_label",
    "empty_target",
    "unknown_label",
    "span_out_of_range",
    "span_mismatch",
    "answer_not_in_context",
    "options_without_answer",
    "overlapping_spans",
    "repeated_options",
    "label_in_input",
]

CHECKS = (
    Check("empty_input", "error", "no field of the input holds anything"),
    Check("missing_label", "error", "the label is null, or there is neither label, target nor spans"),
    Check("empty_target", "error", "the target has no text"),
    Check("unknown_label", "error", "labels that `labels` does not name"),
    Check("span_out_of_range", "error", "spans that do not lie in the text, or are empty"),
    Check("span_mismatch", "error", "spans whose own text is not what stands there"),
    Check("answer_not_in_context", "error", "the answer of an extractive question does not stand in its context"),
    Check("options_without_answer", "error", "the label names none of the options"),
    Check("overlapping_spans", "warning", "spans that begin before an earlier one has ended"),
    Check("repeated_options", "warning", "options that are the same as an earlier one"),
    Check("label_in_input", "warning", "the label stands in the input, as words: a model need not learn anything else"),
)
