"""What inputs by index share: stretches of an index read line by line, and the pages that they name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from gristmill.collect import _zipnum
from gristmill.collect._archive import Record, Unreadable
from gristmill.collect._archived_pages import Page
from gristmill.collect._cdx import MAX_LINE, Entry, legend, parse
from gristmill.collect._cdx_query import ANOTHER_PLACE, Query
from gristmill.collect._compressed import blocks, compressed
from gristmill.collect._files import opened
from gristmill.collect._indexed_records import WINDOW_BYTES, WINDOW_LINES, Fetching
from gristmill.collect._lines import lines
from gristmill.collect._ranges import UnreadError, file_at, stretch
from gristmill.collect.jsonl import unit_lines
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import Chunk, ChunkBuilder

_IN_RUN = 24
"""Bits of a position that number the lines in a run of blocks; the others say where the run begins."""

_RUN, _PART = "run of ", "part of "

_PAGE_BYTES, _PLAIN_LINE, _PACKED_LINE, _FEWEST_LINES = 8 << 10, 300, 60, 16
"""What a page and a line weigh, about; lines in a piece for a sample at least."""


class Asked(NamedTuple):
    """A line of an index: where it is, how much of the index is read then, and its entry.

    Without an entry, `left` says what the line is counted as, or `error` why it cannot be read.
    """

    position: int
    raw: int
    entry: Entry | None = None
    left: str = ""
    error: str = ""


class IndexedPages(Query):
    """An input of pages that an index names."""

    def pages_of(self, unit: Unit, archives: str, skip: int) -> Iterator[Chunk]:
        """The pages that a stretch of an index names, out of archives below a folder or url."""
        builder = ChunkBuilder(unit.members[0].source, payload=True, skip=skip)
        fetching = Fetching(archives, self.at_once, self.max_record_bytes)
        try:
            for window in self._windows(unit):
                records = [one for one in window if not one.left]
                yield from self._chunks(builder, fetching, window, [one.entry for one in records[skip:] if one.entry])
                skip = max(skip - len(records), 0)
        finally:
            fetching.close()
        yield from builder.rest(unit.size)

    def _chunks(
        self, builder: ChunkBuilder, fetching: Fetching, window: list[Asked], entries: list[Entry]
    ) -> Iterator[Chunk]:
        """The records of a window. `entries` are those that were not handed over earlier."""
        answers = iter(fetching.fetched(entries))
        for one in window:
            if one.left:
                builder.skip(one.left)
                continue
            if builder.passes(one.raw):
                continue
            page = one.error if one.entry is None else self._page(next(answers))
            if builder.full:
                yield builder.cut(one.raw)
            if isinstance(page, Page) and one.entry is not None:
                self.add(builder, page, one.position, _told(one.entry))
            else:
                builder.problem(one.position, str(page))

    def _page(self, answer: Record | str) -> Page | str:
        found = self.wanted(answer) if isinstance(answer, Record) else answer
        if isinstance(found, Unreadable):
            return found.error
        if isinstance(found, str) and found is not answer:
            return f"the index names a page, and the archive has none there ({found})"
        return found

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        """As of every input; but a line stands for a page that is fetched, so that few of them are enough."""
        lines_each = max(size // _PAGE_BYTES, _FEWEST_LINES)
        member = unit.members[0]
        if is_run(unit):
            least = min(lines_each * _PACKED_LINE, member.size)
            return [Unit((replace(member, size=least, identity=_PART + member.identity),), unit.start)]
        with opened(member, checked=False) as file:
            packed = compressed(file.read(8))
        if packed:  # its lines are counted, and `stop` is in lines
            return [Unit((replace(member, size=min(lines_each * _PACKED_LINE, member.size)),), 0, lines_each)]
        each = lines_each * _PLAIN_LINE
        if unit.size <= count * each:
            return [unit]
        starts = [unit.start + (2 * at + 1) * unit.size // (2 * count) - each // 2 for at in range(count)]
        return [Unit((replace(member, size=each),), start, start + each) for start in starts]

    def _windows(self, unit: Unit) -> Iterator[list[Asked]]:
        window: list[Asked] = []
        size = 0
        for one in self.asked(unit):
            window.append(one)
            size += min(one.entry.length, self.max_record_bytes) if one.entry else 0
            if size >= WINDOW_BYTES or len(window) >= WINDOW_LINES:
                yield window
                window, size = [], 0
        yield window

    def asked(self, unit: Unit) -> Iterator[Asked]:
        """Every line of a stretch of an index."""
        if is_run(unit):
            ends = unit.members[0].identity.startswith(_PART)  # within a block, which is no fault then
            for number, raw, line in lines(blocks(io.BytesIO(_run(unit))), MAX_LINE, numbered=True):
                if ends and (isinstance(line, str) or not line.endswith(b"}")):
                    return
                yield self._asked((unit.start << _IN_RUN) + number, raw, line, None)
            return
        with opened(unit.members[0]) as file:
            fields = _legend(file)
            for position, raw, line in unit_lines(file, unit, MAX_LINE):
                if isinstance(line, bytes) and (line[:1] == b"!" or (not position and legend(line) is not None)):
                    continue
                yield self._asked(position, raw - unit.start, line, fields)

    def _asked(self, position: int, raw: int, line: bytes | str, fields: tuple[str, ...] | None) -> Asked:
        if isinstance(line, bytes) and fields is None and self.passes_by(line):
            return Asked(position, raw, left=ANOTHER_PLACE)
        entry = parse(line, fields) if isinstance(line, bytes) else line
        if isinstance(entry, str):
            return Asked(position, raw, error=entry)
        left = self.why_not(entry)
        return Asked(position, raw, left=left) if left else Asked(position, raw, entry)


def _told(entry: Entry) -> dict[str, str | int]:
    told: dict[str, str | int] = {"warc_file": entry.filename, "warc_offset": entry.offset}
    return told | ({"index_languages": entry.languages} if entry.languages else {})


def _legend(file: BinaryIO) -> tuple[str, ...] | None:
    """The fields that an index of its own making names in its first line."""
    first = next(blocks(file), None)
    file.seek(0)
    return legend(first.data[:400].partition(b"\n")[0]) if first else None


def run_units(cluster: Member, keys: tuple[str, ...]) -> Iterator[Unit]:
    """The stretches of a ZipNum index that hold some keys, as units.

    They do not read the cluster.idx again, so that it is held against its checksum here, before it is believed.
    """
    if cluster.checksum:
        with opened(cluster):
            pass
    for run in _zipnum.runs(cluster.path, keys):
        source, path = (_zipnum.beside(whole, run.file) for whole in (cluster.source, cluster.path))
        yield Unit((Member(source, path, run.stop - run.start, _RUN + cluster.identity),), run.start, run.stop)


def is_run(unit: Unit) -> bool:
    """Whether a unit is blocks of a ZipNum index; its identity is then that of the cluster.idx."""
    return unit.members[0].identity.removeprefix(_PART).startswith(_RUN)


def _run(unit: Unit) -> bytes:
    (part,) = unit.members
    if file_at(_zipnum.beside(part.path, _zipnum.NAME)).identity != part.identity.removeprefix(_PART).removeprefix(
        _RUN
    ):
        raise InputError(part.source, "the index was changed after the build was planned; start the build again")
    try:
        return stretch(part.path, unit.start, part.size)
    except UnreadError as error:
        raise InputError(part.source, str(error)) from error
