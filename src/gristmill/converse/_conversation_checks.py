"""What `conversation_rules` looks for: a table of checks, each with its severity and what it counts."""

from __future__ import annotations

from typing import Literal, cast

from gristmill.converse._checks import Check, errors

CheckName = Literal[
    "no_user",
    "no_answer",
    "empty_turn",
    "unknown_role",
    "system_in_the_middle",
    "not_alternating",
    "broken_part",
    "orphan_tool_result",
    "unknown_tool",
    "broken_arguments",
    "unfit_arguments",
    "unanswered_call",
    "special_token",
    "no_input_mark",
    "template_slot",
    "blank_to_fill",
    "role_in_text",
    "next_task",
    "non_answer",
    "refusal",
    "ai_disclaimer",
    "identity_claim",
    "echo",
    "repeated_answer",
    "loop",
    "cut_off",
    "other_script",
    "open_code_fence",
    "broken_code",
    "broken_json",
    "broken_latex",
    "wrong_arithmetic",
    "after_cutoff",
]


CHECKS: tuple[Check, ...] = (
    Check("no_user", "error", "conversations in which no user says anything"),
    Check("no_answer", "error", "conversations that do not end with an answer of the assistant"),
    Check("empty_turn", "error", "turns of user or assistant with nothing but white space in them"),
    Check("unknown_role", "error", "messages of a role that is none of system, developer, user, assistant, tool"),
    Check("system_in_the_middle", "warning", "system messages behind the first message of another role"),
    Check("not_alternating", "warning", "messages of user or assistant right behind one of the same role"),
    Check("broken_part", "error", "parts of a message without a type, or text parts without a text"),
    Check("orphan_tool_result", "error", "tool results that answer no call before them"),
    Check("unknown_tool", "error", "calls of tools that are not among those declared"),
    Check("broken_arguments", "error", "calls whose arguments are no JSON object"),
    Check("unfit_arguments", "error", "calls whose arguments do not fit the schema that their tool declares"),
    Check("unanswered_call", "warning", "calls that no tool result answers"),
    Check("special_token", "error", "marks of chat templates in what is said (<|im_start|>, [INST], </s>)"),
    Check("no_input_mark", "error", "marks that stood for nothing (<noinput>, <nooutput>)"),
    Check("template_slot", "error", "slots of templates that were not filled ({input}, {{question}})"),
    Check("blank_to_fill", "warning", "blanks left to the reader ([insert name], [your company], lorem ipsum)"),
    Check(
        "role_in_text",
        "warning",
        "lines that begin with a role (Human:, ### Response:), unless a dialogue is asked for",
    ),
    Check("next_task", "error", "answers that run on into the next task of what made them (12. Instruction:)"),
    Check("non_answer", "error", "answers that are no answer (N/A, None, nooutput)"),
    Check("refusal", "warning", "answers that refuse, unless another wording is asked for"),
    Check(
        "ai_disclaimer",
        "warning",
        "answers that say they are of a model, or what a model lacks, unless it is asked to play one",
    ),
    Check("identity_claim", "warning", "answers that claim to be a named model, or of a named maker"),
    Check("echo", "error", "answers that are the question once more"),
    Check("repeated_answer", "warning", "answers that are an earlier answer once more"),
    Check("loop", "error", "answers that end in the same words over and over, unless a song is asked for"),
    Check("cut_off", "warning", "answers that stop in the middle of a sentence"),
    Check(
        "other_script",
        "warning",
        "last answers in another script than the question, where no translation or code is asked for",
    ),
    Check("open_code_fence", "warning", "answers with a code fence that is not closed"),
    Check("broken_code", "warning", "fenced Python in answers that does not parse"),
    Check("broken_json", "warning", "fenced JSON in answers that does not parse"),
    Check("broken_latex", "warning", "answers with LaTeX whose delimiters or environments do not match"),
    Check("wrong_arithmetic", "warning", "equations of plain numbers in answers that are wrong"),
    Check("after_cutoff", "warning", "answers that speak of a year after the knowledge cut-off that is stated"),
)
ERRORS = cast(tuple[CheckName, ...], errors(CHECKS))
