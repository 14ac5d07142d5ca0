"""The pages of a book, walked in order and written as prose. Their mark-up is trusted: nothing is guessed away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from xml.etree.ElementTree import Element

from gristmill.collect._flow import Flow
from gristmill.collect._folding import folded
from gristmill.collect._grid import html_rows, number
from gristmill.collect._mathml import is_displayed, latex_of_mathml
from gristmill.collect._scripts import lowered, raised
from gristmill.collect._xhtml_kinds import BACK_LINKS, first_number, is_aid, is_mark, is_reference, is_verse, types_of

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = frozenset((
    "head", "script", "style", "template", "svg", "img", "image", "audio", "video", "object", "iframe", "canvas",
    "map", "rt", "rp", "rtc", "nav", "del", "input", "select", "textarea", "button", "colgroup",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "section", "article", "main", "body", "header", "footer", "figure", "figcaption", "address",
    "center", "details", "summary", "fieldset", "form", "dl", "dt", "dd", "aside", "hr", "li", "caption", "legend",
    "hgroup", "level1", "level2", "level3", "level4", "level5", "level6", "line",
))  # fmt: skip
_NOTES = frozenset(("footnote", "endnote", "rearnote"))
_LEFT_OUT = frozenset(("pagebreak", "backlink", "toc", "landmarks", "page-list"))

Enter = Callable[[Element, "frozenset[str]"], AbstractContextManager[bool]]
"""Told of each block that begins, with its types; whether what is in it is wanted."""


class Pages:
    """Writes pages of one book into a flow; marks of footnotes on one page are known on the next."""

    def __init__(self, flow: Flow, enter: Enter | None = None) -> None:
        self._flow = flow
        self._enter: Enter = enter or (lambda element, types: nullcontext(True))
        self._page = ""
        self._verses = 0  # elements of verse that are open
        self._labels: dict[tuple[str, str], str] = {}  # of notes, by the page and the id that a mark leads to
        self._makers: dict[str, Callable[[Element], None]] = {
            "br": self._break,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "pre": self._code,
            "blockquote": self._quote,
            "table": self._table,
            "math": self._maths,
            "sup": self._raised,
            "sub": self._lowered,
            "q": self._quoted,
            "a": self._link,
        }

    def write(self, root: Element, page: str, resolve: Callable[[str], str | None]) -> None:
        """Write a page. `resolve` gives the page that a reference in it leads to."""
        self._page, self._resolve = page, resolve
        body = root.find("body")
        self._element(root if body is None else body)
        self._flow.end_block()

    def _children(self, element: Element) -> None:
        self._put(element.text)
        for child in element:
            self._element(child)
            self._put(child.tail)

    def _put(self, text: str | None) -> None:
        """Take text as it stands; in verse a line of the source is a line."""
        if not self._verses or not text:
            self._flow.put(text)
            return
        first, *others = text.split("\n")
        self._flow.put(first)
        for line in others:
            self._flow.line_break()
            self._flow.put(line)

    def _element(self, element: Element) -> None:
        tag = element.tag
        types = types_of(element)
        if tag in _SKIPPED or types & _LEFT_OUT or "hidden" in element.attrib or is_aid(element):
            if tag == "img":
                self._initial(element)
            return
        if tag in _HEADINGS or tag in _BLOCKS:
            with self._enter(element, types) as wanted:
                if wanted:
                    self._block(element, types)
        elif "noteref" in types:
            self._mark(element)
        else:
            self._makers.get(tag, self._children)(element)

    def _block(self, element: Element, types: frozenset[str]) -> None:
        flow = self._flow
        flow.end_block()
        verse = is_verse(element)
        self._verses += verse
        label = self._label(element, types)
        if label is not None:
            self._note(element, label)
        elif element.tag in _HEADINGS:
            self._children(element)
            flow.end_heading(_HEADINGS[element.tag])
        else:
            self._children(element)
            flow.end_block()
        self._verses -= verse

    # Inline

    def _break(self, element: Element) -> None:
        self._flow.line_break()

    def _raised(self, element: Element) -> None:
        text = "".join(element.itertext())
        link = next(iter(element), None)
        if link is None or link.tag != "a":
            self._flow.put(raised(text))
        elif "#" in link.get("href", "") and is_mark(folded(text)):
            self._mark(element)
        else:
            self._children(element)

    def _lowered(self, element: Element) -> None:
        self._flow.put(lowered("".join(element.itertext())))

    def _quoted(self, element: Element) -> None:
        self._flow.put("“")
        self._children(element)
        self._flow.put("”")

    def _maths(self, element: Element) -> None:
        latex = latex_of_mathml(element)
        if is_displayed(element):
            self._flow.maths(latex)
        elif latex:
            self._flow.put(f"${latex}$")

    def _initial(self, image: Element) -> None:
        """A letter that is a picture, at the beginning of a chapter."""
        letter = image.get("alt", "").strip()
        if len(letter) == 1 and letter.isalpha():
            self._flow.put(letter)

    # Notes

    def _link(self, element: Element) -> None:
        text = folded("".join(element.itertext()))
        if is_mark(text) and is_reference(element):
            self._mark(element)
        elif text not in BACK_LINKS:
            self._children(element)

    def _mark(self, element: Element) -> None:
        label = folded("".join(element.itertext())).strip("[]() ")
        link = element if "href" in element.attrib else next((one for one in element.iter("a")), element)
        page = self._resolve(link.get("href", ""))
        target = link.get("href", "").partition("#")[2]
        if page and target:
            self._labels[page, target] = label
        self._flow.mark(label)

    def _label(self, element: Element, types: frozenset[str]) -> str | None:
        """The label of the footnote that an element is, None where it is none."""
        if element.tag in _HEADINGS or element.tag in ("body", "dt"):
            return None
        known = self._labels.get((self._page, element.get("id", "")))
        if known is None and element.tag in ("p", "li", "div"):
            first = next(iter(element), None)
            known = self._labels.get((self._page, first.get("id", ""))) if first is not None else None
        if known is not None:
            return known
        return first_number(element) if types & _NOTES else None

    def _note(self, element: Element, label: str) -> None:
        with self._flow.aside() as found:
            self._children(element)
        text = found[0].strip()
        for opening in (f"[{label}]", f"({label})", f"{label}.", f"{label}:", label):
            if text.startswith(opening):
                text = text.removeprefix(opening).lstrip(" :\n\t")
                break
        self._flow.note(label, text)

    # Blocks with an order of their own

    def _list(self, element: Element) -> None:
        first = (number(element.get("start")) or 1) if element.tag == "ol" else None
        with self._flow.listing(first):
            self._flow.put(element.text)
            for child in element:
                if child.tag == "li" and self._label(child, types_of(child)) is None:
                    with self._enter(child, types_of(child)) as wanted:
                        if wanted:
                            self._list_item(child)
                else:
                    self._element(child)
                self._flow.put(child.tail)

    def _list_item(self, element: Element) -> None:
        with self._flow.item(number(element.get("value"))):
            self._children(element)

    def _code(self, element: Element) -> None:
        named = " ".join(one.get("class", "") for one in element.iter()).split()
        languages = (kind.partition("-")[2] for kind in named if kind.startswith(("language-", "lang-")))
        self._flow.code(_raw(element), next(languages, ""))

    def _quote(self, element: Element) -> None:
        with self._flow.quote():
            self._children(element)

    def _table(self, element: Element) -> None:
        for caption in element.iterfind("caption"):
            self._element(caption)
        self._flow.table(html_rows(element, self._cell))

    def _cell(self, element: Element) -> str:
        with self._flow.aside() as found:
            self._children(element)
        return found[0]


def _raw(element: Element) -> str:
    """The text of code as it stands; a `br` is a new line."""
    if element.tag == "br":
        return "\n"
    return (element.text or "") + "".join(_raw(child) + (child.tail or "") for child in element)
