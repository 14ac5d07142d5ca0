"""What stands in wikitext that must not be read as wikitext: marks of private use stand for it until the end."""

from __future__ import annotations

from typing import NamedTuple

from gristmill.collect._markup import attributes as parsed_attributes

BEGIN, END, BREAK, QUOTE_BEGINS, QUOTE_ENDS, GONE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
MARKS = (BEGIN, END, BREAK, QUOTE_BEGINS, QUOTE_ENDS, GONE)

_GONE = str.maketrans(dict.fromkeys(MARKS))


def without_marks(text: str) -> str:
    """A text of others, in which none of these characters may be."""
    return text if not any(mark in text for mark in MARKS) else text.translate(_GONE)


def without_gaps(line: str) -> str:
    """A line without the brackets and commas that templates leave around them which are not written out."""
    if GONE not in line:
        return line
    for twice in (GONE + GONE, f"{GONE} {GONE}", f"{GONE}, {GONE}", f"{GONE}; {GONE}"):
        while twice in line:
            line = line.replace(twice, GONE)
    for gap, left in _GAPS:
        line = line.replace(gap, left)
    start = line.lstrip("*#:; ")
    if start.startswith(GONE):
        marks = line[: len(line) - len(start)]
        line = marks + start[1:].lstrip(",;:. " if marks else ",;")
    return line.replace(GONE, "")


_GAPS = tuple(
    (gap.replace("_", GONE), left)
    for gap, left in (
        (" (_)", ""),
        ("(_)", ""),
        ("(_; ", "("),
        ("(_, ", "("),
        ("(_ ", "("),
        ("; _)", ")"),
        (", _)", ")"),
        (" _,", ","),
        (" _;", ";"),
        (" _.", "."),
        (" _:", ":"),
    )
)


class Code(NamedTuple):
    """A block of code."""

    text: str
    language: str


class Maths(NamedTuple):
    """A formula in LaTeX."""

    latex: str
    displayed: bool


class Held:
    """The pieces that marks stand for."""

    def __init__(self) -> None:
        self._pieces: list[str | Code | Maths] = []

    def hold(self, name: str, attributes: str, content: str) -> str:
        """The mark for the content of an element."""
        if name in ("math", "chem", "ce"):
            latex = content.strip() if name == "math" else f"\\ce{{{content.strip()}}}"
            return self._mark(Maths(latex, "block" in attributes))
        own = parsed_attributes(attributes)
        if name in ("pre", "source", "syntaxhighlight") and "inline" not in own:
            return f"\n\n{self._mark(Code(content, own.get('lang', '')[:40]))}\n\n"
        return self._mark(content)

    def _mark(self, piece: str | Code | Maths) -> str:
        self._pieces.append(piece)
        return f"{BEGIN}{len(self._pieces) - 1}{END}"

    def alone(self, line: str) -> str | Code | Maths | None:
        """What a line stands for that is one mark and no more, with a colon or a stop around it."""
        plain = line.strip().lstrip(":").strip().rstrip(".,")
        if not (plain.startswith(BEGIN) and plain.endswith(END)) or plain.count(BEGIN) != 1:
            return None
        return self._pieces[int(plain[1:-1])]

    def restored(self, text: str, *, code_marks: bool) -> str:
        """A text with the pieces in the place of their marks."""
        if BEGIN not in text:
            return text
        first, *rest = text.split(BEGIN)
        out = [first]
        for one in rest:
            number, _, after = one.partition(END)
            piece = self._pieces[int(number)]
            if isinstance(piece, Maths):
                out.append(f"${piece.latex}$")
            elif isinstance(piece, Code):
                out.append(piece.text)
            else:
                out.append(f"`{piece}`" if code_marks and piece and "\n" not in piece else piece)
            out.append(after)
        return "".join(out)
