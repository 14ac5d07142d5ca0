"""Text of a page of Sphinx, out of the reStructuredText that stands beside it in `_sources`, by docutils.

Roles and directives of Sphinx are read for the words that they hold and no more: what they would look up elsewhere
(docstrings, titles of other pages) is not there, and sources that mostly ask for such are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives, roles

ELSEWHERE = re.compile(
    r"^\s*\.\. (toctree|auto\w*|kernel-\w+|literalinclude|click|program-output|bb:cfg|"
    r"cmake-module|[\w-]*autodoc|jinja:\w+|click:\w+|miscnews|opcode-list|plot|raw|csv-table|argparse|audit-event-table)::",
    re.M,
)
"""A source with one of these has words on its page that it does not hold itself."""

_NOTHING = frozenset((
    "toctree", "index", "highlight", "module", "currentmodule", "py:module", "py:currentmodule", "sectionauthor",
    "codeauthor", "moduleauthor", "tabularcolumns", "program", "default-domain", "testsetup", "testcleanup", "meta",
    "c:namespace", "cmake-manual-description", "image", "graphviz", "kernel-figure", "figure", "inheritance-diagram",
))  # fmt: skip
_LITERAL = frozenset((
    "code-block", "sourcecode", "code", "doctest", "testcode", "testoutput", "prompt", "productionlist",
    "parsed-literal", "highlight-block", "digraph", "ipython", "console",
))  # fmt: skip
_LANGUAGES = frozenset(("code-block", "sourcecode", "code", "prompt", "testcode", "ipython"))
_UNSEEN = (nodes.system_message, nodes.comment, nodes.substitution_definition, nodes.target, nodes.image, nodes.docinfo)
_FIELD = re.compile(r"^(param|parameter|type|arg|keyword|raises?|returns?|rtype|var|ivar|cvar|vartype|retval)\b")
"""What a field is by its name, for which pages show words of their own."""

_INCLUDE, _DEEPEST = re.compile(r"^\.\. include:: *(\S+) *$", re.M), 5

_OWN = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.S)
_NO_TEXT = frozenset(("ref", "doc", "numref", "any", "eq", "cite", "ifconfig", "index"))


class _AnyOption(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return str


class _Generic(Directive):
    """A directive that is read for its argument and content."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption(known=str)

    def run(self) -> list[nodes.Node]:
        if self.name in _NOTHING:
            return []
        box = nodes.container()
        if self.arguments and self.name not in _LANGUAGES:
            box += nodes.paragraph("", " ".join(self.arguments[0].split()))
        if self.name in _LITERAL:
            box += nodes.literal_block("", "\n".join(self.content))
        elif self.content:
            self.state.nested_parse(self.content, self.content_offset, box, match_titles=1)
        return [box]


_known_directive, _known_role = directives.directive, roles.role


def _directive(name: str, *rest: Any) -> tuple[Any, list[Any]]:
    known = name in directives._directive_registry and name not in _NOTHING | _LITERAL
    return _known_directive(name, *rest) if known else (_Generic, [])


def _role(name: str, *rest: Any) -> tuple[Any, list[Any]]:
    return _known_role(name, *rest) if name in roles._role_registry and name not in ("raw", "code") else (_generic, [])


def _generic(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """The title that a role states, or the name that it shows for what it refers to."""
    own = _OWN.match(text)
    if own:
        shown = own[1]
    elif name.rpartition(":")[2] in _NO_TEXT:
        shown = ""
    elif text.startswith("~"):
        shown = text.rpartition(".")[2]
    else:
        shown = f"{name.upper()} {text}" if name in ("pep", "rfc") else text.lstrip("!")
    return [nodes.inline("", shown)], []


directives.directive, roles.role = _directive, _role  # type: ignore[assignment]


def source_text(path: Path) -> str | None:
    """The text of a source; None where it asks for words that stand elsewhere, or cannot be read."""
    source = _whole(path)
    if source is None or ELSEWHERE.search(source):
        return None
    settings = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False}
    try:
        tree = publish_doctree(source, settings_overrides={**settings, "warning_stream": False})
    except Exception:  # noqa: BLE001  docutils breaks on some markup of Sphinx, with errors of any kind
        return None
    return " ".join(_words(tree))


def _whole(path: Path, depth: int = 0) -> str | None:
    """A source with those that it includes; None where one of these is not there."""
    pieces = _INCLUDE.split(path.read_text("utf-8", "replace"))
    for at in range(1, len(pieces), 2):
        other = path.parent / f"{pieces[at]}.txt"
        included = _whole(other, depth + 1) if other.is_file() and depth < _DEEPEST else None
        if included is None:
            return None
        pieces[at] = included
    return "".join(pieces)


def _words(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield node.astext()
    elif not isinstance(node, _UNSEEN):
        block = isinstance(node, nodes.TextElement) and not isinstance(node, nodes.Inline)
        if isinstance(node, nodes.field_name):
            yield _FIELD.sub("", node.astext())
            return
        parts = "".join(_words_inline(node)) if block else " ".join(w for child in node.children for w in _words(child))
        yield parts


def _words_inline(node: nodes.Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield child.astext()
        elif not isinstance(child, _UNSEEN):
            yield from _words_inline(child)


def pages(folder: Path) -> list[tuple[Path, Path]]:
    """The pages below a folder that have their source beside them."""
    found = []
    for sources in sorted(folder.rglob("_sources")):
        for source in sorted(sources.rglob("*.txt")):
            name = source.relative_to(sources).as_posix().removesuffix(".txt").removesuffix(".rst")
            page = sources.parent / f"{name}.html"
            if page.is_file() and not _translated(page, source):
                found.append((page, source))
    return found


def _translated(page: Path, source: Path) -> bool:
    """Whether a page has been translated by a po file that is not there, so that its source is in English."""
    lang = re.search(rb'<html[^>]*\slang="([\w-]+)"', page.read_bytes()[:4096])
    return lang is not None and not lang[1].startswith(b"en") and "translations" not in source.parts
