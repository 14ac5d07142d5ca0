"""HTML of mails, posts and feeds as prose: what people wrote, without navigation to tell it from.

For web pages there is `extract`, which looks for the main content. Here all is content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gristmill.collect._markup import Tag, tokens
from gristmill.records.prose import Form, Prose, one_line

_BLOCKS = frozenset(
    """
    address article aside body caption center dd details div dl dt fieldset figcaption figure footer form header hr html
    main nav p section summary table tbody td tfoot th thead tr
    """.split()  # noqa: SIM905
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_UNSEEN = frozenset(("script", "style", "template", "svg", "select", "title", "noembed", "noframes", "iframe"))
_MAX_DEPTH = 12
"""Lists and quotes within each other that are still told apart."""


@dataclass(slots=True)
class _List:
    number: int | None  # of the next item, None where they have none
    fresh: bool = False  # an item has begun and nothing of it is written


def html_text(
    html: str, form: Form = "text", *, left_out: Callable[[Tag], bool] | None = None, quote_marks: bool = False
) -> str:
    """The text of a page or fragment. Elements that `left_out` names go with all that is in them.

    With `quote_marks` lines of a quote begin with `>` in plain text too, as in mails.
    """
    writer = _Writer(form, quote_marks)
    hidden: tuple[str, int] | None = None
    for token in tokens(html):
        if isinstance(token, str):
            if hidden is None:
                writer.text(token)
            continue
        if hidden is not None:
            name, count = hidden
            if token.name == name:
                count += -1 if token.closing else 1
                hidden = (name, count) if count else None
        elif not token.closing and (token.name in _UNSEEN or (left_out is not None and left_out(token))):
            writer.end()
            hidden = (token.name, 1)
        elif token.closing:
            writer.close(token.name)
        else:
            writer.open(token)
    return writer.finished()


class _Writer:
    def __init__(self, form: Form, quote_marks: bool) -> None:
        self._prose = Prose(form)
        self._markdown = form == "markdown"
        self._quote_marks = quote_marks and not self._markdown
        self._inline: list[str] = []
        self._lists: list[_List] = []
        self._quotes = 0
        self._pre = 0
        self._rows: list[list[str]] | None = None

    def text(self, text: str) -> None:
        self._inline.append(text if self._pre else text.replace("\n", " "))

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            self._inline.append("\n")
        elif name == "code" and self._markdown and not self._pre:
            self._inline.append("`")
        elif name == "pre":
            self.end()
            self._pre += 1
        elif name == "blockquote":
            self.end()
            self._quotes += 1
        elif name in _LISTS:
            self.end()
            self._lists.append(_List(1 if name == "ol" else None))
        elif name == "li":
            self.end()
            if self._lists:
                self._lists[-1].fresh = True
        elif name in ("td", "th"):
            self._cell()
            if name == "th" and self._rows is None:
                self._rows = [[]]
        elif name == "tr":
            self._row()
        elif name == "table":
            self._end_table()
        elif name in _BLOCKS or name in _HEADINGS:
            self.end()

    def close(self, name: str) -> None:
        if name == "code" and self._markdown and not self._pre:
            self._inline.append("`")
        elif name == "pre":
            if self._pre:
                self._pre -= 1
                self._code()
        elif name == "blockquote":
            self.end()
            self._quotes = max(self._quotes - 1, 0)
        elif name in _LISTS:
            self.end()
            if self._lists:
                self._lists.pop()
        elif name in _HEADINGS:
            self._prose.heading(_HEADINGS[name], self._taken())
        elif name in ("td", "th"):
            self._cell()
        elif name == "table":
            self._end_table()
        elif name in _BLOCKS or name == "li":
            self.end()

    def finished(self) -> str:
        if self._pre:
            self._pre = 0
            self._code()
        self._end_table()
        self.end()
        return self._prose.text()

    def end(self) -> None:
        """End the block that is open, where there is one."""
        if self._pre or self._rows is not None:
            if self._rows is not None:
                self._inline.append(" ")
            return
        text = self._taken()
        if not text:
            return
        quoted = min(self._quotes, _MAX_DEPTH)
        if self._quote_marks and quoted:
            text, quoted = "\n".join(f"{'> ' * quoted}{line}" for line in text.split("\n")), 0
        own = self._lists[-1] if self._lists else None
        if own is None or not own.fresh:
            self._prose.paragraph(text, quoted)
            return
        self._prose.item(text, min(len(self._lists) - 1, _MAX_DEPTH), own.number, quoted)
        own.fresh = False
        if own.number is not None:
            own.number += 1

    def _taken(self) -> str:
        raw = "".join(self._inline)
        self._inline = []
        lines = [one_line(line) for line in raw.split("\n")]
        text = "\n".join(lines).strip()
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return text

    def _code(self) -> None:
        raw = "".join(self._inline).replace("\r\n", "\n")
        self._inline = []
        if self._rows is not None:
            self._inline.append(f" {one_line(raw)} ")
        elif self._quote_marks and self._quotes:
            self._prose.paragraph("\n".join(f"{'> ' * self._quotes}{line}" for line in raw.strip("\n").split("\n")))
        else:
            self._prose.code(raw)

    # Tables: one with a head is data; without one it only arranges what is in it.

    def _cell(self) -> None:
        if self._rows is None:
            self.end()
        elif text := one_line("".join(self._inline)):
            self._rows[-1].append(text)
            self._inline = []

    def _row(self) -> None:
        if self._rows is None:
            self.end()
        else:
            self._cell()
            self._rows.append([])

    def _end_table(self) -> None:
        if self._rows is None:
            self.end()
            return
        self._cell()
        rows, self._rows = self._rows, None
        self._prose.table(row for row in rows if row)
        self._inline = []
