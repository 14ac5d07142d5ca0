"""Tables of separated values (CSV, TSV), plain or compressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile

from pydantic import Field

from gristmill.collect._columns import ColumnName, ColumnReader, Fields, distinct
from gristmill.collect._compressed import Block, blocks, with_compression
from gristmill.collect._files import opened
from gristmill.collect._lines import Line, lines
from gristmill.collect._separated import Row, rows
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import Chunk

_DEFAULT = {name: field.default for name, field in ColumnReader.model_fields.items()}


class Csv(ColumnReader):
    """Tables whose first line, or `columns`, names the columns. A record's position is the number of rows before it.

    Quotes are as in RFC 4180: a field that begins with one may hold delimiters, newlines and doubled quotes.
    """

    suffixes = with_compression(".csv", ".tsv")

    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="What parts the fields; a tab for .tsv files, else a comma."
    )
    quote: str | None = Field(
        '"', min_length=1, max_length=1, description="What fields are quoted with; null: nothing."
    )

    columns: tuple[ColumnName, ...] = Field((), description="The names of the columns, where no header line has them.")

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        for member in files:
            if member.size:
                with opened(member, checked=False) as file:
                    self._check(member, self._header(self._rows(_first(blocks(file), self.max_record_bytes), member)))
        return [Unit((member,)) for member in files]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        with opened(member) as file:
            table = self._rows(blocks(file), member)
            header = self._header(table)
            self._check(member, header)
            names = distinct(header) if header else []
            found = ((number, raw, row) for number, (raw, row) in enumerate(table))
            yield from self.chunks(found, partial(self._fields, names), member.source, member.size, skip)

    def _header(self, table: Iterator[tuple[int, Row]]) -> Row | None:
        """The names of the columns: those of the settings, else those of the first row; None of an empty file."""
        if self.columns:
            return list(self.columns)
        first = next(table, None)
        return None if first is None else first[1]

    def _rows(self, content: Iterable[Block], member: Member) -> Iterator[tuple[int, Row]]:
        tabs = ".tsv" in member.source.lower().rpartition("/")[2]
        delimiter = self.delimiter or ("\t" if tabs else ",")
        every: Iterable[Line] = lines(content, self.max_record_bytes, numbered=True, blank=True)
        return rows(every, delimiter, self.quote, self.max_record_bytes)

    def _fields(self, names: list[str], row: list[str]) -> Fields | str:
        if len(row) != len(names):
            return f"the row has {len(row)} fields, {'`columns`' if self.columns else 'the header'} {len(names)}"
        return self.fields(dict(zip(names, row, strict=True)))

    def _check(self, member: Member, names: Row | None) -> None:
        if names is None:
            return
        if isinstance(names, str):
            raise InputError(member.source, f"its header cannot be read: {names}")
        for setting in ("text", "id", "url", "time"):
            wanted = getattr(self, setting)
            if wanted not in names and (setting == "text" or wanted != _DEFAULT[setting]):
                raise InputError(
                    member.source, f"it has no column {wanted!r} (it has {', '.join(names)}); set `{setting}`"
                )


def _first(content: Iterable[Block], limit: int) -> Iterator[Block]:
    """Blocks enough for a header, or to see that there is none: what unpacks to terabytes is not gone through."""
    size = 0

    def wanted(block: Block) -> bool:
        nonlocal size
        size += len(block.data)
        return size - len(block.data) <= limit

    return takewhile(wanted, content)
