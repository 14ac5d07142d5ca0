"""From pages as found on the web to their text, with what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from gristmill.clean import _resiliparse, _trafilatura
from gristmill.clean._encoding import decode
from gristmill.clean._page import Engine, Page
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, RowStep, threshold
from gristmill.contracts.view import Rows, View
from gristmill.text.flat import flat
from gristmill.text.nesting import depth

ENGINES: Mapping[str, Callable[..., Engine]] = {
    "resiliparse": _resiliparse.engine,
    "trafilatura": _trafilatura.engine,
}
PLAIN = "text/plain"
LF, CRLF, CR = "\n", "\r\n", "\r"


class Extract(RowStep):
    """Turn the payload of each record into text, keeping paragraphs, lists, headings, code and tables readable.

    A record without payload keeps the text it has; a payload of type text/plain is decoded and no more.
    """

    version: ClassVar[int] = 1
    edits: ClassVar[bool] = True
    adds: ClassVar[Mapping[str, pa.DataType]] = {
        "title": pa.string(),
        "date": pa.string(),
        "declared_language": pa.string(),
    }

    engine: Literal["resiliparse", "trafilatura"] = Field(
        "resiliparse", description="What reads HTML: resiliparse is fast, trafilatura is an extra."
    )
    main_content: bool = Field(True, description="Leave out navigation, footers, advertisements and the like.")
    comments: bool = Field(True, description="Keep readers' comments with the main content.")
    max_bytes: int = Field(16 << 20, ge=1, description="A larger page is quarantined unread.")
    max_depth: int = Field(
        1000, ge=1, description="A page that nests div or article elements deeper is quarantined unread."
    )
    min_chars: int = threshold(1, ge=0, description="Texts with fewer characters go.")

    def libraries(self) -> tuple[str, ...]:
        return (self.engine,)

    def signals(self) -> tuple[Signal, ...]:
        return (Signal("chars", "count", "characters of the extracted text"),)

    def rules(self) -> tuple[Rule, ...]:
        return (Rule("empty", "chars", low=self.min_chars, option="min_chars"),)

    def edit(self, view: View) -> Edit:
        read = ENGINES[self.engine](main_content=self.main_content, comments=self.comments)
        payloads, texts, types = view.column("payload"), view.column("text"), view.column("content_type")
        size = len(view)
        depths = self._depths(view)
        pages: list[Page | None] = []
        failed: dict[int, str] = {}
        for i in range(size):
            payload = payloads[i].as_py() if payloads is not None else None
            if payload is None:
                known = texts[i].as_py() if texts is not None else None
                pages.append(None if known is None else Page(known))
                continue
            fault = self._refusal(len(payload), depths[i])
            if fault:
                failed[i] = fault
                pages.append(None)
                continue
            kind = types[i].as_py() if types is not None else None
            html = decode(payload, kind)
            page = _plain(html) if _is_plain(kind) else read(html)
            pages.append(page._replace(text=page.text.strip("\n")))
        return _as_edit(pages, failed)

    def _depths(self, view: View) -> Rows:
        payloads = view.whole("payload")
        if payloads is None:
            return np.zeros(len(view), np.int64)
        whole = flat(payloads)
        return depth(whole.data, whole.offsets, view.rows)

    def _refusal(self, size: int, nested: np.int64) -> str | None:
        if size > self.max_bytes:
            return f"The page has {size} bytes, more than extract's max_bytes of {self.max_bytes}."
        if nested > self.max_depth:
            return f"The page nests elements {nested} deep, more than extract's max_depth of {self.max_depth}."
        return None


def _is_plain(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == PLAIN


def _plain(text: str) -> Page:
    return Page(text.replace(CRLF, LF).replace(CR, LF).replace("\0", ""))


def _as_edit(pages: list[Page | None], failed: Mapping[int, str]) -> Edit:
    def column(name: str) -> pa.Array:
        return pa.array([getattr(page, name) if page else None for page in pages], pa.string())

    text = pa.array([page.text if page else None for page in pages], pa.large_string())
    return Edit(
        text,
        {
            "title": column("title"),
            "date": column("date"),
            "declared_language": column("language"),
        },
        {"chars": pc.cast(pc.utf8_length(pc.fill_null(text, "")), pa.int64())},
        failed,
    )
