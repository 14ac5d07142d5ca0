"""Texts in an encoding that is named or found out."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from gristmill.collect._compressed import Block
from gristmill.records.encoding import Decoded, codec, decoded

AUTO = "auto"

_WIDE = ("utf-16", "utf-32")


def known(encoding: str) -> str:
    """The name of an encoding in a recipe; a ValueError where there is none of that name."""
    if encoding != AUTO and codec(encoding) is None:
        raise ValueError(f"there is no encoding called {encoding!r}; auto, utf-8, shift_jis, koi8-r ... are known")
    return encoding


def text_of(data: bytes, encoding: str) -> Decoded | str:
    """The text, or a sentence why there is none. A guess never loses a text: what cannot be decoded becomes U+FFFD."""
    if encoding == AUTO:
        found = decoded(data)
        if "\0" in found.text and b"\0" in data and not found.encoding.startswith(_WIDE) and found.encoding != "utf-8":
            return "this is no text: it holds NUL bytes and looks like no encoding"
        return found
    name = codec(encoding) or encoding
    try:
        return Decoded(data.decode(name).removeprefix("\ufeff"), name)
    except UnicodeDecodeError as error:
        shown = "UTF-8" if name == "utf-8" else encoding
        return f"the text is not {shown} (byte {error.start} of it)"


def transcoded(blocks: Iterator[Block], encoding: str) -> Iterator[Block]:
    """Blocks of a text in another encoding as blocks of UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first = True
    raw = 0
    for block in blocks:
        raw = block.raw
        text = decoder.decode(block.data)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        yield block._replace(data=text.encode("utf-8", "replace"))
    yield Block(decoder.decode(b"", True).encode("utf-8", "replace"), raw)
