"""What is left of wikitext within a line: quotes of bold and italic, external links, HTML, magic words."""

from __future__ import annotations

from gristmill.collect._markup import tokens
from gristmill.collect._wiki_marks import BREAK, Held

_TAGS = frozenset(
    """
    abbr b bdi bdo big br caption center cite data dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li mark
    noinclude nowiki ol onlyinclude p q rb references rp rt rtc ruby s samp section small span strike strong sub sup
    table tbody td templatestyles th thead time tr translate tt tvar u ul var wbr languages indicator
    """.split()  # noqa: SIM905
)
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_SCHEMES = ("http://", "https://", "//", "ftp://", "mailto:", "news:", "irc://")


def plain(text: str, held: Held, *, code_marks: bool) -> str:
    """A line or paragraph as people read it."""
    if "''" in text:
        text = _without_quotes(text)
    if "[" in text:
        text = _without_links(text)
    if "__" in text:
        text = _without_switches(text)
    if "<" in text or "&" in text:
        text = _without_tags(text)
    return held.restored(text.replace(BREAK, "\n"), code_marks=code_marks)


def _without_quotes(text: str) -> str:
    """Two apostrophes are italics, three bold, five both; of others one or more are apostrophes."""
    first, *rest = text.split("''")
    out = [first]
    run = 0
    for piece in rest:
        run += 2
        single = piece.startswith("'") and not piece.startswith("''")
        if piece == "":
            continue
        total = run + single
        out.append("'" * (total - 5 if total > 5 else 1 if total == 4 else 0))
        out.append(piece[1:] if single else piece)
        run = 0
    return "".join(out)


def _without_links(text: str) -> str:
    """`[http://... words]` as its words; what else is in brackets stays."""
    first, *rest = text.split("[")
    out = [first]
    for piece in rest:
        if not piece.startswith(_SCHEMES):
            out.append(f"[{piece}")
            continue
        inside, close, after = piece.partition("]")
        if not close or "\n" in inside:
            out.append(f"[{piece}")
            continue
        out += [inside.partition(" ")[2], after]
    return "".join(out)


def _without_switches(text: str) -> str:
    """Magic words (`__NOTOC__`) go."""
    pieces = text.split("__")
    out = [pieces[0]]
    at = 1
    while at < len(pieces):
        if at + 1 < len(pieces) and pieces[at].isupper() and pieces[at].isalpha():
            out.append(pieces[at + 1])
            at += 2
        else:
            out.append(f"__{pieces[at]}")
            at += 1
    return "".join(out)


def _without_tags(text: str) -> str:
    out: list[str] = []
    begun: list[tuple[str, int]] = []
    for token in tokens(text):
        if isinstance(token, str):
            out.append(token)
        elif token.name not in _TAGS:
            out.append(f"<{'/' if token.closing else ''}{token.name}{token.rest}>")
        elif token.name == "br":
            out.append(BREAK)
        elif token.name in ("sub", "sup"):
            if not token.closing:
                begun.append((token.name, len(out)))
            elif begun and begun[-1][0] == token.name:
                name, start = begun.pop()
                out[start:] = [_shifted("".join(out[start:]), name)]
    return "".join(out)


def _shifted(text: str, name: str) -> str:
    """Raised or lowered digits as such, so that 10 to the 6th does not become 106."""
    moved = text.translate(_RAISED if name == "sup" else _LOWERED)
    if text and not any(char in moved for char in text) and len(text) < 20:
        return moved
    return f"^{text}" if name == "sup" and text.strip().isalnum() and len(text) < 4 and not text.isalpha() else text
