"""Rows of separated values out of lines, in linear time and bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gristmill.collect._lines import Line

Row = list[str] | str
"""The fields of a row, or a sentence why it cannot be read."""


def rows(every: Iterable[Line], delimiter: str, quote: str | None, limit: int) -> Iterator[tuple[int, Row]]:
    """Raw bytes read so far and each row. Blank lines between rows are left out; a quoted field may span lines."""
    row = _Open(delimiter, quote)
    size = raw = 0
    for _, raw, line in every:
        if isinstance(line, str):
            yield raw, line
            row, size = _Open(delimiter, quote), 0
            continue
        size += len(line) + 1
        if size > limit:
            yield raw, f"the row is longer than max_record_bytes ({limit} bytes); is a quote left open?"
            row, size = _Open(delimiter, quote), 0
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            # The next line may be the rest of this row; it then has too few fields and says so itself.
            yield raw, f"the row is not UTF-8 (byte {error.start} of its line)"
            row, size = _Open(delimiter, quote), 0
            continue
        if not row.started and not text.strip("\r"):
            size = 0
            continue
        if row.take(text):
            yield raw, row.fields
            row, size = _Open(delimiter, quote), 0
    if row.started:
        yield raw, "the file ends inside a quoted field"


class _Open:
    """A row that more lines may belong to."""

    def __init__(self, delimiter: str, quote: str | None) -> None:
        self._delimiter = delimiter
        self._quote = quote
        self._parts: list[str] | None = None
        self.fields: list[str] = []
        self.started = False

    def take(self, line: str) -> bool:
        """Add a line; True where the row is then whole."""
        self.started = True
        quote = self._quote
        if self._parts is None and (quote is None or quote not in line):
            self.fields += line.removesuffix("\r").split(self._delimiter)
            return True
        at = 0
        while at <= len(line):
            if quote and self._parts is not None:
                at = self._quoted(line, at, quote, self._parts)
                if self._parts is not None:
                    return False
            elif quote and line.startswith(quote, at):
                self._parts = []
                at += 1
            else:
                at = self._plain(line, at, [])
        return True

    def _plain(self, line: str, at: int, before: list[str]) -> int:
        """Take a field up to the next delimiter; returns where the next field begins."""
        end = line.find(self._delimiter, at)
        rest = line[at:].removesuffix("\r") if end < 0 else line[at:end]
        self.fields.append("".join((*before, rest)))
        return len(line) + 1 if end < 0 else end + 1

    def _quoted(self, line: str, at: int, quote: str, parts: list[str]) -> int:
        """Go on in a quoted field; where it ends in this line, returns where the next field begins."""
        while (end := line.find(quote, at)) >= 0:
            parts.append(line[at:end])
            at = end + 1
            if not line.startswith(quote, at):
                self._parts = None
                # What follows the closing quote belongs to the field, as other readers have it.
                return self._plain(line, at, parts)
            parts.append(quote)
            at += 1
        parts.append(line[at:] + "\n")
        return len(line) + 1
