"""Words by which a completion tells something that its reader should know: a judge's score in it, or a refusal.

Both run on RE2, through Arrow, and both are for English.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_HEAD = 300  # characters of a completion in which a refusal is looked for

_JUDGED = (
    r"overall[ _]score|final[ _]score|preference[ _]score|quality[ _]score|helpfulness(?:[ _]score)?|rating|score"
    r"|overall[ _]rating|reward"
)
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,3})?(?:\s*(?:/|out of)\s*[0-9]{1,3})?"
_SCORE = (
    rf"(?im)(?P<score>^[\W_]*(?:{_JUDGED})[\W_]*[:=][\W_]*{_NUMBER}[\W_]*$"
    rf'|"(?:overall_score|reward_score|preference_score)"\s*:\s*"?{_NUMBER}'
    r"|\[\[[0-9]{1,2}(?:\.[0-9])?\]\])"
)
"""A line that is nothing but a score, a field of a judge's JSON, or `[[8]]`, as MT-bench asks its judge for."""

_ASKED = r"(?i)\b(?:rate|rating|ratings|score|scores|scoring|grade|grading|evaluate|review|json)\b"

_NOT = r"(?:can[’']?t|cannot|can not|won[’']t|will not|(?:not (?:able|going|allowed|permitted)|unable) to)"
_DO = (
    r"(?:\s+(?:really|just|actually|in good conscience))?\s+(?:help|assist|provide|give|offer|tell|answer|fulfill?"
    r"|comply|do|discuss|talk|share|support|recommend|advise|engage|write|create|generate|participate|condone|encourage)\b"
)
_REFUSAL = (
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
"""A completion that begins by saying that it will not answer."""


def leaked_scores(texts: pa.Array, prompts: pa.Array) -> pa.Array:
    """What each text says of a judge's score; null where nothing, or where the prompt speaks of scores itself."""
    found = pc.struct_field(pc.extract_regex(texts, _SCORE), "score")
    return pc.if_else(pc.match_substring_regex(prompts, _ASKED), None, found)


def refuses(texts: pa.Array) -> pa.Array:
    """Whether each text begins with a refusal."""
    return pc.match_substring_regex(pc.utf8_slice_codeunits(texts, 0, _HEAD), _REFUSAL)
