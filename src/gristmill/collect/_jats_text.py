"""The text of a paper in JATS, walked in order and written as prose."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from gristmill.collect._flow import Flow
from gristmill.collect._folding import folded
from gristmill.collect._grid import html_rows
from gristmill.collect._jats_maths import formula
from gristmill.collect._jats_references import reference_line
from gristmill.collect._scripts import lowered, raised
from gristmill.collect._tree_walk import TreeWalk
from gristmill.collect._xml import text_of

_SKIPPED = frozenset((
    "graphic", "inline-graphic", "media", "object-id", "supplementary-material", "inline-supplementary-material",
    "label", "title", "sec-meta", "permissions", "alt-text", "long-desc", "tex-math", "index-term", "contrib-group",
    "attrib-group", "fn-group", "floats-group", "related-article", "related-object", "milestone-start",
    "milestone-end", "target", "sub-article", "response", "history", "subtitle",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "disp-formula-group", "statement", "boxed-text", "caption", "fig-group", "attrib", "speech", "speaker",
    "verse-line", "def", "term", "array", "ack", "bio", "glossary", "notes", "app-group", "question",
    "answer", "explanation", "body", "back", "def-item", "list-content",
))  # fmt: skip
_ORDERED = frozenset(("order", "alpha-lower", "alpha-upper", "roman-lower", "roman-upper"))
_OTHER_ABSTRACTS = frozenset(("graphical", "toc", "teaser", "short", "web-summary", "stereochemistry"))


class Paper(TreeWalk):
    """Writes the parts of one paper into a flow."""

    def __init__(self, flow: Flow, article: Element, *, references: bool) -> None:
        super().__init__(flow, _SKIPPED, _BLOCKS)
        self._article, self._references = article, references
        self._depth = 1  # of sections: the paper's title is a heading of level 1
        self._notes = {one.get("id", ""): one for one in article.iter("fn")}
        self._numbers: dict[str, str] = {}  # labels of notes that were referred to
        self._raised = False
        self.pictures = 0  # formulas that are only pictures
        self._makers = {
            "sec": self._section,
            "app": self._section,
            "abstract": self._section,
            "ref-list": self._reference_list,
            "list": self._list,
            "def-list": self._definitions,
            "disp-quote": self._quote,
            "verse-group": self._verse,
            "fig": self._float,
            "table-wrap": self._float,
            "table": self._table,
            "disp-formula": self._displayed,
            "inline-formula": self._inline_formula,
            "math": self._inline_formula,
            "code": self._code,
            "preformat": self._code,
            "break": lambda element: flow.line_break(),
            "sup": self._sup,
            "sub": lambda element: flow.put(lowered("".join(element.itertext()))),
            "xref": self._reference,
            "fn": self._inline_note,
            "table-wrap-foot": self._foot,
            "ack": self._section,
            "glossary": self._section,
            "notes": self._section,
        }

    def write(self, title: str, abstracts: Element) -> None:
        self._flow.put(title)
        self._flow.end_heading(1)
        for abstract in abstracts.iterfind("abstract"):
            if abstract.get("abstract-type", "") not in _OTHER_ABSTRACTS:
                self._section(abstract, otherwise="Abstract")
        for name in ("body", "floats-group", "back"):
            for part in self._article.iterfind(name):
                self._children(part)
                self._flow.end_block()
        self._write_notes()

    # Sections

    def _section(self, element: Element, otherwise: str = "") -> None:
        flow = self._flow
        flow.end_block()
        self._depth += 1
        title = element.find("title")
        label = text_of(element.find("label"))
        if title is not None:
            self._children(title)
        else:
            flow.put(otherwise)
        flow.end_heading(self._depth, label)
        self._children(element)
        flow.end_block()
        self._depth -= 1

    def _reference_list(self, element: Element) -> None:
        """References are told apart: a heading and a list, or nothing at all."""
        if not self._references:
            return
        flow = self._flow
        flow.end_block()
        self._depth += 1
        flow.put(text_of(element.find("title")) or "References")
        flow.end_heading(self._depth)
        with flow.listing():
            for reference in element.iterfind("ref"):
                with flow.item():
                    flow.put(reference_line(reference))
        for inner in element.iterfind("ref-list"):
            self._reference_list(inner)
        self._depth -= 1

    # Blocks

    def _list(self, element: Element) -> None:
        with self._flow.listing(1 if element.get("list-type", "") in _ORDERED else None):
            for item in element.iterfind("list-item"):
                with self._flow.item():
                    self._children(item)

    def _definitions(self, element: Element) -> None:
        self._flow.end_block()
        for item in element.iterfind("def-item"):
            self._flow.put(f"{text_of(item.find('term'))}: ")
            self._flow.put(" ".join(text_of(one) for one in item.iterfind("def")))
            self._flow.end_block()

    def _quote(self, element: Element) -> None:
        with self._flow.quote():
            self._children(element)

    def _verse(self, element: Element) -> None:
        self._flow.end_block()
        for line in element:
            if line.tag == "verse-group":
                self._verse(line)
            elif line.tag in ("verse-line", "attrib"):
                self._children(line)
                self._flow.line_break()
        self._flow.end_block()

    def _float(self, element: Element) -> None:
        """A figure or a table: its label and caption in one paragraph, then what it holds."""
        flow = self._flow
        flow.end_block()
        caption = element.find("caption")
        title = caption.find("title") if caption is not None else None
        for text in (text_of(element.find("label")), text_of(title)):
            flow.put(f"{text}{'' if text[-1:] in '.:?!' else '.'} " if text else "")
        for paragraph in caption if caption is not None else ():
            if paragraph.tag != "title":
                self._children(paragraph)
                flow.put(" ")
        flow.end_block()
        for child in element:
            if child.tag != "caption":
                self._element(child)
        flow.end_block()

    def _table(self, element: Element) -> None:
        self._flow.table(html_rows(element, self._apart) or _oasis_rows(element, self._apart))

    def _apart(self, element: Element) -> str:
        with self._flow.aside() as found:
            self._children(element)
        return found[0]

    def _code(self, element: Element) -> None:
        self._flow.code("".join(element.itertext()), element.get("language", ""))

    # Formulas

    def _displayed(self, element: Element) -> None:
        latex = formula(element)
        label = text_of(element.find("label")).strip("()")
        if self._is_picture(element, latex):
            return
        if latex is None:
            self._flow.end_block()
            self._children(element)
            self._flow.put(f" ({label})" if label else "")
            self._flow.end_block()
        elif latex:
            self._flow.maths(f"{latex} \\tag{{{label}}}" if label else latex)

    def _inline_formula(self, element: Element) -> None:
        latex = formula(element)
        if self._is_picture(element, latex):
            return
        if latex is None:
            self._children(element)
        elif latex:
            self._flow.put(f"${latex}$")

    def _is_picture(self, element: Element, latex: str | None) -> bool:
        label = element.find("label")
        is_picture = latex is None and text_of(element) == text_of(label)
        self.pictures += is_picture
        return is_picture

    # Inline

    def _sup(self, element: Element) -> None:
        """Raised text; marks of citations come in brackets, so that they are not taken for what is before them."""
        if any(link.get("ref-type") in ("bibr", "fn", "table-fn") for link in element.iter("xref")):
            kinds = {link.get("ref-type") for link in element.iter("xref")}
            self._raised = True
            self._flow.put("[" if kinds == {"bibr"} else "")
            self._children(element)
            self._flow.put("]" if kinds == {"bibr"} else "")
            self._raised = False
        else:
            self._flow.put(raised("".join(element.itertext())))

    def _reference(self, element: Element) -> None:
        note = self._notes.get(element.get("rid", ""))
        text = folded("".join(element.itertext()))
        if element.get("ref-type") in ("fn", "table-fn") and note is not None:
            label = text.strip("[]()") or "*"
            self._numbers[element.get("rid", "")] = label
            self._flow.mark(label)
        elif element.get("ref-type") == "bibr" and not self._raised and element.find("sup") is not None:
            self._flow.put(f"[{text.strip('[]()')}]")
        else:
            self._children(element)

    # Notes

    def _inline_note(self, element: Element) -> None:
        """A note that stands where it belongs to."""
        key = element.get("id", "")
        if key in self._numbers:
            return
        label = text_of(element.find("label")).strip("[]()") or str(len(self._numbers) + 1)
        self._numbers[key or f"note {label}"] = label
        self._flow.mark(label)
        self._flow.note(label, self._apart(element))

    def _foot(self, element: Element) -> None:
        """Notes of a table, right below it."""
        for note in element.iter("fn"):
            label = text_of(note.find("label")).strip("[]()") or self._numbers.get(note.get("id", ""), "")
            text = self._apart(note)
            if label:
                self._flow.note_here(label, text)
            else:
                self._flow.put(text)
                self._flow.end_block()
        if element.find(".//fn") is None:
            self._children(element)
            self._flow.end_block()

    def _write_notes(self) -> None:
        """Notes at the end: those that were referred to as such, others (funding, interests) as paragraphs."""
        for group in self._article.iterfind("back//fn-group"):
            others = [note for note in group.iterfind("fn") if note.get("id", "") not in self._numbers]
            for note in group.iterfind("fn"):
                if note.get("id", "") in self._numbers:
                    self._flow.note(self._numbers[note.get("id", "")], self._apart(note))
            if others and group.find("title") is not None:
                self._flow.put(text_of(group.find("title")))
                self._flow.end_heading(2)
            for note in others:
                self._children(note)
                self._flow.end_block()


def _oasis_rows(table: Element, text_of_cell: Callable[[Element], str]) -> list[list[str]]:
    return [[text_of_cell(cell) for cell in row.iterfind("entry")] for row in table.iter("row")]
