"""Wikitext with its templates and links resolved, in one pass with a stack, so that time is linear and depth bounded.

No page is expanded as MediaWiki would: the templates are not in a dump's articles. Those that stand for a few words are
written out (`_wiki_templates`), all others go and are counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gristmill.collect._wiki_marks import BREAK, GONE, QUOTE_BEGINS, QUOTE_ENDS, Held, without_marks
from gristmill.collect._wiki_templates import rendered

MAX_DEPTH = 40
"""Templates and links within each other; what opens deeper stays as it is written."""

_TOKENS = re.compile(r"\{\{+|\}\}+|\[\[|\]\]|\|")  # runs of single characters: nothing to go back over
_DROPPED = frozenset(
    ("ref", "gallery", "includeonly", "timeline", "score", "imagemap", "templatedata", "mapframe", "maplink", "graph")
)
_HELD = frozenset(("nowiki", "pre", "math", "chem", "ce", "source", "syntaxhighlight", "code"))
_FILE_WORDS = ("thumb", "frame", "left", "right", "center", "none", "upright", "border", "baseline", "alt=", "link=")
_TAG_END = 2000
_NAMES = re.compile(r"\{\{([^{}|\n]{1,60})")
_OF_MEANINGS = (
    "disambig", "desambig", "dezambig", "begriffsklärung", "homonymie", "неоднозначност", "багатозначність",
    "ujednoznacznienie", "rozcestník", "doorverwijspagina", "曖昧さ回避", "消歧义", "消歧義", "동음이의",
)  # fmt: skip
_MEANINGS = frozenset(("dab", "hndis", "geodis", "numberdis", "schooldis", "hospitaldis", "mil-unit-dis", "dp", "bkl"))
FILE, CATEGORY = 6, 14


@dataclass(slots=True)
class Page:
    """What was found in a page besides its text."""

    categories: list[str] = field(default_factory=list)
    dropped: int = 0  # templates that are not written out
    disambiguation: bool = False


@dataclass(slots=True)
class _Frame:
    """A template, parameter or link that is open."""

    opening: str
    parts: list[list[str]]


class Resolver:
    """Resolves the pages of one wiki, whose names of namespaces (lower case) stand for their numbers."""

    def __init__(self, namespaces: Mapping[str, int], *, captions: bool) -> None:
        self._namespaces = namespaces
        self._captions = captions

    def resolve(self, text: str, title: str) -> tuple[str, Held, Page]:
        """The text with marks where maths, code and the like stand that must be left alone, and what they stand for."""
        held = Held()
        page = Page()
        text = _without_comments(without_marks(text))
        return self._resolved(_without_extensions(text, held), title, page), held, page

    def _resolved(self, text: str, title: str, page: Page) -> str:
        frames = [_Frame("", [[]])]
        at = 0
        for match in _TOKENS.finditer(text):
            frames[-1].parts[-1].append(text[at : match.start()])
            at = match.end()
            mark = match.group()
            if mark == "|":
                if len(frames) > 1:
                    frames[-1].parts.append([])
                else:
                    frames[-1].parts[-1].append(mark)
            elif mark[0] == "{":
                self._open_braces(frames, len(mark))
            elif mark[0] == "}":
                self._close_braces(frames, len(mark), title, page)
            elif mark == "[[":
                _open(frames, mark)
            elif frames[-1].opening == "[[":
                link = frames.pop()
                frames[-1].parts[-1].append(self._link(["".join(part) for part in link.parts], page))
            else:
                frames[-1].parts[-1].append(mark)
        frames[-1].parts[-1].append(text[at:])
        while len(frames) > 1:
            _abandon(frames)
        return "".join(frames[0].parts[0])

    def _open_braces(self, frames: list[_Frame], count: int) -> None:
        templates = count // 2 if count % 2 == 0 else (count - 3) // 2
        for _ in range(min(templates, MAX_DEPTH + 1)):
            _open(frames, "{{")
        if count % 2:
            _open(frames, "{{{")

    def _close_braces(self, frames: list[_Frame], count: int, title: str, page: Page) -> None:
        while count >= 2:
            own = next((at for at in range(len(frames) - 1, 0, -1) if frames[at].opening[0] == "{"), 0)
            if not own:
                frames[-1].parts[-1].append("}" * count)
                return
            while len(frames) - 1 > own:
                _abandon(frames)
            frame = frames.pop()
            parts = ["".join(part) for part in frame.parts]
            if frame.opening == "{{{":
                count -= min(count, 3)
                frames[-1].parts[-1].append(parts[1] if len(parts) > 1 else "")
                continue
            count -= 2
            frames[-1].parts[-1].append(self._template(parts, title, page))
        frames[-1].parts[-1].append("}" * count)

    def _template(self, parts: list[str], title: str, page: Page) -> str:
        text = rendered(parts[0], parts[1:], title)
        if text is None:
            page.dropped += 1
            page.disambiguation |= _lists_meanings(parts[0])
            return GONE
        return text

    def _link(self, parts: list[str], page: Page) -> str:
        target = parts[0].strip().replace("_", " ")
        prefix, colon, rest = target.partition(":")
        number = self._namespaces.get(prefix.strip().lower()) if colon and prefix else None
        if number == CATEGORY:
            page.categories.append(rest.strip()[:300])
            return ""
        if number == FILE:
            return f"\n\n{caption}\n\n" if self._captions and (caption := _caption(parts[1:])) else ""
        if len(parts) > 1 and (shown := "|".join(parts[1:]).strip()):
            return shown
        if colon and not rest.strip():
            return ""
        if number is None and colon and _is_language(prefix):
            return ""  # the same page in another language
        target = target.removeprefix(":")
        if len(parts) > 1:  # the pipe trick
            target = target.partition(":")[2] or target
            target = target.partition(" (")[0].partition(",")[0]
        return target.strip()


def _open(frames: list[_Frame], opening: str) -> None:
    if len(frames) > MAX_DEPTH:
        frames[-1].parts[-1].append(opening)
    else:
        frames.append(_Frame(opening, [[]]))


def is_disambiguation(text: str) -> bool:
    """Whether a template says that a page lists what its name may mean."""
    return any(_lists_meanings(name) for name in _NAMES.findall(text))


def _lists_meanings(template: str) -> bool:
    name = template.strip().lower().replace("_", " ")
    return name in _MEANINGS or (any(word in name for word in _OF_MEANINGS) and "needed" not in name)


def _abandon(frames: list[_Frame]) -> None:
    """What was opened and never closed is text."""
    frame = frames.pop()
    frames[-1].parts[-1].append(frame.opening + "|".join("".join(part) for part in frame.parts))


def _is_language(prefix: str) -> bool:
    plain = prefix.strip()
    return 2 <= len(plain.partition("-")[0]) <= 3 and plain.replace("-", "").isalpha() and plain.islower()


def _caption(parts: list[str]) -> str:
    texts = [part.strip() for part in parts]
    kept = [text for text in texts if text and not text.lower().startswith(_FILE_WORDS) and not text.endswith("px")]
    return kept[-1] if kept else ""


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    out = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        out.append(text[at:start])
        end = text.find("-->", start)
        at = len(text) if end < 0 else end + 3
        line = text.rfind("\n", 0, start)
        # A line of nothing but a comment goes with its end.
        if text[at : at + 1] == "\n" and not text[line + 1 : start].strip() and start - line < _TAG_END:
            at += 1
    return "".join([*out, text[at:]])


def _without_extensions(text: str, held: Held, *, in_verse: bool = False) -> str:
    """A text with marks for what is no wikitext (maths, code), without what is no text (references, galleries)."""
    lower = text.lower() if len(text.lower()) == len(text) else text
    out = []
    at = copied = 0
    unclosed: set[str] = set()
    while (start := text.find("<", at)) >= 0:
        at = start + 1
        name = _tag_name(lower, at)
        if name in ("poem", "blockquote") and not in_verse:
            end = text.find(">", at, at + _TAG_END)
            out += [text[copied:start], f"\n{QUOTE_BEGINS}\n" if name == "blockquote" else "\n\n"]
            copied = at = end + 1 if end >= 0 else at
            close = lower.find("</poem", at) if name == "poem" and name not in unclosed else -1
            if close >= 0:
                verse = _without_extensions(text[at:close].strip(), held, in_verse=True)
                out.append(verse.replace("\n", BREAK))
                copied = at = close
            elif name == "poem":
                unclosed.add(name)
            continue
        if name in ("/poem", "/blockquote") and not in_verse:
            end = text.find(">", at, at + _TAG_END)
            out += [text[copied:start], f"\n{QUOTE_ENDS}\n" if name == "/blockquote" else "\n\n"]
            copied = at = end + 1 if end >= 0 else at
            continue
        if name not in _DROPPED and name not in _HELD:
            continue
        end = text.find(">", at, at + _TAG_END)
        if end < 0:
            continue
        attributes = text[at + len(name) : end]
        close = -1
        if not attributes.endswith("/") and name not in unclosed:
            close = lower.find(f"</{name}", end)
            if close < 0:
                unclosed.add(name)
        out.append(text[copied:start])
        copied = at = end + 1
        if close >= 0:
            if name in _HELD:
                out.append(held.hold(name, attributes, text[end + 1 : close]))
            after = text.find(">", close)
            copied = at = len(text) if after < 0 else after + 1
    return "".join([*out, text[copied:]])


def _tag_name(lower: str, at: int) -> str:
    end = at + (lower[at : at + 1] == "/")
    stop = min(len(lower), at + 20)
    while end < stop and lower[end].isalpha():
        end += 1
    return lower[at:end]
