"""Which files of a repository a file of it uses, and an order in which what is used comes first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence

from gristmill.collect._code_files import CodeFile

_LONGEST_LINE = 400
_MOST_LINES = 5000
_MOST_NAMED = 500
_SCRIPTS = frozenset(("JavaScript", "TypeScript", "TSX", "Vue", "Svelte"))
_C_LIKE = frozenset(("C", "C++", "Objective-C", "Objective-C++", "Cuda"))
_JVM = frozenset(("Java", "Kotlin", "Scala", "Groovy"))
_SCRIPT_ENDS = ("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte", "/index.ts", "/index.tsx", "/index.js")
_JVM_ENDS = (".java", ".kt", ".scala", ".groovy")


def in_order(files: Sequence[CodeFile]) -> list[CodeFile]:
    """The files, each behind those that it uses; where that goes in a circle, the one that lacks fewest comes first.

    So DeepSeek-Coder (Guo et al. 2024, section 2.2, https://arxiv.org/abs/2401.14196) arranges a repository. Ties go
    to the order that the files came in.
    """
    by_tail = _tails(files)
    uses = [_used(file, number, by_tail) for number, file in enumerate(files)]
    users: list[list[int]] = [[] for _ in files]
    for number, used in enumerate(uses):
        for other in used:
            users[other].append(number)
    lacking = [len(used) for used in uses]
    waiting = [(count, number) for number, count in enumerate(lacking)]
    heapq.heapify(waiting)
    placed = [False] * len(files)
    order = []
    while waiting:
        count, number = heapq.heappop(waiting)
        if placed[number] or count != lacking[number]:
            continue
        placed[number] = True
        order.append(files[number])
        for user in users[number]:
            if not placed[user]:
                lacking[user] -= 1
                heapq.heappush(waiting, (lacking[user], user))
    return order


def _tails(files: Sequence[CodeFile]) -> dict[str, int]:
    """Files by every end of their paths: `a/b/c.py` by `a/b/c.py`, `b/c.py` and `c.py`; the first file has an end."""
    tails: dict[str, int] = {}
    for number, file in enumerate(files):
        parts = file.path.split("/")[-16:]
        for at in range(len(parts)):
            tails.setdefault("/".join(parts[at:]), number)
    return tails


def _used(file: CodeFile, number: int, tails: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for named, _ in zip(_named(file), range(_MOST_NAMED), strict=False):
        for path in named:
            other = tails.get(path)
            if other is not None:
                if other != number:
                    found.add(other)
                break
    return found


def _named(file: CodeFile) -> Iterator[tuple[str, ...]]:
    """For each import of a file the paths that it may mean, the likeliest first."""
    language = file.language.name if file.language else ""
    folder = file.path.rpartition("/")[0]
    for line in file.text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        line = line[:_LONGEST_LINE].strip()
        if language == "Python":
            yield from _python(line, folder)
        elif language in _SCRIPTS:
            yield from _script(line, folder)
        elif language in _C_LIKE:
            if line.startswith("#") and line[1:].lstrip().startswith(("include", "import")):
                name = _quoted(line)
                if name:
                    yield (joined(folder, name), name)
        elif language in _JVM:
            if line.startswith("import "):
                name = line.removeprefix("import ").removeprefix("static ").partition(" as ")[0].strip(" ;")
                path = name.replace(".", "/")
                yield tuple(one + end for one in (path, path.rpartition("/")[0]) if one for end in _JVM_ENDS)
        elif language == "Rust":
            yield from _rust(line, folder)
        elif language == "Ruby" and line.startswith(("require_relative ", "require ")):
            name = _quoted(line)
            if name:
                yield (joined(folder, name) + ".rb", name + ".rb")


def _python(line: str, folder: str) -> Iterator[tuple[str, ...]]:
    if line.startswith("from ") and " import " in line:
        module, _, names = line.removeprefix("from ").partition(" import ")
        module = module.strip()
        dots = len(module) - len(module.lstrip("."))
        inner = module.lstrip(".").replace(".", "/")
        if dots:
            for _ in range(dots - 1):
                folder = folder.rpartition("/")[0]
            inner = joined(folder, inner) if inner else folder
        first = names.strip("( ").partition(",")[0].partition(" as ")[0].strip(" )")
        yield (f"{inner}/{first}.py".lstrip("/"), f"{inner}.py", f"{inner}/__init__.py")
    elif line.startswith("import "):
        for name in line.removeprefix("import ").split(","):
            path = name.partition(" as ")[0].strip().replace(".", "/")
            yield (f"{path}.py", f"{path}/__init__.py")


def _script(line: str, folder: str) -> Iterator[tuple[str, ...]]:
    for mark in (" from ", "import ", "require(", "import("):
        at = line.find(mark) if mark != "import " or line.startswith("import ") else -1
        name = _quoted(line[at:]) if at >= 0 else ""
        if name.startswith("."):
            path = joined(folder, name)
            stem = path.removesuffix(".js")
            yield (*(path + end for end in _SCRIPT_ENDS), stem + ".ts", stem + ".tsx")
            return


def _rust(line: str, folder: str) -> Iterator[tuple[str, ...]]:
    line = line.removeprefix("pub ").removeprefix("pub(crate) ")
    if line.startswith("mod ") and line.endswith(";"):
        name = line.removeprefix("mod ").rstrip(";").strip()
        yield (joined(folder, f"{name}.rs"), joined(folder, f"{name}/mod.rs"))
    elif line.startswith("use crate::"):
        path = line.removeprefix("use crate::").partition("{")[0].strip(":; ").replace("::", "/")
        above = path.rpartition("/")[0]
        yield tuple(f"src/{one}{end}" for one in (path, above) if one for end in (".rs", "/mod.rs"))


def _quoted(line: str) -> str:
    """What stands in the first quotes or angle brackets."""
    for at, char in enumerate(line):
        if char in "\"'<":
            return line[at + 1 :].partition(">" if char == "<" else char)[0]
    return ""


def joined(folder: str, name: str) -> str:
    """A path seen from a folder, without `.` and `..`."""
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
