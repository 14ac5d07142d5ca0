"""A book in parts: its chapters by the table of contents, and what is front matter, text and back matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from gristmill.collect._epub_package import STARTS, Entry, Package
from gristmill.collect._flow import Flow
from gristmill.collect._html_tree import page_tree
from gristmill.collect._xhtml import Pages
from gristmill.collect._zip import Archive, resolved
from gristmill.records.prose import Prose

Matter = Literal["front", "body", "back"]

_FRONT = frozenset((
    "frontmatter", "cover", "frontispiece", "titlepage", "title-page", "halftitlepage", "halftitle-page", "imprint",
    "imprimatur", "dedication", "epigraph", "toc", "loi", "lot", "loa", "lov", "foreword", "preface", "seriespage",
    "errata", "revision-history",
))  # fmt: skip
_BACK = frozenset((
    "backmatter", "appendix", "colophon", "glossary", "bibliography", "index", "rearnotes", "endnotes", "notes",
))  # fmt: skip
_EITHER = frozenset((
    "copyright-page", "acknowledgments", "acknowledgements", "contributors", "other-credits", "credits",
))  # fmt: skip
_BODY = frozenset((
    "bodymatter", "chapter", "part", "volume", "prologue", "epilogue", "introduction", "conclusion", "afterword",
))  # fmt: skip
_BOILERPLATE = "pg-boilerplate"
"""What Project Gutenberg puts around its books."""

_MOST_LINKED = 0.7
"""A page that is said to be the table of contents is one where more of its text is links."""

_HOLDS_TEXT = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "header", "hgroup"))


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter, or what comes before the first; `title` is that of the table of contents."""

    text: str
    matter: Matter
    title: str | None
    has_body: bool


class Parts:
    """Reads the pages of a book in order."""

    def __init__(self, package: Package, archive: Archive, flow: Flow, leave_out: Collection[Matter]) -> None:
        self._package, self._archive, self._flow = package, archive, flow
        self._leave_out = leave_out
        self._pages = Pages(flow, self._enter)
        self._matter: Matter = "body"
        self._is_late = False
        self._entry: Entry | None = None
        self._targets: dict[str, Entry] = {}
        self._done: list[Part] = []
        starts = [at for at, page in enumerate(package.pages) if package.types.get(page, frozenset()) & STARTS]
        self._start = starts[0] if starts else 0
        self._by_page: dict[str, list[Entry]] = {}
        for entry in package.contents:
            self._by_page.setdefault(entry.page, []).append(entry)

    def read(self) -> Iterator[Part]:
        for at, page in enumerate(self._package.pages):
            types = self._package.types.get(page, frozenset())
            self._is_late = 2 * at >= len(self._package.pages)
            matter = self._matter_of(types) or ("front" if at < self._start else "body")
            root = page_tree(self._archive.read(page))
            if "toc" in types and _is_of_links(root):
                continue
            self._begin_page(page, root, matter)
            if matter not in self._leave_out:
                self._pages.write(root, page, lambda reference, page=page: resolved(page, reference))  # type: ignore[misc]
                self._flow.end_notes()
            yield from self._taken()
        self._end_part()
        yield from self._taken()

    def _taken(self) -> list[Part]:
        done, self._done = self._done, []
        return done

    def _begin_page(self, page: str, root: Element, matter: Matter) -> None:
        """Chapters begin with the page, or at places in it that the table of contents names at its highest level."""
        entries = self._by_page.get(page, [])
        highest = min((entry.depth for entry in entries), default=0)
        peers = [entry for entry in entries if entry.depth == highest]
        ids = {element.get("id") for element in root.iter()} if peers else set()
        at_start = next((entry for entry in peers if entry.fragment not in ids), None)
        self._targets = {entry.fragment: entry for entry in reversed(peers) if entry.fragment in ids}
        if at_start is not None or matter != self._matter:
            self._end_part()
            self._entry, self._matter = at_start, matter

    def _end_part(self) -> None:
        headings, has_body = self._flow.headings, self._flow.has_body
        text = self._flow.finished()
        title = self._entry.title if self._entry else None
        if text.strip():
            if title and self._entry and not headings and not text.casefold().startswith(title.casefold()):
                # The chapter's heading is a picture or has no mark-up.
                prose = Prose(self._flow.form)
                prose.heading(self._entry.depth, title)
                text = f"{prose.text()}\n\n{text}"
            self._done.append(Part(text, self._matter, title, has_body))

    @contextmanager
    def _enter(self, element: Element, types: frozenset[str]) -> Iterator[bool]:
        if self._targets and not self._flow.nested:
            self._begin_at(element)
        matter = self._matter_of(types, element)
        if matter is None or matter == self._matter or self._flow.nested:
            yield True
            return
        before, entry = self._matter, self._entry
        self._turn(matter, entry)
        yield matter not in self._leave_out
        self._turn(before, entry)

    def _begin_at(self, element: Element) -> None:
        inside = element.iter() if element.tag in _HOLDS_TEXT else (element,)
        entry = next((self._targets.pop(one.get("id", "")) for one in inside if one.get("id") in self._targets), None)
        if entry is not None:
            self._turn(self._matter, entry)

    def _turn(self, matter: Matter, entry: Entry | None) -> None:
        self._flow.end_block()
        self._end_part()
        self._matter, self._entry = matter, entry

    def _matter_of(self, types: frozenset[str], element: Element | None = None) -> Matter | None:
        if element is not None and _BOILERPLATE in element.get("class", ""):
            return "back" if self._is_late or "footer" in element.get("id", "") else "front"
        if not types:
            return None
        if types & _EITHER:
            return "back" if self._is_late else "front"
        return "front" if types & _FRONT else "back" if types & _BACK else "body" if types & _BODY else None


def _is_of_links(root: Element) -> bool:
    body = root.find("body")
    whole = sum(map(len, (body if body is not None else root).itertext()))
    return sum(len("".join(link.itertext())) for link in root.iter("a")) > _MOST_LINKED * whole
