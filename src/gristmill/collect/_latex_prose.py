"""LaTeX tokens as prose: sections, lists, theorems, tables, maths as written, figures by their captions."""

from __future__ import annotations

from gristmill.collect._latex_accents import COMBINING, SYMBOLS, accented, typeset
from gristmill.collect._latex_commands import (
    CITES,
    CODE,
    DROPPED,
    FLOATS,
    GLUE,
    HIDDEN,
    LISTS,
    MATHS,
    OF_CODE,
    PARTS,
    REFS,
    SECTIONS,
    SHOWN,
    TABLES,
    THEOREMS,
    WITHOUT_NUMBER,
)
from gristmill.collect._latex_labels import Labels
from gristmill.collect._latex_macros import Stream, tokens
from gristmill.collect._latex_maths import cells, formula, up_to
from gristmill.collect._latex_source import Inputs
from gristmill.records.prose import Prose, one_line

_MOST_INPUTS = 1000


class Converter:
    """Reads one source to its end. `facts` holds the title and the authors."""

    def __init__(self, prose: Prose, inputs: Inputs, *, references: bool) -> None:
        self._prose, self._inputs, self._references = prose, inputs, references
        self.facts: dict[str, object] = {}
        self._text: list[str] = []
        self._lists: list[int | None] = []
        self._in_item = False
        self._left = _MOST_INPUTS
        self._named = dict(THEOREMS)
        self._uncounted = set(WITHOUT_NUMBER)
        self._floats: list[str] = []
        self._labels = Labels()
        self.commands_unknown = 0

    def run(self, text: str) -> None:
        preamble, begin, body = text.partition("\\begin{document}")
        stream = Stream()
        if begin:
            # What is set up is no text; the title, the authors and the macros are taken from there.
            prose, self._prose = self._prose, Prose()
            stream.push(tokens(preamble))
            self._walk(stream)
            self._paragraph()
            self._prose = prose
            text = body
        stream.push(tokens(text))
        if self.facts.get("title"):
            self._prose.heading(1, str(self.facts["title"]))
        self._walk(stream)
        self._paragraph()

    def text(self) -> str:
        """What was read, with what refers to others printed."""
        return self._labels.resolved(self._prose.text())

    def _walk(self, stream: Stream) -> None:
        while (piece := stream.next()) is not None:
            if piece == "\n\n":
                self._paragraph()
            elif piece == "$":
                self._inline(stream)
            elif piece[0] == "\\":
                if self._command(stream, piece):
                    return
            elif piece == "~":
                self._text.append("\xa0")
            elif piece not in "{}":
                self._text.append(" " if piece == "\n" else " & " if piece == "&" else piece)

    def _command(self, stream: Stream, piece: str) -> bool:
        """Whether the document ends here."""
        name = piece[1:].rstrip("*")
        if name == "end":
            return self._end("".join(stream.argument()).strip())
        if name == "begin":
            self._begin(stream, "".join(stream.argument()).strip())
        elif not (self._write(stream, name) or self._lay_out(stream, name, piece) or self._set_up(stream, name, piece)):
            self.commands_unknown += 1
            self._unknown(stream)
        return False

    def _write(self, stream: Stream, name: str) -> bool:
        """A command that stands for letters within a line; whether it is one."""
        if name in COMBINING and len(name) == 1:
            self._text.append(accented(name, self._inner(stream, stream.argument())))
        elif name in ("[", "("):
            self._formula(stream, "\\]" if name == "[" else "\\)")
        elif name in SYMBOLS:
            self._text.append(SYMBOLS[name])
            if name.isalpha():
                stream.skip_space()
        elif name in CITES:
            stream.optional(), stream.optional()
            self._text.append(f"[{', '.join(one_line(key) for key in ''.join(stream.argument()).split(','))}]")
        elif name in REFS:
            self._text.append(self._labels.refer(name, "".join(stream.argument())))
        elif name == "verb":
            self._verb(stream)
        elif name in SHOWN:
            stream.push(["{", *stream.argument(), "}"])
        else:
            return False
        return True

    def _lay_out(self, stream: Stream, name: str, piece: str) -> bool:
        """A command that begins or ends a block of text; whether it is one."""
        if name in ("par", "\\", "newline", "linebreak", "newpage", "clearpage"):
            stream.optional()
            self._paragraph() if name in ("par", "newpage", "clearpage") else self._text.append(" ")
        elif name in SECTIONS:
            short = stream.optional()
            title = self._inner(stream, stream.argument() or short or [])
            self._paragraph()
            self._prose.heading(SECTIONS[name], title)
            if piece == f"\\{name}" and name != "part":
                self._labels.section(SECTIONS[name], title)
        elif name == "item":
            self._item(stream)
        elif name in ("caption", "footnote", "footnotetext"):
            stream.optional()
            self._aside(stream, name, piece)
        elif name in ("input", "include", "subfile"):
            self._input(stream, stream.name())
        elif name in ("bibliography", "printbibliography"):
            if name == "bibliography":
                stream.argument()
            if self._references and (found := self._inputs.bibliography()):
                stream.push(tokens(found))
        else:
            return False
        return True

    def _set_up(self, stream: Stream, name: str, piece: str) -> bool:
        """A command that shows nothing where it stands; whether it is one."""
        if name in ("title", "author", "date"):
            self._told(stream, name)
        elif name == "usepackage":
            stream.optional()
            for package in "".join(stream.argument()).split(","):
                if style := self._inputs.own_style(package):
                    stream.push(tokens(style))
        elif name == "newtheorem":
            self._new_theorem(stream, counted=piece[-1] != "*")
        elif name == "label":
            self._labels.label("".join(stream.argument()))
        elif name == "appendix":
            self._labels.appendix()
        elif name == "numberwithin":
            counter = "".join(stream.argument()).strip()
            self._labels.number_within(counter, SECTIONS.get("".join(stream.argument()).strip(), 0))
        elif name in HIDDEN:
            for _ in range(HIDDEN[name]):
                stream.optional()
                stream.argument()
            stream.optional()
        elif name in GLUE:
            stream.glue()
        else:
            return False
        return True

    def _unknown(self, stream: Stream) -> None:
        """Show what a command that is not known has in braces, with spaces between, and not its options."""
        stream.settings()
        groups = stream.groups()
        if groups:
            spaced = [piece for group in groups for piece in (" ", "{", *group, "}")]
            stream.push(spaced[1:])
        else:
            stream.skip_space()

    def _begin(self, stream: Stream, name: str) -> None:
        plain = name.rstrip("*")
        if plain in MATHS:
            body = formula(stream.inner(stream.environment(name)), name, self._labels)
            self._paragraph()
            kept = plain not in ("equation", "displaymath", "math", "dmath")
            self._prose.maths(f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}" if kept else body)
        elif plain in CODE or plain.lower().endswith(OF_CODE):
            self._paragraph()
            self._prose.code("".join(stream.environment(name)))
        elif plain in DROPPED:
            stream.environment(name)
        elif plain in TABLES:
            self._table(stream, name)
        elif plain in LISTS:
            stream.optional()
            self._paragraph()
            self._lists.append(0 if "enum" in plain else None)
        elif plain == "thebibliography":
            stream.argument()
            self._bibliography(stream)
        elif plain in self._named:
            self._paragraph()
            told = stream.optional()
            title = f" ({self._inner(stream, told)})" if told else ""
            number = "" if plain in self._uncounted else f" {self._labels.step(plain, self._named[plain])}"
            self._text.append(f"{self._named[plain]}{number}{title}. ")
        elif plain == "abstract":
            self._paragraph()
            self._prose.heading(2, "Abstract")
        else:
            if plain in FLOATS or plain in PARTS:
                self._floats.append(plain)
            stream.optional()
            if plain in ("minipage", "multicols", "wrapfigure", "adjustbox"):
                stream.argument()
                if plain == "wrapfigure":
                    stream.argument()

    def _end(self, name: str) -> bool:
        if name == "document":
            return True
        if self._floats and name.rstrip("*") == self._floats[-1]:
            self._floats.pop()
        if name.rstrip("*") in LISTS:
            self._paragraph()
            if self._lists:
                self._lists.pop()
            self._in_item = False
        elif name.rstrip("*") in self._named or name in ("abstract", "figure", "table", "quote", "quotation", "center"):
            self._paragraph()
        return False

    def _item(self, stream: Stream) -> None:
        self._paragraph()
        told = stream.optional()
        self._in_item = True
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            self._labels.told(str(self._lists[-1]), "Item")
        if told:
            self._text.append(self._inner(stream, told) + " ")

    def _paragraph(self) -> None:
        text = typeset(one_line("".join(self._text)))
        self._text = []
        if not text:
            return
        if self._in_item and self._lists:
            self._prose.item(text, len(self._lists) - 1, self._lists[-1])
            self._in_item = False
        else:
            self._prose.paragraph(text)

    def _inner(self, stream: Stream, inside: list[str]) -> str:
        """Some tokens as a text of one line, with the macros known so far; blocks in them are left out."""
        own = stream.inner(inside)
        held, self._text = self._text, []
        self._flat(own)
        text, self._text = typeset(one_line("".join(self._text))), held
        return text

    def _flat(self, stream: Stream) -> None:
        depth = 0
        while (piece := stream.next()) is not None:
            name = piece[1:].rstrip("*")
            if piece == "$":
                self._inline(stream)
            elif piece[0] != "\\":
                self._text.append("" if piece in "{}" else " " if piece.isspace() or piece == "~" else piece)
            elif name in COMBINING:
                letter = "".join(part for part in stream.argument() if part not in "{}")
                self._text.append(accented(name, letter))
            elif name in SYMBOLS:
                self._text.append(SYMBOLS[name])
            elif name in ("\\", "and", "newline", "par"):
                self._text.append("; " if name == "and" else " ")
            elif name in CITES:
                stream.optional()
                self._text.append(f"[{one_line(''.join(stream.argument()))}]")
            elif name in REFS:
                self._text.append(self._labels.refer(name, "".join(stream.argument())))
            elif name == "label":
                self._labels.label("".join(stream.argument()))
            elif name in HIDDEN:
                for _ in range(HIDDEN[name]):
                    stream.optional()
                    stream.argument()
            elif name in ("footnote", "begin", "end"):
                stream.argument()
                depth += 1
            else:
                stream.skip_space()

    def _told(self, stream: Stream, name: str) -> None:
        stream.optional()
        text = self._inner(stream, stream.argument())
        if name == "author":
            before = self.facts.get("authors")
            names = [one for part in text.split(";") if (one := part.strip())]
            self.facts["authors"] = [*(before if isinstance(before, list) else []), *names]
        elif text:
            self.facts[name] = text

    def _input(self, stream: Stream, name: str) -> None:
        self._left -= 1
        found = self._inputs.find(name) if self._left >= 0 else None
        if found is not None:
            stream.push(tokens(found))

    def _aside(self, stream: Stream, name: str, piece: str) -> None:
        inside = stream.argument()
        if name == "caption":
            self._paragraph()
            called = self._caption(piece)  # before the text, in which the label may be
            self._prose.paragraph(called + self._inner(stream, inside))
        elif text := self._inner(stream, inside):
            self._text.append(f" ({text})")

    def _caption(self, piece: str) -> str:
        """What stands before the text of a caption."""
        around = next((FLOATS[one] for one in reversed(self._floats) if one in FLOATS), "")
        if not around or piece[-1] == "*":
            return ""
        if self._floats[-1] in PARTS:
            return f"({self._labels.part(around.lower(), around)}) "
        return f"{around} {self._labels.step(around.lower(), around)}: "

    def _new_theorem(self, stream: Stream, *, counted: bool) -> None:
        kind = "".join(stream.argument()).strip()
        shared = "".join(stream.optional() or ()).strip()
        self._named[kind] = self._inner(stream, stream.argument())
        within = "".join(stream.optional() or ()).strip()
        (self._uncounted.discard if counted else self._uncounted.add)(kind)
        if shared:
            self._labels.share(kind, shared)
        if within in SECTIONS:
            self._labels.number_within(kind, SECTIONS[within])

    def _inline(self, stream: Stream) -> None:
        piece = stream.next()
        if piece == "$":
            self._formula(stream, "$")
            if (after := stream.raw()) not in ("$", None):
                stream.push([str(after)])
            return
        if piece is not None:
            stream.push([piece])
        body = up_to(stream, "$")
        self._text.append(f"${one_line(body)}$")

    def _formula(self, stream: Stream, closes: str) -> None:
        body = up_to(stream, closes)
        if closes == "\\)":
            self._text.append(f"${one_line(body)}$")
            return
        self._paragraph()
        self._prose.maths(body)

    def _table(self, stream: Stream, name: str) -> None:
        rows = cells(stream.inner(stream.environment(name)), name)
        self._paragraph()
        self._prose.table([[self._inner(stream, cell) for cell in row] for row in rows])

    def _bibliography(self, stream: Stream) -> None:
        inside = stream.environment("thebibliography")
        if not self._references:
            return
        self._paragraph()
        self._prose.heading(2, "References")
        own = stream.inner(inside)
        entry: list[str] = []
        key = ""
        while True:
            piece = own.raw()
            if piece in ("\\bibitem", None):
                text = self._inner(stream, entry)
                self._prose.paragraph(f"[{key}] {text}" if text and key else "")
                if piece is None:
                    return
                own.optional()
                key, entry = one_line("".join(own.argument())), []
            else:
                entry.append(str(piece))

    def _verb(self, stream: Stream) -> None:
        piece = stream.raw() or ""
        mark, body = piece[:1], piece[1:]
        while mark and mark not in body and (more := stream.raw()) is not None and more != "\n\n":
            body += more
        text, _, rest = body.partition(mark) if mark else (body, "", "")
        self._text.append(text)
        if rest:
            stream.push(tokens(rest))
