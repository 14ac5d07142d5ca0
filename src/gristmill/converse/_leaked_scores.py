"""Scores that a judge gave and that stand in what is judged. For English; RE2 through Arrow."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_JUDGED = (
    r"overall[ _]score|final[ _]score|preference[ _]score|quality[ _]score|helpfulness(?:[ _]score)?|rating|score"
    r"|overall[ _]rating|reward"
)
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,3})?(?:\s*(?:/|out of)\s*[0-9]{1,3})?"
_SCORE = (
    rf"(?im)(?P<score>^[^\pL\pN\n]*(?:{_JUDGED})[^\pL\pN\n]*[:=][^\pL\pN\n]*{_NUMBER}[^\pL\pN\n]*$"
    rf'|"(?:overall_score|reward_score|preference_score)"\s*:\s*"?{_NUMBER}'
    r"|\[\[[0-9]{1,2}(?:\.[0-9])?\]\])"
)
"""A line that is nothing but a score, a field of a judge's JSON, or `[[8]]`, as MT-bench asks its judge for."""

_ASKED = r"(?i)\b(?:rate|rating|ratings|score|scores|scoring|grade|grading|evaluate|review|json)\b"


def leaked_scores(texts: pa.Array, prompts: pa.Array) -> pa.Array:
    """What each text says of a judge's score; null where nothing, or where the prompt speaks of scores itself."""
    found = pc.struct_field(pc.extract_regex(texts, _SCORE), "score")
    return pc.if_else(pc.match_substring_regex(prompts, _ASKED), None, found)
