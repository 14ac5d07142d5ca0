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
    r"(?i)^[^\pL\pN]*(?:(?:no|oh|well|hmm|ok|okay|unfortunately)\b[^\pL\pN]+)?(?:"  # \W would take letters too
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
    r"^[^\pL\pN]*(?:很?抱歉|对不起|很遗憾)[，,。]?(?:但|但是)?(?:作为[^，。]{0,16}[，,])?我(?:不能|无法|没办法|没有办法|不会)"
    r"|(?i:^lo siento,? (?:pero )?no puedo|^(?:je suis )?désolée?,? (?:mais )?je ne peux pas"
    r"|^(?:es )?tut mir leid,? (?:aber )?ich kann)"
)
REFUSAL = f"{_ENGLISH}|{_OTHER}"
"""A text that begins by saying that it will not answer."""


def refuses(texts: pa.Array) -> pa.Array:
    """Whether each text begins with a refusal."""
    return pc.match_substring_regex(texts, REFUSAL)


_DECLINES = (
    r"(?i)^[^\pL\pN]*(?:no\b|nope|never\b|(?:please )?don[’']?t\b|absolutely not|of course not|not at all"
    r"|(?:that|this|it)(?:['’]s| is| sounds| would be) (?:like )?(?:an? )?(?:really |very )*"
    r"(?:terrible|bad|awful|illegal|wrong|horrible)"
    r"|you (?:shouldn[’']?t|should not|can[’']?t|cannot))"
    r"|\bi(?:['’]m| am) (?:(?:not (?:equipped|qualified|programmed|designed|allowed"
    r"|able|going|comfortable|willing|ready)|unable|(?:[a-z]+ )?prohibited))\b"
    r"|\bi (?:don[’']?t|do not) think (?:it|that|this)(?:['’]s| is| would be) (?:a |very )?(?:good|right|appropriate)"
    r"|\bi (?:(?:really |simply |just )?(?:can[’']?t|cannot|can not|won[’']t|will not|refuse to)"
    r"|(?:don[’']t|do not) (?:want|feel comfortable|think (?:i|you|that|we) ?(?:should|would|is|[’']s)|know how))"
    r" ?(?:to )?(?:help|give|tell|answer|provide|do|advise|assist|recommend|share|encourage|discuss|support)\b"
)
_GOES_ON = (
    r"(?i)^[^.!?\n]{0,160}\bbut (?:there (?:is|are)|perhaps|maybe|here (?:is|are)|the (?:best|easiest|first)|one way)\b"
    r"|\bthat (?:being )?said,? (?:if|there|you can)\b"
)
_IGNORANT = (
    r"(?i)\bi (?:don[’']?t|do not) (?:(?:really |actually )?know\b|have (?:that|this|enough|any|the) information)"
    r"|from (?:this|the|that) information|i(?:['’]ve| have) never"
)


def declines(texts: pa.Array) -> pa.Array:
    """Whether each text may decline in any words at all: a wide net, to say that one of two sides alone refuses."""
    return pc.match_substring_regex(texts, _DECLINES)


def relents(texts: pa.Array) -> pa.Array:
    """Whether a text that begins with a refusal goes on to give what it refused, or only does not know."""
    return pc.match_substring_regex(texts, f"{_GOES_ON}|{_IGNORANT}")
