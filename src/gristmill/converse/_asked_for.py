"""What a question asks for, so that an answer that has it is no finding: a role, a dialogue, another wording."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.turnwise import Turns
from gristmill.records.turns import USER

Asked = tuple[str, ...]
"""Patterns that a question matches all of."""

A_ROLE: Asked = (
    r"(?i)role[- ]?play|imagine|pretend|\bact as\b|take on|\byou (?:are|have|were)\b|\byou['’]re\b|assum|\bwrite|creat"
    r"|generat|implement|construct|design|compose|develop|translat|扮演|假设|想象|写|创建|生成|翻译|解释|什么是|是什么",
    r"(?i)\bai\b|artificial|language model|chatbot|\bbots?\b|robot|assistant|gpt|人工智能|机器人|模型|助手",
)
"""A text in which a model or a machine speaks, or is spoken of. `Are you an AI?` asks for none."""

A_DIALOGUE: Asked = (
    r"(?i)dialog|conversation|\bchat|script|interview|transcript|role[- ]?play|\bskit\b|robot|assistant"
    r"|classif|human[,)]|对话|会话|聊天|剧本|访谈|分类|机器人|助手",
)
"""Lines that begin with who says them."""

ANOTHER_WORDING: Asked = (
    r"(?i)\bre-?(?:word|phrase|write|arrange|order)|paraphras|transform|\bedit|convert|correct|chang|tone"
    r"|formal|sentence|dialog|conversation|role[- ]?play|\b(?:respon[sd]|reply|replies|quotes?|poem|stanza|lyrics"
    r"|e-?mail|letter|message)\b|decline|改写|重写|语气|对话|诗|句子|改为|回复|回答.{0,4}客户|拒绝|信件|邮件",
)
"""Words of somebody else, which may well be a refusal."""

A_SONG: Asked = (r"(?i)lyrics|\bsong|\bsing\b|poem|chant|rhyme|repeat|歌|诗|重复",)
"""Refrains, and what is to be said many times."""


def questions(turns: Turns) -> npt.NDArray[np.int64]:
    """For each turn the last one of the user before it in the same record; -1 where there is none."""
    count = len(turns.roles)
    own = np.where(turns.roles == ord(USER), np.arange(count), -1)
    before = np.maximum.accumulate(own) if count else own
    inside = (before >= 0) & (turns.rows[np.maximum(before, 0)] == turns.rows)
    return np.where(inside, before, -1)


def excused(turns: Turns, places: npt.NDArray[np.int64], patterns: Asked) -> npt.NDArray[np.bool_]:
    """Whether the question before each of these turns matches all of these; none where there are none."""
    found = np.full(len(places), bool(patterns))
    for pattern in patterns:
        matches = pc.fill_null(pc.match_substring_regex(asked(turns, places), pattern), False)
        found &= np.asarray(matches.to_numpy(zero_copy_only=False), np.bool_)
    return found


def asked(turns: Turns, places: npt.NDArray[np.int64]) -> pa.Array:
    """The question before each of these turns; null without one."""
    before = questions(turns)[places]
    return turns.texts.take(pa.array(before, mask=before < 0))
