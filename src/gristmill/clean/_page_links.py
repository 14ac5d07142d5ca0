"""Links within the blocks of a page, written as Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from gristmill.clean._page_arrays import PageArrays
from gristmill.text.html_layout import END, SHOWN, SHOWN_END, START, TAG, VALUE, VALUE_END
from gristmill.text.html_names import NUMBERS

_LONGEST = 2000
"""Characters of an address; a longer one carries data and leads nowhere."""

_SCHEMES = ("http", "https", "mailto", "ftp")
_SCHEME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.")
_ESCAPED = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"})


def linked(arrays: PageArrays, page: bytes, taken: npt.NDArray[np.int64]) -> list[str]:
    """The text of each block `taken` with its links as `[text](address)`, addresses as they stand on the page.

    A link around several blocks is written in the first. One within the page, or to a script, is text and no more.
    """
    whole = arrays.out.tobytes()
    elements = arrays.elements
    kept = (elements[:, TAG] == NUMBERS["a"]) & (elements[:, VALUE_END] > elements[:, VALUE])
    links = elements[np.flatnonzero(kept)][:, [SHOWN, SHOWN_END, VALUE, VALUE_END]]
    bounds = arrays.blocks[taken][:, [START, END]]
    firsts = np.searchsorted(links[:, 0], bounds[:, 0]).tolist()
    lasts = np.searchsorted(links[:, 0], bounds[:, 1]).tolist()
    return [
        _block(whole, page, start, end, links[first:last].tolist())
        for (start, end), first, last in zip(bounds.tolist(), firsts, lasts, strict=True)
    ]


def _block(whole: bytes, page: bytes, start: int, end: int, links: Iterable[list[int]]) -> str:
    pieces: list[str] = []
    at = start
    for begin, stop, value, value_end in links:
        begin, stop = max(begin, at), min(stop, end)
        shown = whole[begin:stop].decode("utf-8", "replace")
        address = _address(page[value:value_end].decode("utf-8", "replace"))
        text = shown.strip()
        if not text or address is None or "\n" in text:
            continue
        lead = shown[: len(shown) - len(shown.lstrip())]
        pieces.append(whole[at:begin].decode("utf-8", "replace") + lead)
        pieces.append(f"[{text}]({address}){shown[len(shown.rstrip()) :]}")
        at = stop
    return "".join(pieces) + whole[at:end].decode("utf-8", "replace")


def _address(stated: str) -> str | None:
    """An address of a link in Markdown; None where it leads to no page."""
    address = "".join(char for char in html.unescape(stated).strip() if char.isprintable())
    scheme, colon, _ = address.lower().partition(":")
    if colon and scheme not in _SCHEMES and _SCHEME_LETTERS.issuperset(scheme):
        return None
    if not address or address.startswith("#") or len(address) > _LONGEST:
        return None
    return address.translate(_ESCAPED)
