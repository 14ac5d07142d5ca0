"""The text of a TEI file, walked in order and written as prose: divisions, verse, drama, notes, editors' choices."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element

from gristmill.collect._flow import Flow
from gristmill.collect._folding import folded
from gristmill.collect._grid import Grid, number
from gristmill.collect._scripts import lowered, raised
from gristmill.collect._tree_walk import TreeWalk

Reading = Literal["edited", "original"]

_SKIPPED = frozenset((
    "teiHeader", "facsimile", "standOff", "cb", "gb", "milestone", "fw", "graphic", "media", "figDesc", "space", "rt",
    "index", "interp", "interpGrp", "spanGrp", "linkGrp", "joinGrp", "fs", "certainty", "rdg", "rdgGrp", "wit", "ptr",
    "anchor", "handShift", "handNotes", "metamark", "binaryObject", "respons", "alt", "altGrp", "timeline", "del",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "ab", "opener", "closer", "salute", "signed", "dateline", "trailer", "byline", "epigraph", "argument",
    "titlePage", "docTitle", "titlePart", "docAuthor", "docImprint", "docDate", "docEdition", "imprimatur",
    "castList", "castItem", "castGroup", "set", "prologue", "epilogue", "postscript", "floatingText", "figure",
    "bibl", "biblStruct", "listBibl", "listPerson", "listPlace", "person", "place", "u", "entry", "div", "group",
    "text", "body", "front", "back",
))  # fmt: skip
_DIVISIONS = frozenset(("div", "div1", "div2", "div3", "div4", "div5", "div6", "div7"))
_CHOICES: dict[Reading, tuple[str, ...]] = {
    "edited": ("corr", "reg", "expan", "seg", "unclear"),
    "original": ("sic", "orig", "abbr", "seg", "unclear"),
}
_HOLD_BLOCKS = ("p", "lg", "l", "div", "list", "ab", "sp", "floatingText")
_ORDERED = frozenset(("ordered", "numbered"))


class TeiText(TreeWalk):
    """Writes elements into a flow. Of what an editor gives twice, one `reading` is taken."""

    def __init__(self, flow: Flow, reading: Reading) -> None:
        super().__init__(flow, _SKIPPED, _BLOCKS)
        self._reading = reading
        self._depth = 0
        self._notes = 0
        self._is_speech = False
        self._makers = {
            **dict.fromkeys(_DIVISIONS, self._division),
            "head": self._head,
            "lg": self._verses,
            "l": self._verse,
            "sp": self._speech,
            "speaker": self._speaker,
            "stage": self._stage,
            "p": self._paragraph,
            "note": self._note,
            "lb": self._line,
            "pb": self._page,
            "choice": self._choice,
            "subst": self._children,
            "gap": lambda element: flow.put("[…]"),
            "hi": self._highlighted,
            "q": self._quote,
            "quote": self._quote,
            "said": self._quote,
            "cit": self._quote,
            "list": self._list,
            "table": self._table,
            "formula": self._formula,
            "code": self._inline_or_code,
            "eg": self._inline_or_code,
        }

    def write(self, part: Element) -> None:
        self._children(part)
        self._flow.end_block()

    # Prose

    def _division(self, element: Element) -> None:
        self._flow.end_block()
        self._depth += 1
        self._children(element)
        self._flow.end_block()
        self._depth -= 1

    def _head(self, element: Element) -> None:
        self._flow.end_block()
        self._children(element)
        self._flow.end_heading(max(self._depth, 1))

    def _paragraph(self, element: Element) -> None:
        if not self._is_speech:
            self._flow.end_block()
        self._is_speech = False
        self._children(element)
        self._flow.end_block()

    def _line(self, element: Element) -> None:
        """A line of the page, which is a space here, unless a word goes on."""
        if element.get("break") == "no":
            self._flow.glue()
            element.tail = (element.tail or "").lstrip()
        else:
            self._flow.put("\n")

    def _page(self, element: Element) -> None:
        if element.get("break") == "no":
            self._line(element)

    def _quote(self, element: Element) -> None:
        if any(element.find(tag) is not None for tag in _HOLD_BLOCKS):
            with self._flow.quote():
                self._children(element)
        else:
            self._children(element)

    def _list(self, element: Element) -> None:
        with self._flow.listing(1 if element.get("type") in _ORDERED or element.get("rend") in _ORDERED else None):
            label = ""
            for child in element:
                if child.tag == "label":
                    label = folded("".join(child.itertext()))
                elif child.tag == "item":
                    with self._flow.item(number(child.get("n"))):
                        self._flow.put(f"{label}: " if label else "")
                        self._children(child)
                    label = ""
                elif child.tag == "head":
                    self._children(child)
                    self._flow.end_block()

    def _table(self, element: Element) -> None:
        grid = Grid()
        for part in element:
            if part.tag == "head":
                self._children(part)
                self._flow.end_block()
        for row in element.iterfind("row"):
            grid.begin_row()
            for cell in row.iterfind("cell"):
                text = self._apart(cell)
                grid.cell(text, number(cell.get("cols")) or 1, number(cell.get("rows")) or 1)
        self._flow.table(grid.rows)

    # Verse and drama

    def _verses(self, element: Element) -> None:
        flow = self._flow
        flow.end_block()
        for child in element:
            if child.tag == "head":
                self._children(child)
                flow.end_block()
            else:
                self._element(child)
        flow.end_block()

    def _verse(self, element: Element) -> None:
        self._children(element)
        self._flow.line_break()

    def _speech(self, element: Element) -> None:
        self._flow.end_block()
        for child in element:
            self._element(child)
        self._flow.end_block()
        self._is_speech = False

    def _speaker(self, element: Element) -> None:
        """Who speaks, in a line before the words."""
        self._flow.end_block()
        self._children(element)
        self._flow.line_break()
        self._is_speech = True

    def _stage(self, element: Element) -> None:
        """A direction, in brackets where it has none of its own."""
        text = folded("".join(element.itertext()))
        bare = not text.startswith(("(", "["))
        self._flow.put(" [" if bare and text else " ")
        self._children(element)
        self._flow.put("] " if bare and text else " ")

    # What editors did

    def _choice(self, element: Element) -> None:
        wanted = next((child for tag in _CHOICES[self._reading] for child in element if child.tag == tag), None)
        chosen = wanted if wanted is not None else next(iter(element), None)
        if chosen is not None:
            self._element(chosen)

    def _note(self, element: Element) -> None:
        if element.get("place") == "inline":
            self._flow.put(" (")
            self._children(element)
            self._flow.put(") ")
            return
        self._notes += 1
        label = element.get("n", "").strip("[]().") or str(self._notes)
        self._flow.mark(label)
        self._flow.note(label, self._apart(element))

    def _apart(self, element: Element) -> str:
        held, self._is_speech = self._is_speech, False
        with self._flow.aside() as found:
            self._children(element)
        self._is_speech = held
        return found[0]

    def _highlighted(self, element: Element) -> None:
        rendition = element.get("rend", "").lower()
        text = "".join(element.itertext())
        if "sup" in rendition and not len(element):
            self._flow.put(raised(text))
        elif "sub" in rendition and not len(element):
            self._flow.put(lowered(text))
        else:
            self._children(element)

    def _formula(self, element: Element) -> None:
        text = "".join(element.itertext()).strip()
        is_tex = element.get("notation", "").lower() in ("tex", "latex")
        self._flow.put(f"${text.strip('$')}$" if is_tex and text else text)

    def _inline_or_code(self, element: Element) -> None:
        text = "".join(element.itertext())
        if element.tag == "eg" or "\n" in text.strip():
            self._flow.code(text, element.get("lang", ""))
        else:
            self._flow.put(text)
