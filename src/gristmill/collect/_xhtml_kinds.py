"""What elements of a book's pages are, told by their types, roles and classes: notes, marks, verse, aids."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from gristmill.collect._folding import folded

_PAGE_NUMBERS = frozenset(("pagenum", "pageno", "pagebreak", "page-number", "pagenumber", "page-break", "ocn"))
_VERSE = ("verse", "poem", "poetry", "stanza")
BACK_LINKS = frozenset(("↩", "↩︎", "↑", "⏎"))
_NOTE_SIGNS = frozenset("*†‡§¶‖#")
_LONGEST_MARK = 6


def types_of(element: Element) -> frozenset[str]:
    said = element.get("epub.type") or ""
    role = element.get("role", "")
    if not said and not role:
        return frozenset()
    return frozenset([*said.split(), *(part.removeprefix("doc-") for part in role.split() if part.startswith("doc-"))])


def is_reference(link: Element) -> bool:
    kinds = link.get("class", "").lower()
    is_raised = any(child.tag == "sup" for child in link.iter())
    return "#" in link.get("href", "") and (is_raised or "note" in kinds or "fnref" in kinds)


def is_aid(element: Element) -> bool:
    """Numbers of printed pages, and tables of contents within chapters."""
    kinds = element.get("class")
    if not kinds:
        return False
    if element.tag in ("p", "div"):
        return kinds == "toc"
    return not _PAGE_NUMBERS.isdisjoint(kinds.lower().split())


def is_verse(element: Element) -> bool:
    kinds = element.get("class", "").lower()
    return bool(kinds) and any(name in kinds for name in _VERSE)


def is_mark(text: str) -> bool:
    """Whether a text is what footnotes are marked with: a number, a letter, signs."""
    bare = text.strip("[]() ")
    return 0 < len(bare) <= _LONGEST_MARK and (
        bare.isdigit() or len(bare) == 1 or all(char in _NOTE_SIGNS for char in bare)
    )


def first_number(element: Element) -> str:
    """The number that a note begins with; a star where it has none."""
    words = folded("".join(element.itertext())[:80]).split(" ")
    bare = words[0].strip("[]().:")
    return bare if is_mark(bare) else "*"
