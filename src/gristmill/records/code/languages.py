"""The language of a file by its name, its interpreter line and, where several share an ending, its content.

`languages.json` holds the names of GitHub's Linguist and is written by tools/make_code_languages.py. Endings that
several languages share are told apart by patterns of ours; where none fits, the first language stands.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import orjson

from gristmill.records.code._shared_endings import choose

HEAD_BYTES = 16 << 10
"""Of a file that is looked at to tell languages apart."""

_LONGEST_NAME = 255
_LONGEST_LINE = 200


class Language(NamedTuple):
    """A language by Linguist's name, and whether it is for programming, markup, data or prose."""

    name: str
    type: str


class _Names(NamedTuple):
    types: dict[str, str]
    extensions: dict[str, list[str]]
    filenames: dict[str, list[str]]
    interpreters: dict[str, list[str]]


@lru_cache(maxsize=1)
def _names() -> _Names:
    """Read once a process."""
    return _Names(**orjson.loads(Path(__file__).with_name("languages.json").read_bytes()))


def by_name(name: str) -> Language | None:
    """The language of this name, however it is spelled in capitals."""
    folded = _folded().get(name.lower())
    return Language(folded, _names().types[folded]) if folded else None


@lru_cache(maxsize=1)
def _folded() -> dict[str, str]:
    return {name.lower(): name for name in _names().types}


def language_of(path: str, head: str) -> Language | None:
    """The language of a file, by its path and the beginning of its text; None where nothing tells."""
    names = _names()
    name = path.rpartition("/")[2][-_LONGEST_NAME:]
    found = names.filenames.get(name) or _by_ending(name) or names.interpreters.get(interpreter(head))
    if not found:
        return None
    chosen = found[0] if len(found) == 1 else choose(ending(name), found, head[:HEAD_BYTES])
    return Language(chosen, names.types[chosen])


def _by_ending(name: str) -> list[str] | None:
    """Languages of the longest ending: of `a.html.erb`, those of `.html.erb` before those of `.erb`."""
    known = _names().extensions
    lower = name.lower()
    at = lower.find(".")
    while at >= 0:
        if lower[at:] in known:
            return known[lower[at:]]
        at = lower.find(".", at + 1)
    return None


def ending(path: str) -> str:
    """`.py` of `a/b.py`, in small letters; empty where the name has none."""
    name = path.rpartition("/")[2].lower()
    stem, dot, last = name.rpartition(".")
    return dot + last if stem or last else ""


def interpreter(head: str) -> str:
    """What a script's first line has it run by, without its version: `python` of `#!/usr/bin/env python3.11`."""
    if not head.startswith("#!"):
        return ""
    words = head[2:_LONGEST_LINE].partition("\n")[0].split()
    if words and words[0].rpartition("/")[2] == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    name = words[0].rpartition("/")[2] if words else ""
    known = _names().interpreters
    while name and name not in known and name[-1] in "0123456789.-":
        name = name[:-1]
    return name
