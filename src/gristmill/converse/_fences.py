"""Fenced code, JSON and LaTeX in answers: whether what was opened is closed, and parses."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

import orjson

from gristmill.converse._conversation_checks import CheckName

Finding = tuple[CheckName, str]

FENCE = "```"
MOST_CODE = 20_000
"""Characters of a block that is parsed; longer ones are left alone."""

_MOST_DEPTH = 50
_PYTHON, _JSON = frozenset(("python", "py", "python3")), frozenset(("json",))
_COMMAND = re.compile(r"\\[a-zA-Z]{2}")
"""What makes `$$` LaTeX; else it is slang for money, a password or a variable of PHP."""
_PAIRS = (("\\[", "\\]"), ("\\(", "\\)"))


def fence_findings(text: str) -> Iterator[Finding]:
    """What is wrong with the blocks of an answer."""
    if FENCE in text:
        blocks, is_open = _blocks(text)
        if is_open:
            yield "open_code_fence", text[-60:]
        for language, code in blocks:
            if language in _PYTHON and (why := _no_python(code)):
                yield "broken_code", why
            if language in _JSON and (why := _no_json(code)):
                yield "broken_json", why
    if "\\" in text or "$$" in text:
        yield from (("broken_latex", why) for why in _latex(text))


def closed(text: str) -> str:
    """The text with its last fence closed, where it is open."""
    return f"{text.rstrip()}\n{FENCE}" if FENCE in text and _blocks(text)[1] else text


def _blocks(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Language and content of each closed block, and whether one is left open."""
    found: list[tuple[str, str]] = []
    language: str | None = None
    held: list[str] = []
    fence = FENCE
    for line in text.splitlines():
        bare = line.strip()
        if language is None:
            if bare.startswith(FENCE) and FENCE not in bare.lstrip("`"):
                fence = bare[: len(bare) - len(bare.lstrip("`"))]
                language, held = bare[len(fence) :].strip().lower(), []
        elif bare.startswith(fence) and not bare.strip("`"):
            found.append((language, "\n".join(held)))
            language = None
        else:
            held.append(line)
    return found, language is not None


def _no_python(code: str) -> str | None:
    """Why a block is no Python; None where it is, or is a session, an excerpt or too long to be looked at."""
    if len(code) > MOST_CODE or ">>>" in code or "..." in code or "\n%" in f"\n{code}" or "\n!" in f"\n{code}":
        return None
    if _depth(code) > _MOST_DEPTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(_dedented(code))
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _depth(code: str) -> int:
    """How deeply brackets are nested at most, or how many unary signs follow each other."""
    depth = deepest = run = 0
    for letter in code:
        depth += (letter in "([{") - (letter in ")]}")
        run = run + 1 if letter in "-+~ " else 0
        deepest = max(deepest, depth, run - 8 if run > 400 else 0)
    return deepest


def _dedented(code: str) -> str:
    lines = code.split("\n")
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


def _no_json(code: str) -> str | None:
    if not code.strip() or len(code) > MOST_CODE or "..." in code or "//" in code:
        return None
    try:
        orjson.loads(code)
    except orjson.JSONDecodeError as error:
        if all(_is_json(line) for line in code.splitlines() if line.strip()):
            return None
        return str(error)[:80]
    return None


def _is_json(line: str) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _latex(text: str) -> Iterator[str]:
    if "\\begin{" in text or "\\end{" in text:
        open_names: list[str] = []
        for name, begins in _environments(text):
            if begins:
                open_names.append(name)
            elif not open_names or open_names.pop() != name:
                yield f"\\end{{{name}}} without its beginning"
                return
        if open_names:
            yield f"\\begin{{{open_names[-1]}}} without its end"
            return
    for begin, end in _PAIRS:
        # `\\[2pt]` is a line break
        count = text.count(begin) - text.count("\\" + begin)
        ends = text.count(end) - text.count("\\" + end)
        if count != ends and ("\\frac" in text or "^" in text or "\\begin" in text):
            yield f"{count} {begin} and {ends} {end}"
    if text.count("$$") % 2 and FENCE not in text and _COMMAND.search(text):
        yield "an odd number of $$"


def _environments(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    while True:
        begin, end = text.find("\\begin{", at), text.find("\\end{", at)
        if begin < 0 and end < 0:
            return
        begins = begin >= 0 and (end < 0 or begin < end)
        place = begin if begins else end
        start = text.index("{", place) + 1
        stop = text.find("}", start, start + 40)
        if stop < 0:
            return
        yield text[start:stop], begins
        at = stop
