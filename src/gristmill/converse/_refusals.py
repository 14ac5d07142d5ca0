"""Answers that refuse, by how they begin: in English, and a few words of four other languages. RE2 through Arrow."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_NOT = r"(?:can[’']?t|cannot|can not|won[’']t|will not|(?:not (?:able|going|allowed|permitted)|unable) to)"
_DO = (
    r"(?:\s+(?:really|just|actually|in good conscience))?\s+"
    r"(?:help(?:\s*(?:[.,!?;:]|$)|\s+(?:you|with|to|out|in|on|there|here|anyone|someone|people|them|him|her|that|this)\b)"
    r"|(?:assist|provide|give|offer|tell|answer|fulfill?|comply|do|discuss|talk|share|support|recommend|advise|engage"
    r"|write|create|generate|participate|condone|encourage)\b)"  # "I can't help but smile" refuses nothing
)
_ENGLISH = (
    r"(?i)^[\W_]*(?:(?:no|oh|well|hmm|ok|okay|unfortunately)\b[\W_]+)?(?:"
    r"(?:(?:i[’']m|i am|we[’']re)\s+(?:very |really |so |truly )?(?:sorry|afraid)|sorry|i apologi[sz]e|my apologies"
    r"|as an? (?:ai|(?:large )?language model|assistant))\b[^.!?\n]{0,80}?"
    rf"\b(?:i|we)(?:[’']m| am)?\s*{_NOT}{_DO}"
    rf"|i(?:[’']m| am)?\s*(?:{_NOT}|(?:must|have to) decline to|refuse to){_DO}"
    r"|i(?:[’']m| am) not (?:comfortable|willing)\b"
    r"|i (?:don[’']t|do not) (?:feel comfortable|want to (?:help|give|tell|encourage|provide))\b"
    r"|i (?:don[’']t|do not) think i (?:should|can) (?:help|give|tell|answer|provide)\b"
    r")"
)
_OTHER = (
    r"^[\W_]*(?:很?抱歉|对不起|很遗憾)[，,。]?(?:但|但是)?(?:作为[^，。]{0,16}[，,])?我(?:不能|无法|没办法|没有办法|不会)"
    r"|(?i:^lo siento,? (?:pero )?no puedo|^(?:je suis )?désolée?,? (?:mais )?je ne peux pas"
    r"|^(?:es )?tut mir leid,? (?:aber )?ich kann)"
)
REFUSAL = f"{_ENGLISH}|{_OTHER}"
"""A text that begins by saying that it will not answer."""


def refuses(texts: pa.Array) -> pa.Array:
    """Whether each text begins with a refusal."""
    return pc.match_substring_regex(texts, REFUSAL)
