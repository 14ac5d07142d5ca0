"""From pages as found on the web to their text, with what they say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from gristmill.clean import _gristmill, _resiliparse, _trafilatura
from gristmill.clean._encoding import decode
from gristmill.clean._extractor_model import NAME, read
from gristmill.clean._page import Engine, Page, Settings, absolute
from gristmill.contracts.model_files import ModelStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import Edit, threshold
from gristmill.contracts.view import Rows, View
from gristmill.errors import InputError
from gristmill.text.flat import flat
from gristmill.text.nesting import depth

ENGINES: Mapping[str, Callable[[Settings], Engine]] = {
    "gristmill": _gristmill.engine,
    "resiliparse": _resiliparse.engine,
    "trafilatura": _trafilatura.engine,
}
_AS_NAMED = ("title", "date", "date_evidence", "modified", "modified_evidence", "author", "site", "description")
PLAIN = "text/plain"
LF, CRLF, CR = "\n", "\r\n", "\r"


class Extract(ModelStep):
    """Turn the payload of each record into text, keeping paragraphs, lists, headings, code and tables readable.

    A record without payload keeps the text it has; a payload of type text/plain is decoded and no more.

    The engine gristmill asks a model which blocks of a page are its content, and takes those that make the expected F1
    (`favor: recall` F2, `precision` F0.5) the greatest. It alone writes Markdown. `gristmill train-extractor` makes a
    model of one's own. docs/extraction.md has figures.

    With every engine it adds what a page states of itself: title, author, site, address, description, language, the
    days it was published and modified with the tag or field that says so, and the tags that state its licence
    (`stated_license`) or tell robots how it may be used (`stated_robots`), which `license` and `consent` read where the
    page is gone.
    """

    version: ClassVar[int] = 4
    edits: ClassVar[bool] = True
    adds: ClassVar[Mapping[str, pa.DataType]] = {
        "title": pa.string(),
        "date": pa.string(),
        "date_evidence": pa.string(),
        "modified": pa.string(),
        "modified_evidence": pa.string(),
        "declared_language": pa.string(),
        "author": pa.string(),
        "site": pa.string(),
        "canonical_url": pa.string(),
        "description": pa.string(),
        "stated_license": pa.string(),
        "stated_robots": pa.string(),
    }

    engine: Literal["gristmill", "resiliparse", "trafilatura"] = Field(
        "gristmill",
        description="What reads HTML: gristmill asks a model, resiliparse has simple rules, trafilatura is an extra.",
    )
    main_content: bool = Field(True, description="Leave out navigation, footers, advertisements and the like.")
    comments: bool = Field(True, description="Keep readers' comments that are much of the main content; false: none.")
    output: Literal["text", "markdown"] = Field("text", description="Plain text, or Markdown; of gristmill alone.")
    favor: Literal["recall", "balanced", "precision"] = Field(
        "balanced", description="Whose expected value is made the greatest: F2, F1 or F0.5; of gristmill alone."
    )
    links: bool = Field(False, description="Write links as `[text](address)`; of gristmill with output: markdown.")
    model: str | None = Field(
        None, min_length=1, description="A model of train-extractor for gristmill, a folder or file; else our own."
    )
    max_bytes: int = Field(16 << 20, ge=1, description="A larger page is quarantined unread.")
    max_depth: int = Field(
        1000, ge=1, description="A page that nests div or article elements deeper is quarantined unread."
    )
    min_chars: int = threshold(1, ge=0, description="Texts with fewer characters go.")

    @model_validator(mode="after")
    def _asks_what_its_engine_has(self) -> Self:
        for name in ("output", "favor", "links", "model"):
            if self.engine != "gristmill" and getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name} is of the engine gristmill alone, and this one is {self.engine}")
        if self.links and self.output != "markdown":
            raise ValueError("links are written in Markdown alone: set output: markdown, or leave links out")
        return self

    def spelled_files(self) -> tuple[str, ...]:
        if self.model is None:
            return ()
        return (str(Path(self.model) / NAME) if (self._root / self.model).is_dir() else self.model,)

    def faults(self) -> Mapping[str, str]:
        try:
            for file in self.model_files():
                read(file)
        except InputError as error:
            return {"model": str(error)}
        return {}

    def libraries(self) -> tuple[str, ...]:
        return ("resiliparse",) if self.engine == "gristmill" else (self.engine,)  # which tells encodings, too

    def signals(self) -> tuple[Signal, ...]:
        return (Signal("chars", "count", "characters of the extracted text"),)

    def rules(self) -> tuple[Rule, ...]:
        return (Rule("empty", "chars", low=self.min_chars, option="min_chars"),)

    def edit(self, view: View) -> Edit:
        model = next(iter(self.model_files()), None)
        extracted = ENGINES[self.engine](
            Settings(self.main_content, self.comments, self.favor, self.output, self.links, model)
        )
        payloads, texts, types = view.column("payload"), view.column("text"), view.column("content_type")
        urls = view.column("url")
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
            page = _plain(html) if _is_plain(kind) else extracted(html)
            own = absolute(page.url, urls[i].as_py() if urls is not None else None)
            pages.append(page._replace(text=page.text.strip("\n"), url=own))
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
            **{name: column(name) for name in _AS_NAMED},
            "declared_language": column("language"),
            "canonical_url": column("url"),
            "stated_license": column("license"),
            "stated_robots": column("robots"),
        },
        {"chars": pc.cast(pc.utf8_length(pc.fill_null(text, "")), pa.int64())},
        failed,
    )
