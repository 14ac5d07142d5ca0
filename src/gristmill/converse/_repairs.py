"""Repairs of a single turn that leave no doubt: marks of templates at its ends, a role before it, an open fence."""

from __future__ import annotations

from gristmill.converse._fences import closed
from gristmill.records.turns import ASSISTANT, USER

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


def repaired(text: str, role: str) -> str:
    """The turn without what stands around it by mistake; as it was where nothing does."""
    left = text
    changed = True
    while changed:
        changed = False
        bare = left.strip()
        for mark in _ENDS:
            if bare.endswith(mark):
                left, changed = bare.removesuffix(mark).rstrip(), True
                break
        for mark in (*_BEGINS, *_SAID_BY.get(role, ())):
            if bare.lower().startswith(mark.lower()) and not changed:
                left, changed = bare[len(mark) :].lstrip(), True
                break
        if not changed and role == USER:
            for mark in _NOTHING:
                if bare.lower().endswith(mark):
                    left, changed = bare[: -len(mark)].rstrip(), True
                    break
    if not left.strip() and text.strip():
        return text  # nothing would be left: that is no repair
    return closed(left) if role == ASSISTANT else left
