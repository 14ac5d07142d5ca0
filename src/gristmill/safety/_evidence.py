"""Short pieces of what was found, fit to be printed: evidence in the ledger."""

from __future__ import annotations

from gristmill.text.flat import Bytes

LONGEST = 80  # characters of one piece


def excerpt(data: Bytes, start: int, stop: int, most: int = LONGEST) -> str:
    """The beginning of `data[start:stop]`, UTF-8 or not, on one line."""
    raw = data[start : min(stop, start + 4 * most + 4)].tobytes()
    cut = stop - start > len(raw)
    return printable(raw.decode("utf-8", "replace"), most, cut)


def printable(text: str, most: int = LONGEST, cut: bool = False) -> str:
    """Shortened to `most` characters and an ellipsis, white space made one space, the unprintable U+FFFD."""
    short = " ".join(text[: 4 * most].split())
    if len(short) > most or len(text) > 4 * most or cut:
        short = f"{short[:most]}…"
    return "".join(c if c.isprintable() and not _selects(c) else "\ufffd" for c in short)


def _selects(char: str) -> bool:
    """Variation selectors count as printable, and can hide a message."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
