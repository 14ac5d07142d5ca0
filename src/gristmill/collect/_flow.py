"""Text as it comes in the order of a file, gathered into paragraphs, items, headings and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from gristmill.collect._folding import folded
from gristmill.records.prose import Form, Prose

MAX_DEPTH = 12
"""Lists within each other that are indented further."""


@dataclass(slots=True)
class _Item:
    """An item of a list that is open: what is in it so far, and whether its beginning was written."""

    number: int | None
    blocks: list[str] = field(default_factory=list)
    written: bool = False


@dataclass(slots=True)
class _List:
    next_number: int | None
    item: _Item | None = None


class Flow:
    """Takes inline text as it is found, ends blocks where it is told to, and writes them with a `Prose`.

    White space is folded as browsers do it: a run of it is one space, and none between letters of scripts that have
    no spaces. Soft hyphens go.
    """

    def __init__(self, form: Form, *, notes: bool = True) -> None:
        self.form: Form = form
        self.prose = Prose(form)
        self._marks = Prose(form)
        self._keep_notes = notes
        self._notes: list[tuple[str, str]] = []
        self._inline: list[str] = []
        self._lines: list[str] = []
        self._lists: list[_List] = []
        self._quotes = 0
        self._asides = 0
        self.headings = 0
        self.has_body = False

    @property
    def nested(self) -> bool:
        """Whether a list, quote or cell is open."""
        return bool(self._lists or self._quotes or self._asides)

    # Inline

    def put(self, text: str | None) -> None:
        if text:
            self._inline.append(text)

    def line_break(self) -> None:
        self._lines.append(folded("".join(self._inline)).strip())
        self._inline = []

    def glue(self) -> None:
        """What comes next follows without a space: a word goes on."""
        if self._inline:
            self._inline[-1] = self._inline[-1].rstrip()

    def mark(self, label: str) -> None:
        """The mark of a footnote."""
        if self._keep_notes:
            self.put(self._marks.note_mark(folded(label)))

    def taken(self) -> str:
        """The inline text since the last block, which is thereby ended."""
        if not self._inline and not self._lines:
            return ""
        self.line_break()
        lines, self._lines = self._lines, []
        # Of blank lines in a row one stays.
        kept = (line for at, line in enumerate(lines) if line or (at and lines[at - 1]))
        return "\n".join(kept).strip("\n")

    def taken_raw(self) -> str:
        """The inline text since the last block with its white space as it is."""
        lines = [*self._lines, "".join(self._inline)]
        self._lines, self._inline = [], []
        return "\n".join(lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is no inline text since the last block."""
        return not any(map(str.strip, self._lines)) and not any(map(str.strip, self._inline))

    # Blocks

    def end_block(self) -> None:
        """End a paragraph, where there is one."""
        text = self.taken()
        if not text.strip():
            return
        self.has_body = True
        item = self._item()
        if item is None or item.written:
            self.prose.paragraph(text, self._quotes)
        else:
            item.blocks.append(text)

    def end_quoted(self) -> None:
        """What was put since the last block is a quote."""
        self._quotes += 1
        self.end_block()
        self._quotes -= 1

    def end_heading(self, level: int, label: str = "") -> None:
        """What was put since the last block is a heading, with the number that is printed before it."""
        text = self.taken()
        text = f"{label} {text}" if label and text else text
        self._write_item()
        self.headings += bool(text)
        self.prose.heading(level, text)

    def end_item(self, depth: int, number: int | None = None) -> None:
        """What was put since the last block is an item within so many lists, for files whose lists are no elements."""
        text = self.taken()
        self._write_item()
        self.has_body = self.has_body or bool(text)
        self.prose.item(text, min(depth, MAX_DEPTH), number, self._quotes)

    def code(self, text: str, language: str = "") -> None:
        self.end_block()
        self._write_item()
        self.has_body = True
        self.prose.code(text, language)

    def maths(self, latex: str) -> None:
        """A displayed formula."""
        self.end_block()
        self._write_item()
        self.has_body = True
        self.prose.maths(latex)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table; one of a single column only arranges what is in it, and is written as paragraphs."""
        self.end_block()
        self._write_item()
        self.has_body = True
        if max(map(len, rows), default=0) > 1:
            self.prose.table(rows)
            return
        for row in rows:
            for cell in row:
                self.prose.paragraph(cell, self._quotes)

    def table_before(self, rows: Sequence[Sequence[str]]) -> None:
        """A table that stands before the text that was put since the last block."""
        held = self._inline, self._lines
        self._inline, self._lines = [], []
        self.table(rows)
        self._inline, self._lines = held

    def note(self, label: str, text: str) -> None:
        """A footnote, for the end."""
        if self._keep_notes:
            self._notes.append((folded(label), text))

    def note_here(self, label: str, text: str) -> None:
        """A footnote that stands where it is found, below its table."""
        self.end_block()
        self._write_item()
        if self._keep_notes:
            self.prose.note(folded(label), text)

    def end_notes(self) -> None:
        """Write the footnotes that were found so far."""
        self.end_block()
        for label, text in self._notes:
            self.prose.note(label, text)
        self._notes = []

    def finished(self) -> str:
        """All that was written, which begins anew thereafter."""
        self.end_notes()
        text = self.prose.text()
        self.prose = Prose(self.form)
        self.headings, self.has_body = 0, False
        return text

    # What holds blocks

    @contextmanager
    def quote(self) -> Iterator[None]:
        self.end_block()
        self._write_item()
        self._quotes += 1
        yield
        self.end_block()
        self._write_item()
        self._quotes -= 1

    @contextmanager
    def listing(self, first: int | None = None) -> Iterator[None]:
        """A list whose items are numbered from `first` on, or not at all."""
        self.end_block()
        self._write_item()
        self._lists.append(_List(first))
        yield
        self.end_block()
        self._write_item()
        self._lists.pop()

    @contextmanager
    def item(self, number: int | None = None) -> Iterator[None]:
        """An item of the innermost list; its own number goes before the one it would have."""
        self.end_block()
        own = self._lists[-1] if self._lists else None
        if own is None:
            yield
            self.end_block()
            return
        if own.next_number is not None:
            number = own.next_number if number is None else number
            own.next_number = number + 1
        outer, own.item = own.item, _Item(number if own.next_number is not None else None)
        yield
        self.end_block()
        self._write_item()
        own.item = outer

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """Blocks that stand apart (a cell, a footnote): their plain text is in the list when they are done."""
        found: list[str] = []
        held = self._inline, self._lines, self._lists, self._quotes, self.prose
        self._inline, self._lines, self._lists, self._quotes, self.prose = [], [], [], 0, Prose()
        self._asides += 1
        yield found
        self.end_block()
        found.append(self.prose.text())
        self._asides -= 1
        self._inline, self._lines, self._lists, self._quotes, self.prose = held

    def _item(self) -> _Item | None:
        return self._lists[-1].item if self._lists else None

    def _write_item(self) -> None:
        """Write what was gathered of the open item, before something else stands below it."""
        item = self._item()
        if item is not None and item.blocks:
            depth = min(sum(one.item is not None for one in self._lists) - 1, MAX_DEPTH)
            self.prose.item("\n".join(item.blocks), depth, item.number, self._quotes)
            item.written, item.blocks = True, []
