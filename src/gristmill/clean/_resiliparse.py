"""Text of a page by Resiliparse: lexbor's parser and simple main-content rules (Bevendorff et al. 2018)."""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLParserException, HTMLTree

from gristmill.clean._metadata import described, read_head
from gristmill.clean._page import Engine, Page, Settings

WRAPPERS = "<div><div><div>"
"""Resiliparse takes any list or aside less than three elements below <body> for site navigation, so that pages
of plain mark-up would lose all their lists. These put everything three deeper."""

ASIDE = "nav, footer, [role=navigation], [role=contentinfo]"
"""What a page itself marks as not its content; the wrapping hides it from Resiliparse's own rules."""


def wrapped(html: str) -> str:
    """The page with its body's content some elements deeper."""
    for opening in ("<body", "<BODY", "</head>", "</HEAD>"):
        at = html.find(opening)
        end = html.find(">", at) + 1 if at >= 0 else 0
        if end:
            return html[:end] + WRAPPERS + html[end:]
    return html


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
        return described(Page(text, tree.title), read_head(html.encode("utf-8", "replace")))

    return read
