"""Text of a page by Resiliparse: lexbor's parser and simple main-content rules (Bevendorff et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLParserException, HTMLTree

from gristmill.clean._page import Engine, Page, Settings, iso_date, language_tag, one_line

WRAPPERS = "<div><div><div>"
"""Resiliparse takes any list or aside less than three elements below <body> for site navigation, so that pages
of plain mark-up would lose all their lists. These put everything three deeper."""

ASIDE = "nav, footer, [role=navigation], [role=contentinfo]"
"""What a page itself marks as not its content; the wrapping hides it from Resiliparse's own rules."""

STATED: Mapping[str, tuple[str, ...]] = {
    "date": (
        "article:published_time",
        "date",
        "datepublished",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "pubdate",
    ),
    "title": ("og:title",),
    "language": ("content-language", "dc.language"),
}
"""What a page says of itself, and the names of the `meta` elements that say it."""

KIND_OF = {name: kind for kind, names in STATED.items() for name in names}
METAS = ", ".join(f'meta[{key}="{name}" i]' for name in KIND_OF for key in ("property", "name", "http-equiv"))


def wrapped(html: str) -> str:
    """The page with its body's content some elements deeper."""
    for opening in ("<body", "<BODY", "</head>", "</HEAD>"):
        at = html.find(opening)
        end = html.find(">", at) + 1 if at >= 0 else 0
        if end:
            return html[:end] + WRAPPERS + html[end:]
    return html


def _meta(tree: HTMLTree) -> dict[str, str]:
    """The first value of each kind of `meta` in the head that we ask for."""
    stated: dict[str, str] = {}
    for node in tree.head.query_selector_all(METAS) if tree.head else ():
        for key in ("property", "name", "http-equiv"):
            kind = KIND_OF.get((node.getattr(key) or "").lower())
            if kind:
                stated.setdefault(kind, node.getattr("content") or "")
                break
    return stated


def _date(tree: HTMLTree, stated: str | None) -> str | None:
    day = iso_date(stated)
    if day is None and tree.body:
        node = tree.body.query_selector("time[datetime]")
        day = iso_date(node.getattr("datetime")) if node else None
    return day


def _language(tree: HTMLTree, stated: str | None) -> str | None:
    root = tree.document.query_selector("html") if tree.document else None
    own = (root.getattr("lang") or root.getattr("xml:lang")) if root else None
    return language_tag(own) or language_tag(stated)


def engine(settings: Settings) -> Engine:
    """An engine with these settings."""

    main_content = settings.main_content

    def read(html: str) -> Page:
        try:
            tree = HTMLTree.parse(wrapped(html) if main_content else html)
        except HTMLParserException:
            return Page("")
        if main_content and tree.body:
            for node in tree.body.query_selector_all(ASIDE):
                node.decompose()
        text = extract_plain_text(tree, main_content=main_content, alt_texts=False, comments=settings.comments)
        meta = _meta(tree)
        return Page(
            text,
            one_line(meta.get("title")) or one_line(tree.title),
            _date(tree, meta.get("date")),
            _language(tree, meta.get("language")),
        )

    return read
