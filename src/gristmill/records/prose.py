"""A text with structure, block by block in reading order, written out as plain text or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

Form = Literal["text", "markdown"]

_DEEPEST_HEADING = 6
_DEEPEST_INDENT = 16
"""Of items and quotes: a short file can nest them so deeply that the marks are longer than any text."""

_FENCE = "```"
_MOST_FILLED = 10_000


class Prose:
    """Headings, paragraphs, list items, tables, code, quotes, maths and footnotes.

    Readers of books and papers add what they find; both forms are made from it. Markdown marks a heading with `#`, a
    quote with `>` and code with a fence. Plain text has none of those marks, so that measures of a text do not count
    them; lists and tables look the same in both. A block without a visible character is left out. The text of a block
    is taken as it is: nothing in it is escaped, as training data should not be full of backslashes.
    """

    def __init__(self, form: Form = "text") -> None:
        self._marked = form == "markdown"
        self._blocks: list[str] = []
        self._after_item = False

    def heading(self, level: int, text: str) -> None:
        """A heading; level 1 is the outermost."""
        line = one_line(text)
        if line:
            self._add(f"{'#' * min(max(level, 1), _DEEPEST_HEADING)} {line}" if self._marked else line)

    def paragraph(self, text: str, quoted: int = 0) -> None:
        """A paragraph, within so many quotes. Line breaks in it stand."""
        self._add(self._quoted(text.strip("\n"), quoted))

    def item(self, text: str, depth: int = 0, number: int | None = None, quoted: int = 0) -> None:
        """An item of a list that lies within `depth` others, numbered or not. Further lines are indented under it."""
        mark = "- " if number is None else f"{number}. "
        body = text.strip("\n").replace("\n", "\n" + " " * len(mark))
        indent = "  " * min(depth, _DEEPEST_INDENT)
        lines = "\n".join(indent + line if line.strip() else "" for line in f"{mark}{body}".split("\n"))
        self._add(self._quoted(lines, quoted) if text.strip() else "", item=True)

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """A table in Markdown; the first row is its head. Short rows are filled up."""
        cells = [[one_line(cell).replace("|", "\\|") for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        width = max(map(len, cells), default=0)
        if width * len(cells) > _MOST_FILLED + 10 * sum(map(len, cells)):  # one long row among many short ones
            self._add("\n".join(" | ".join(row) for row in cells))
            return
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in cells]
        if lines:
            self._add("\n".join([lines[0], "|" + " --- |" * width, *lines[1:]]))

    def code(self, text: str, language: str = "") -> None:
        """Code with its whitespace. The fence is longer than any in it."""
        body = text.strip("\n").rstrip()
        if not self._marked or not body:
            self._add(body)
            return
        fence = _FENCE
        while fence in body:
            fence += "`"
        self._add(f"{fence}{one_line(language)}\n{body}\n{fence}")

    def maths(self, latex: str) -> None:
        """A displayed formula in LaTeX."""
        body = latex.strip()
        self._add(f"$$\n{body}\n$$" if body else "")

    def note_mark(self, label: str) -> str:
        """What stands in a text where a footnote of this label belongs."""
        return f"[^{label}]" if self._marked else f"[{label}]"

    def note(self, label: str, text: str) -> None:
        """A footnote, told apart from the text by the mark that stands there."""
        body = text.strip()
        self._add(f"{self.note_mark(label)}{':' if self._marked else ''} {body}" if body else "")

    def text(self) -> str:
        """All blocks: items of one list in lines below each other, all else with an empty line between."""
        return "".join(self._blocks)

    def _quoted(self, text: str, depth: int) -> str:
        if not depth or not self._marked or not text.strip():
            return text
        return "\n".join(f"{'> ' * min(depth, _DEEPEST_INDENT)}{line}".rstrip() for line in text.split("\n"))

    def _add(self, block: str, *, item: bool = False) -> None:
        if not block.strip():
            return
        if self._blocks:
            self._blocks.append("\n" if item and self._after_item else "\n\n")
        self._blocks.append(block)
        self._after_item = item


def one_line(text: str) -> str:
    """A text with every run of whitespace as one space."""
    return " ".join(text.split())
