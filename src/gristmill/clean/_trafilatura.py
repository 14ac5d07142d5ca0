"""Text of a page by Trafilatura (Barbaresi 2021), which is slower and more exact on articles."""

from __future__ import annotations

from importlib import import_module

from gristmill.clean._page import Engine, Page, Settings, iso_date, language_tag, one_line
from gristmill.errors import MissingExtra


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
        tag = tree.get("lang")
        if not settings.main_content:
            return Page(trafilatura.html2txt(tree), None, None, language_tag(tag))
        found = trafilatura.bare_extraction(
            tree, include_comments=settings.comments, include_formatting=False, include_tables=True, with_metadata=True
        )
        if found is None:
            return Page("", None, None, language_tag(tag))
        return Page(found.text or "", one_line(found.title), iso_date(found.date), language_tag(tag))

    return read
