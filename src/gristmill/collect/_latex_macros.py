"""Tokens of LaTeX, and macros expanded within a budget."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_EXPANSIONS = 200_000
MOST_TOKENS = 8_000_000
_MOST_ARGUMENT = 1_000_000

# Every alternative begins with another character and reads a run of one class, so no text is read twice.
_TOKEN = re.compile(r"\\[A-Za-z@]+\*?|\\.|%[^\n]*\n?[ \t]*|\n\s*|[{}\[\]$~&#]|[^\\%{}\[\]$~&#\n]+", re.DOTALL)
_DEFINES = frozenset(("newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"))


class Budget(ValueError):
    """The source asks for more expansion than any true one needs."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A body with places for so many arguments; `default` makes the first one optional."""

    count: int
    body: tuple[str, ...]
    default: tuple[str, ...] | None = None


def tokens(text: str) -> list[str]:
    """Tokens without comments. A paragraph's end is "\\n\\n", any other white space stays in its run."""
    found = []
    for token in _TOKEN.findall(text):
        if token[0] == "%":
            continue
        if token[0] == "\n":
            token = "\n\n" if token.count("\n") > 1 else "\n"
        found.append(token)
    return found


class Stream:
    """Tokens to come, with macros expanded as they are met."""

    def __init__(self, text: str = "") -> None:
        self._stack: list[str] = []
        self.macros: dict[str, Macro] = {}
        self._spent = 0
        self._pushed = 0
        self.push(tokens(text))

    def push(self, more: list[str]) -> None:
        self._pushed += len(more)
        if self._pushed > MOST_TOKENS:
            raise Budget(f"its macros and inputs unfold to more than {MOST_TOKENS} tokens")
        self._stack.extend(reversed(more))

    def raw(self) -> str | None:
        return self._stack.pop() if self._stack else None

    def next(self) -> str | None:
        """The next token that is no macro of the source; definitions on the way are taken in."""
        while self._stack:
            token = self._stack.pop()
            if token[0] != "\\":
                return token
            name = token[1:].rstrip("*")
            if name in self.macros:
                self._expand(self.macros[name])
            elif name in _DEFINES:
                self._newcommand()
            elif name in ("def", "gdef", "edef", "xdef"):
                self._def()
            elif name == "DeclareMathOperator":
                self._operator(token)
            elif name == "let":
                self._let()
            else:
                return token
        return None

    def skip_space(self) -> None:
        while self._stack and self._stack[-1].isspace():
            self._stack.pop()
        if self._stack and self._stack[-1][0].isspace():
            self._stack[-1] = self._stack[-1].lstrip()

    def argument(self) -> list[str]:
        """A group without its braces, or one token; not expanded."""
        self.skip_space()
        if not self._stack:
            return []
        token = self._stack.pop()
        if token == "{":
            return self._until("{", "}")
        if token == "}":
            self._stack.append(token)
            return []
        if token[0] != "\\" and len(token) > 1:
            self._stack.append(token[1:])
            token = token[0]
        return [token]

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
            token = self._stack.pop()
            if token in ("\\begin", "\\end") and "".join(self._stack[-3:][::-1]).startswith("{" + name + "}"):
                depth += 1 if token == "\\begin" else -1
                if not depth:
                    del self._stack[-3:]
                    return found
            found.append(token)
        return found

    def _until(self, opens: str, closes: str) -> list[str]:
        found: list[str] = []
        depth = braces = 0
        while self._stack and len(found) < _MOST_ARGUMENT:
            token = self._stack.pop()
            if token == closes and braces <= 0:
                if not depth:
                    return found
                depth -= 1
            elif token == opens and braces <= 0:
                depth += 1
            elif opens == "[" and token in "{}":
                braces += 1 if token == "{" else -1
                if braces < 0:  # the group ends before the bracket does
                    self._stack.append(token)
                    return found
            found.append(token)
        return found

    def _expand(self, macro: Macro) -> None:
        self._spent += 1
        if self._spent > MOST_EXPANSIONS:
            raise Budget(f"its macros unfold more than {MOST_EXPANSIONS} times")
        arguments: list[list[str]] = []
        if macro.default is not None:
            given = self.optional()
            arguments.append(list(macro.default) if given is None else given)
        while len(arguments) < macro.count:
            arguments.append(self.argument())
        body: list[str] = []
        place = False
        for token in macro.body:
            if place and token[0].isdigit():
                number = int(token[0]) - 1
                body += arguments[number] if 0 <= number < len(arguments) else []
                body += [token[1:]] if token[1:] else []
                place = False
            elif token == "#":
                place = True
            else:
                body.append(token)
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

    def _operator(self, token: str) -> None:
        name = "".join(self.argument()).strip().removeprefix("\\")
        body = self.argument()
        star = "*" if token.endswith("*") else ""
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
