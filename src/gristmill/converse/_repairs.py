"""Repairs of a single turn that leave no doubt: marks of templates at its ends, a role before it, an open fence."""

from __future__ import annotations

from gristmill.converse._fences import closed
from gristmill.records.turns import ASSISTANT, ROLE_NAMES, USER

_ENDS = (
    *("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>", "<|end_of_text|>", "</s>", "<eos>", "<end_of_turn>"),
    *("<|return|>", "<｜end▁of▁sentence｜>", "[/INST]"),
)
_BEGINS = (
    *("<|im_start|>assistant", "<|im_start|>user", "<|im_start|>system", "<|begin_of_text|>", "<s>", "<bos>", "[INST]"),
    *("<start_of_turn>model", "<start_of_turn>user", "<|assistant|>", "<|user|>", "<|system|>"),
)
_SAID_BY = {
    ASSISTANT: ("assistant:", "ai:", "chatgpt:", "gpt:", "### response:", "### assistant:"),
    USER: ("human:", "user:", "### instruction:", "### human:", "### user:"),
}
_NOTHING = ("<noinput>", "<no input>", "<nooutput>", "<no output>")
_OPENS = {role: tuple(mark.lower() for mark in (*_BEGINS, *_SAID_BY.get(role, ()))) for role in ROLE_NAMES}
_LONGEST = max(map(len, (*_ENDS, *_BEGINS, *_NOTHING, *_SAID_BY[ASSISTANT], *_SAID_BY[USER])))


def repaired(text: str, role: str) -> str:
    """The turn without what stands around it by mistake; as it was where nothing does."""
    left = text
    while (less := _without_a_mark(left.strip(), role)) is not None:
        left = less
    if not left.strip() and text.strip():
        return text  # nothing would be left: that is no repair
    return closed(left) if role == ASSISTANT else left


def _without_a_mark(bare: str, role: str) -> str | None:
    """The turn without a mark at its end, at its beginning, or in place of an input; None where there is none."""
    if bare.endswith(_ENDS):
        return bare.removesuffix(next(mark for mark in _ENDS if bare.endswith(mark))).rstrip()
    head = bare[:_LONGEST].lower()
    if head.startswith(_OPENS[role]):
        return bare[len(next(mark for mark in _OPENS[role] if head.startswith(mark))) :].lstrip()
    tail = bare[-_LONGEST:].lower()
    if role == USER and tail.endswith(_NOTHING):
        return bare[: -len(next(mark for mark in _NOTHING if tail.endswith(mark)))].rstrip()
    return None
