"""Whether an answer is code that no fence says so of: lines as programs, markup and queries have them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_LINE = (
    r"(?m)^[ \t]*(?:"
    r"(?:def|class|import|from|async|public|private|static|void|function|const|let|var|echo|using|package"
    r"|elif|except)\b ?\S"
    r"|(?:for|if|while|else if|switch|catch)\b[^\n.?]{0,120}[:{][ \t]*$"
    r"|(?:return|print|println|printf|console|System|std)\b ?[\w(.\"':\[]"
    r"|#include\b|#!/|</?[a-zA-Z!][^>\n]{0,200}>"
    r"|(?i:select|insert into|update|delete from|create table)\b[^\n.?]{0,200}$"
    r"|[\w.\[\]]{1,60} ?(?:[-+*/]|:)?= ?\S|[\w.]{1,60}\([^)\n]{0,120}\)[;:{]?[ \t]*$"
    r"|[{}\])]+[;,)]*[ \t]*$|//|/\*|\$\w{1,40} ?="
    r")"
)
_ENOUGH = 2
"""Lines from which on an answer is code; a single one where there is no other line."""


_MARKS = r"[{}()\[\]<>=;]"
_MOST_MARKS = 0.06
"""Most brackets and the like among the bytes of prose."""


def is_code(texts: pa.Array) -> pa.Array:
    """Whether each text has a fence, lines of code, or very many brackets."""
    marks = pc.count_substring_regex(texts, _MARKS).cast(pa.float64())
    many = pc.greater(pc.divide(marks, pc.add(pc.binary_length(texts).cast(pa.float64()), 1)), _MOST_MARKS)
    lines = pc.count_substring_regex(texts, _LINE)
    alone = pc.and_(pc.greater(lines, 0), pc.invert(pc.match_substring(pc.utf8_trim_whitespace(texts), "\n")))
    return pc.or_(pc.or_(pc.greater_equal(lines, _ENOUGH), pc.or_(alone, many)), pc.match_substring(texts, "```"))
