"""Finds marks of chat templates in texts, and pictures whose address would carry what a model is to fill in."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, part
from gristmill.text.measures import pieces, stands_at

TEMPLATE, PICTURE = range(2)
"""What is found: a mark of a template, or a picture in Markdown with a place to fill in its query."""

MARKS = (
    "<|im_start|>",
    "<|im_end|>",
    "<|im_sep|>",
    "<|endoftext|>",
    "<|startoftext|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|channel|>",
    "<|message|>",
    "<|endofprompt|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<<SYS>>",
    "<</SYS>>",
    "[INST]",
    "[/INST]",
    "[SYSTEM_PROMPT]",
)
"""Of ChatML, GPT, Llama 2 and 3, Mistral, Gemma, Phi, Zephyr and Harmony, as their documentation has them."""

LONGEST_NAME, LONGEST_URL = 256, 1024


@part
def _picture(data: Bytes, at: int, stop: int) -> int:
    """Where a picture ends that begins at `at` and has `{`, `[`, `<` or `$` in the query of its url, else -1."""
    most = min(stop, at + LONGEST_NAME)
    at += 2
    while at + 1 < most and not (data[at] == 0x5D and data[at + 1] == 0x28):
        at += 1
    if at + 6 >= most or data[at] != 0x5D:
        return -1
    at += 2
    if data[at] != 0x68 or data[at + 1] != 0x74 or data[at + 2] != 0x74 or data[at + 3] != 0x70:
        return -1
    most = min(stop, at + LONGEST_URL)
    query = filled = False
    while at < most and data[at] != 0x29 and data[at] != 10:
        filled |= query and data[at] in (0x7B, 0x5B, 0x3C, 0x24)
        query |= data[at] == 0x3F
        at += 1
    return at + 1 if filled and at < most and data[at] == 0x29 else -1


@kernel
def _find(data: Bytes, offsets: Offsets, rows: Offsets, marks: Bytes, bounds: Offsets, out: Offsets) -> int:
    total = 0
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        while at < stop:
            byte = data[at]
            end = -1
            kind = TEMPLATE
            if byte in (0x3C, 0x5B):
                for n in range(len(bounds) - 1):
                    if stands_at(data, at, stop, marks, bounds[n], bounds[n + 1]):
                        end = at + bounds[n + 1] - bounds[n]
                        break
            elif byte == 0x21 and at + 1 < stop and data[at + 1] == 0x5B:
                kind = PICTURE
                end = _picture(data, at, stop)
            if end > at:
                total = keep_hit(out, total, k, at, end, kind)
                at = end
            else:
                at += 1
    return total


_MARKS = pieces(*(mark.lower() for mark in MARKS))


def chat_markup(data: Bytes, offsets: Offsets, rows: Offsets) -> Hits:
    """Marks of templates, in any case, and pictures to be filled in, of the asked rows; `entries` are their kinds."""
    marks, bounds = _MARKS
    return collected(lambda out: _find(data, offsets, rows, marks, np.asarray(bounds), out))
