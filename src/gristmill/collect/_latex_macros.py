"""Tokens of LaTeX, and macros expanded within a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_EXPANSIONS = 200_000
MOST_TOKENS = 8_000_000
_MOST_ARGUMENT = 1_000_000

# Every alternative begins with another character and reads a run of one class, so no text is read twice.
_TOKEN = re.compile(r"\\[A-Za-z@]+\*?|\\.|%[^\n]*\n?[ \t]*|\n\s*|[{}\[\]$~&#]|[^\\%{}\[\]$~&#\n]{1,4096}", re.DOTALL)
_DEFINES = frozenset(("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"))


class Budget(ValueError):
    """The source asks for more expansion than any true one needs."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A body with places for so many arguments; `default` makes the first one optional."""

    count: int
    body: tuple[str, ...]
    default: tuple[str, ...] | None = None


_LONGEST_GLUE = 80
_LENGTH = r"[-+]?\s?[\d.]{1,12}\s?(?:true\s?)?(?:pt|pc|in|bp|cm|mm|dd|cc|sp|ex|em|mu|fil{1,3})?(?![A-Za-z])"
_GLUE = re.compile(rf"\s?{_LENGTH}(?:\s?(?:plus|minus)\s?{_LENGTH}){{0,2}}")
_ASSIGNED = re.compile(rf"\s?=\s?{_LENGTH}")


def tokens(text: str) -> list[str]:
    """Tokens without comments. A paragraph's end is "\\n\\n", any other white space stays in its run."""
    found = []
    for piece in _TOKEN.findall(text):
        if piece[0] == "%":
            continue
        if piece[0] == "\n":
            piece = "\n\n" if piece.count("\n") > 1 else "\n"
        found.append(piece)
    return found


@dataclass(slots=True)
class _Meter:
    """What a source has cost so far."""

    spent: int = 0
    pushed: int = 0


class Stream:
    """Tokens to come, with macros expanded as they are met."""

    def __init__(self, text: str = "") -> None:
        self._stack: list[str] = []
        self.macros: dict[str, Macro] = {}
        self._meter = _Meter()
        self.push(tokens(text))

    def push(self, more: list[str]) -> None:
        self._meter.pushed += len(more)
        if self._meter.pushed > MOST_TOKENS:
            raise Budget(f"its macros and inputs unfold to more than {MOST_TOKENS} tokens")
        self._stack.extend(reversed(more))

    def inner(self, inside: list[str]) -> Stream:
        """A stream over some tokens alone, with the same macros and one budget."""
        own = Stream()
        own.macros, own._meter = self.macros, self._meter
        own.push(inside)
        return own

    def raw(self) -> str | None:
        return self._stack.pop() if self._stack else None

    def next(self) -> str | None:
        """The next piece that is no macro of the source; definitions on the way are taken in."""
        while self._stack:
            piece = self._stack.pop()
            if piece[0] != "\\":
                return piece
            name = piece[1:].rstrip("*")
            if name in self.macros:
                self._expand(self.macros[name])
            elif name in _DEFINES:
                self._newcommand()
            elif name in ("def", "gdef", "edef", "xdef"):
                self._def()
            elif name == "DeclareMathOperator":
                self._operator(piece)
            elif name == "let":
                self._let()
            else:
                return piece
        return None

    def skip_space(self) -> None:
        while self._stack and self._stack[-1].isspace():
            self._stack.pop()
        if self._stack and self._stack[-1][0].isspace():
            self._stack[-1] = self._stack[-1].lstrip()

    def argument(self) -> list[str]:
        """A group without its braces, or one piece; not expanded."""
        self.skip_space()
        if not self._stack:
            return []
        piece = self._stack.pop()
        if piece == "{":
            return self._until("{", "}")
        if piece == "}":
            self._stack.append(piece)
            return []
        if piece[0] != "\\" and len(piece) > 1:
            self._stack.append(piece[1:])
            piece = piece[0]
        return [piece]

    def settings(self) -> None:
        """Pass over what stands right behind a command that is not known: options in brackets, `=` and a number."""
        while self._stack and self._stack[-1] == "[":
            self.optional()
        self._pass_over(_ASSIGNED)

    def glue(self) -> None:
        """Pass over a length as plain TeX writes it: `2.5truecm plus 1fil`."""
        self._pass_over(_GLUE)

    def _pass_over(self, what: re.Pattern[str]) -> None:
        if self._stack and (found := what.match(self._stack[-1][:_LONGEST_GLUE])):
            rest = self._stack.pop()[found.end() :]
            if rest:
                self._stack.append(rest)

    def groups(self) -> list[list[str]]:
        """The groups in braces that come next."""
        found = []
        while self._stack and self._stack[-1] == "{":
            found.append(self.argument())
        return found

    def name(self) -> str:
        """The name of a file, in braces or up to the next space, as plain TeX has it."""
        self.skip_space()
        if not self._stack or self._stack[-1][0] in "{}\\$":
            return "".join(self.argument())
        piece = self._stack.pop()
        word = piece.split(maxsplit=1)[0]
        if rest := piece[len(word) :]:
            self._stack.append(rest)
        return word

    def optional(self) -> list[str] | None:
        """What stands in brackets, where that comes next."""
        at = len(self._stack) - 1
        while at >= 0 and self._stack[at].isspace() and self._stack[at] != "\n\n":
            at -= 1
        if at < 0 or self._stack[at] != "[":
            return None
        del self._stack[at:]
        return self._until("[", "]")

    def environment(self, name: str) -> list[str]:
        """All up to the \\end of an environment, which is taken."""
        found: list[str] = []
        depth = 1
        while self._stack and len(found) < _MOST_ARGUMENT:
            piece = self._stack.pop()
            if piece in ("\\begin", "\\end") and "".join(self._stack[-3:][::-1]).startswith("{" + name + "}"):
                depth += 1 if piece == "\\begin" else -1
                if not depth:
                    del self._stack[-3:]
                    return found
            found.append(piece)
        return found

    def _until(self, opens: str, closes: str) -> list[str]:
        found: list[str] = []
        depth = braces = 0
        while self._stack and len(found) < _MOST_ARGUMENT:
            piece = self._stack.pop()
            if piece == closes and braces <= 0:
                if not depth:
                    return found
                depth -= 1
            elif piece == opens and braces <= 0:
                depth += 1
            elif opens == "[" and piece in "{}":
                braces += 1 if piece == "{" else -1
                if braces < 0:  # the group ends before the bracket does
                    self._stack.append(piece)
                    return found
            found.append(piece)
        return found

    def _expand(self, macro: Macro) -> None:
        self._meter.spent += 1
        if self._meter.spent > MOST_EXPANSIONS:
            raise Budget(f"its macros unfold more than {MOST_EXPANSIONS} times")
        arguments: list[list[str]] = []
        if macro.default is not None:
            given = self.optional()
            arguments.append(list(macro.default) if given is None else given)
        while len(arguments) < macro.count:
            arguments.append(self.argument())
        body: list[str] = []
        place = False
        for piece in macro.body:
            if place and piece[0].isdigit():
                number = int(piece[0]) - 1
                body += arguments[number] if 0 <= number < len(arguments) else []
                body += [piece[1:]] if piece[1:] else []
                place = False
            elif piece == "#":
                place = True
            else:
                body.append(piece)
            if len(body) > _MOST_ARGUMENT:
                raise Budget("one of its macros unfolds without end")
        self.push(body)

    def _newcommand(self) -> None:
        name = "".join(self.argument()).strip().removeprefix("\\").rstrip("*")
        count = "".join(self.optional() or ["0"]).strip()
        default = self.optional()
        body = self.argument()
        if name and count.isdecimal() and name not in _KEPT:
            self.macros[name] = Macro(min(int(count[:2]), 9), tuple(body), None if default is None else tuple(default))

    def _def(self) -> None:
        name = (self.raw() or "").removeprefix("\\")
        count = 0
        while self._stack and self._stack[-1] != "{":
            count += self._stack.pop() == "#"
        body = self.argument()
        if name and name not in _KEPT:
            self.macros[name] = Macro(min(count, 9), tuple(body))

    def _operator(self, piece: str) -> None:
        name = "".join(self.argument()).strip().removeprefix("\\")
        body = self.argument()
        star = "*" if piece.endswith("*") else ""
        if name:
            self.macros[name] = Macro(0, ("\\operatorname" + star, "{", *body, "}"))

    def _let(self) -> None:
        name = (self.raw() or "").removeprefix("\\")
        self.skip_space()
        meaning = self.raw() or ""
        meaning = (self.raw() or "") if meaning == "=" else meaning
        if name and meaning.startswith("\\") and meaning != "\\" + name and name not in _KEPT:
            self.macros[name] = Macro(0, (meaning,))


_KEPT = frozenset(("begin", "end", "section", "subsection", "item", "cite", "ref", "label", "caption", "maketitle"))
"""Names that the converter knows by itself; a source that redefines them means their looks."""
