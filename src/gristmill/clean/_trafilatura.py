"""Text of a page by Trafilatura (Barbaresi 2021), which is slower and more exact on articles."""

from __future__ import annotations

from importlib import import_module

from gristmill.clean._dates import day_of
from gristmill.clean._metadata import described, read_head
from gristmill.clean._page import Engine, Page, Settings, one_line
from gristmill.errors import MissingExtra

_GUESSED = "trafilatura"
"""The evidence of a day that no tag states and that the engine has found in the page or its address."""


def engine(settings: Settings) -> Engine:
    """An engine with these settings; MissingExtra where the package is not installed."""
    try:
        trafilatura = import_module("trafilatura")
    except ImportError as error:
        raise MissingExtra("extract with engine: trafilatura", "trafilatura", "trafilatura") from error

    def read(html: str) -> Page:
        tree = trafilatura.load_html(html)
        if tree is None:
            return Page("")
        head = read_head(html.encode("utf-8", "replace"))
        if not settings.main_content:
            return described(Page(trafilatura.html2txt(tree)), head)
        found = trafilatura.bare_extraction(
            tree, include_comments=settings.comments, include_formatting=False, include_tables=True, with_metadata=True
        )
        if found is None:
            return described(Page(""), head)
        day = day_of(found.date)
        page = described(Page(found.text or "", date=day, date_evidence=_GUESSED if day else None), head)
        return page._replace(title=one_line(found.title) or page.title)

    return read
