"""The words of a licence as SPDX's matching guidelines compare them, as hashes of each two that stand together.

https://spdx.github.io/spdx-spec/v2.3/license-matching-guidelines-and-templates: case, white space, punctuation, list
marks, comment marks, copyright notices and what follows "END OF TERMS AND CONDITIONS" do not count; nor do spellings.
"""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]

_KEPT = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789") | frozenset(range(0x80, 0x100))
_FOLDED = bytes(
    byte | 0x20 if 0x41 <= byte <= 0x5A else byte if byte in _KEPT else 0x0A if byte in (0x0A, 0x0D) else 0x20
    for byte in range(0x100)
)
_SIGNS = tuple(sign.encode() for sign in "‘’“”«»–—•·…™®©")
_END, _LONGEST_ADVICE = "end of terms and conditions", 6_000
_SAME = {
    b"licence": b"license",
    b"licences": b"licenses",
    b"licenced": b"licensed",
    b"licencing": b"licensing",
    b"sublicence": b"sublicense",
    b"copyrights": b"copyright",
    b"owner": b"holder",
    b"owners": b"holders",
    b"http": b"https",
    b"favour": b"favor",
    b"organisation": b"organization",
    b"acknowledgement": b"acknowledgment",
    b"merchantibility": b"merchantability",
}
_ROMAN = frozenset((b"i", b"ii", b"iii", b"iv", b"v", b"vi", b"vii", b"viii", b"ix", b"x"))
_MARKS_OF_COMMENTS = b" \t#*/;%>|-!\"'"


def pairs(text: str) -> Hashes:
    """Every two words in a row of a text, in order."""
    raw = text.encode()
    for sign in _SIGNS:
        if sign in raw:
            raw = raw.replace(sign, b"(c)" if sign == "©".encode() else b" ")
    words: list[bytes] = []
    for line in raw.replace(b"\r\n", b"\n").split(b"\n"):
        words += line_words(line)
    return np.array([crc32(b"%s %s" % two) for two in pairwise(words)], np.uint32)


def before_the_end(text: str) -> str:
    """A text without what stands behind its last "END OF TERMS AND CONDITIONS", which is an advice, no term.

    Where much stands there, it is more than that.
    """
    at = text.lower().rfind(_END)
    return text if at < 0 or len(text) - at > _LONGEST_ADVICE else text[:at]


def line_words(line: bytes) -> list[bytes]:
    """The words of a line that count."""
    bare = line.strip(_MARKS_OF_COMMENTS)
    words = bare.translate(_FOLDED).split()
    if not words or _is_notice(bare, words):
        return []
    first = words[0]
    if (len(first) == 1 or first in _ROMAN or (len(first) == 2 and first.isdigit())) and _is_list_mark(bare, first):
        words = words[1:]
    return [_SAME.get(word, word) for word in words]


def _is_list_mark(bare: bytes, first: bytes) -> bool:
    behind = bare.lstrip(b"(").lower()[len(first) : len(first) + 1]
    return behind in (b".", b")", b":") or bare.startswith(b"(")


def _is_notice(bare: bytes, words: list[bytes]) -> bool:
    """A line that says who has the copyright, not one of a sentence that goes on with the word."""
    if words[:3] == [b"all", b"rights", b"reserved"] and len(words) == 3:
        return True
    if words[0] == b"c" and bare.startswith((b"(c)", b"(C)")):
        return True
    if words[0] not in (b"copyright", b"copr", b"portions"):
        return False
    marked = b"(c)" in bare.lower() or any(sign in bare for sign in b"<[{")
    return marked or any(len(word) == 4 and word.isdigit() and word[:2] in (b"19", b"20") for word in words)
