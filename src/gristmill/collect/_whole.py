"""A file as one record: its whole content, within a bound."""

from __future__ import annotations

from typing import BinaryIO

from gristmill.collect._compressed import blocks


def whole(file: BinaryIO, limit: int) -> bytes | str:
    """All that is in a file, decompressed, or a sentence why it cannot be taken as one record."""
    parts = []
    size = 0
    for block in blocks(file):
        if block.damage:
            return block.damage
        size += len(block.data)
        if size > limit:
            return f"the file is longer than max_record_bytes ({limit} bytes)"
        parts.append(block.data)
    return b"".join(parts)
