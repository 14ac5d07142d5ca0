"""JSON Lines: one object a line, plain or compressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import BinaryIO

import orjson

from gristmill.collect._columns import ColumnReader, Fields
from gristmill.collect._compressed import BLOCK, Block, blocks, compressed, with_compression
from gristmill.collect._files import opened
from gristmill.collect._json_lines import JsonLines
from gristmill.collect._lines import Line, lines
from gristmill.collect._record_columns import RecordColumns
from gristmill.collect._stretches import stretches
from gristmill.contracts.reader import Member, Unit
from gristmill.records.chunk import Chunk

UNIT_BYTES = 64 << 20
_HEAD = 16
_SAMPLE = b'{"text": "a", "more": [1, {"b": "c"}]}\n'


class Jsonl(ColumnReader):
    """JSON Lines files. A big plain file is cut into byte ranges; a line belongs to the range it begins in.

    A record's position is its byte offset, or in a compressed file the number of lines before it.
    """

    suffixes = (*with_compression(".jsonl", ".ndjson"), ".json.gz", ".json.zst")

    @classmethod
    def ready(cls) -> None:
        columns = RecordColumns("ready", ("text", "id", "url", "time"))
        lines = JsonLines(columns, lambda _: "", UNIT_BYTES)
        list(lines.chunks(stretches([Block(_SAMPLE, len(_SAMPLE))], UNIT_BYTES)))
        list(columns.rest(0))

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        return [unit for member in files for unit in line_units(member)]

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        member = unit.members[0]
        if unit.size <= count * size:
            return [unit]
        with opened(member) as file:
            if compressed(file.read(_HEAD)):
                return [unit]
        # Each in the middle of its share of the unit.
        starts = [unit.start + (2 * at + 1) * unit.size // (2 * count) - size // 2 for at in range(count)]
        part = replace(member, size=size)
        return [Unit((part,), start, start + size) for start in starts]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        names = (self.text, self.id, self.url, self.time)
        with opened(member) as file:
            if len(set(names)) < len(names) or "." in self.text:
                found = unit_lines(file, unit, self.max_record_bytes)
                rows = ((position, raw - unit.start, line) for position, raw, line in found)
                yield from self.chunks(rows, self._fields, member.source, member.size, skip)
                return
            columns = RecordColumns(member.source, names, skip=skip)
            start, numbered, content = unit_blocks(file, unit)
            lines = JsonLines(
                columns,
                self._fields,
                self.max_record_bytes,
                start=start,
                stop=unit.stop,
                origin=unit.start,
                numbered=numbered,
            )
            yield from lines.chunks(stretches(content, self.max_record_bytes))
            yield from columns.rest(member.size)

    def _fields(self, line: bytes) -> Fields | str:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return why_no_json(line, error)
        return self.fields(row) if isinstance(row, dict) else "the line is JSON, but not an object"


def why_no_json(line: bytes, error: orjson.JSONDecodeError) -> str:
    """Why a line could not be read, in a sentence."""
    try:
        line.decode()
    except UnicodeDecodeError as wrong:
        return f"the line is not UTF-8 (byte {wrong.start} of it)"
    return f"the line is not JSON: {error.msg} (character {error.pos} of it)"


def line_units(member: Member) -> list[Unit]:
    """A file of lines as units: a big plain one is cut into byte ranges."""
    if member.size <= UNIT_BYTES or member.checksum:
        return [Unit((member,))]
    with opened(member) as file:
        if compressed(file.read(_HEAD)):
            return [Unit((member,))]
    cuts = [*range(0, member.size, UNIT_BYTES), member.size]
    return [Unit((replace(member, size=stop - start),), start, stop) for start, stop in pairwise(cuts)]


def unit_lines(file: BinaryIO, unit: Unit, limit: int) -> Iterator[Line]:
    """The lines that belong to a unit."""
    start, numbered, content = unit_blocks(file, unit)
    yield from lines(content, limit, start=start, stop=unit.stop, numbered=numbered)


def unit_blocks(file: BinaryIO, unit: Unit) -> tuple[int, bool, Iterator[Block]]:
    """Where the first line stands that belongs to a unit, whether lines are counted, and the blocks from there on."""
    if not unit.start:
        head = file.read(_HEAD)
        file.seek(0)
        return 0, compressed(head), blocks(file)
    # From one byte before on, the end of the line that the unit before ours has.
    file.seek(unit.start - 1)
    plain = _plain_blocks(file)
    start = unit.start - 1
    for block in plain:
        size = block.data.find(b"\n") + 1
        if size:
            return start + size, False, chain((block._replace(data=block.data[size:]),), plain)
        start += len(block.data)
    return start, False, plain


def _plain_blocks(file: BinaryIO) -> Iterator[Block]:
    while data := file.read(BLOCK):
        yield Block(data, file.tell())
