"""Text of a page by our own reader and model of main content: one pass over its bytes, no tree of objects."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.clean._extractor_model import ExtractorModel, read, shipped
from gristmill.clean._furniture import COMMENTS, furniture
from gristmill.clean._main_content import chosen
from gristmill.clean._metadata import Head, described, read_head
from gristmill.clean._page import Engine, Page, Settings
from gristmill.clean._page_arrays import PageArrays, Reader
from gristmill.clean._page_text import page_text
from gristmill.text.html_layout import END, HIDDEN, HOLDER, START, STATE

_FEWEST_CHARACTERS = 200
"""A page with less text than this is no better than what it says of itself in its head."""


def engine(settings: Settings) -> Engine:
    """An engine with these settings; InputError where the model cannot be used."""
    return _Engine(settings, read(settings.model) if settings.model else shipped())


class _Engine:
    """Reads one page after the other into the same room."""

    def __init__(self, settings: Settings, model: ExtractorModel) -> None:
        self._settings, self._model = settings, model
        self._reader = Reader()

    def __call__(self, html: str) -> Page:
        page = html.encode("utf-8", "replace")
        arrays = self._reader.read(page)
        head = read_head(page)
        taken = self._taken(arrays)
        text = page_text(arrays, page, taken, self._settings.output, self._settings.links)
        if self._settings.main_content and not text:
            text = _fallback(arrays, head)
        return described(Page(text, arrays.title_text()), head)

    def _taken(self, arrays: PageArrays) -> npt.NDArray[np.int64]:
        if self._settings.main_content:
            taken = chosen(arrays, self._model.shares(arrays), self._settings.favor)
        else:
            taken = np.flatnonzero(arrays.elements[arrays.blocks[:, HOLDER], STATE] & HIDDEN == 0)
        return taken if self._settings.comments else taken[~furniture(arrays, COMMENTS)[taken]]


def _fallback(arrays: PageArrays, head: Head) -> str:
    """What a page that shows no text says of its content elsewhere: the article of its JSON-LD, or its description."""
    shown = int((arrays.blocks[:, END] - arrays.blocks[:, START]).sum())
    return "" if shown >= _FEWEST_CHARACTERS else head.instead_of_text()
