"""Blocks of bytes as lines, bounded in memory however long a line is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gristmill.collect._compressed import Block

BOM = b"\xef\xbb\xbf"

Line = tuple[int, int, bytes | str]
"""Position, raw bytes of the file read so far, and the line without its end, or a sentence why it was not read."""


def lines(
    blocks: Iterable[Block],
    limit: int,
    *,
    start: int = 0,
    stop: int | None = None,
    numbered: bool = False,
    blank: bool = False,
) -> Iterator[Line]:
    """The lines that begin before `stop`; blank ones are left out unless `blank`.

    `start` is where the blocks begin in the file. Positions are byte offsets, or counted lines where `numbered`.
    A line beyond `limit` bytes is a sentence, and so is damage, which ends the lines.
    """
    offset = start
    for number, (size, raw, line) in enumerate(_pieces(blocks, limit)):
        position = number if numbered else offset
        if stop is not None and position >= stop:
            return
        offset += size
        if isinstance(line, bytes) and not blank and (not line or line.isspace()):
            continue
        if not position and isinstance(line, bytes):
            line = line.removeprefix(BOM)
        yield position, raw if numbered else offset, line


def _pieces(blocks: Iterable[Block], limit: int) -> Iterator[tuple[int, int, bytes | str]]:
    """Bytes with the line's end, raw bytes so far, and the line or a sentence."""
    held: list[bytes] = []
    held_size = raw = 0
    too_long = f"the line is longer than max_record_bytes ({limit} bytes)"
    for block in blocks:
        raw = block.raw
        if block.damage:
            yield held_size, raw, f"{block.damage}; the rest of the file is lost"
            return
        pieces = block.data.split(b"\n")
        tail = pieces.pop()
        if pieces and held_size:
            size = held_size + len(pieces[0])
            whole = b"".join((*held, pieces[0])) if size <= limit else too_long
            yield size + 1, raw, whole
            del pieces[0]
            held, held_size = [], 0
        for piece in pieces:
            yield len(piece) + 1, raw, piece if len(piece) <= limit else too_long
        held_size += len(tail)
        if held_size <= limit:
            held.append(tail)
        else:
            held.clear()
    if held_size:
        yield held_size, raw, b"".join(held) if held_size <= limit else too_long
