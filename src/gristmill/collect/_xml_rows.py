"""Files of XML that are one `<row .../>` a line, as Stack Exchange publishes its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from gristmill.collect._compressed import Block
from gristmill.collect._lines import lines

Fields = dict[str, str]
"""The attributes of a row."""


class Row(NamedTuple):
    """A row, where its line stands (its number in a compressed file), and how many raw bytes were read with it."""

    position: int
    raw: int
    fields: Fields | str  # or a sentence why it cannot be read


def rows(blocks: Iterator[Block], limit: int, *, numbered: bool) -> Iterator[Row]:
    """Every row in order."""
    for position, raw, line in lines(blocks, limit, numbered=numbered):
        if isinstance(line, str):
            yield Row(position, raw, line)
        elif line.lstrip().startswith(b"<row"):
            yield Row(position, raw, parsed(line))


def parsed(line: bytes) -> Fields | str:
    """The attributes of a row, or a sentence. By itself a row has no declarations, so there is nothing to expand."""
    found: list[Fields] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    try:
        parser.Parse(line.strip(), True)
    except expat.ExpatError as error:
        return f"the row is no XML: {expat.errors.messages[error.code]}"
    return found[0]
