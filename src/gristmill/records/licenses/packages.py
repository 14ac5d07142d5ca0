"""The licence that a package states in its metadata: package.json, pyproject.toml, Cargo.toml, pom.xml, METADATA."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import orjson

_MOST_CHARACTERS = 1 << 20
_CLASSIFIER = "License :: OSI Approved :: "


def is_package_file(name: str) -> bool:
    """Whether a file of this name (its last part) states the licence of a package."""
    return name.lower() in _READERS


def stated(name: str, text: str) -> list[str]:
    """The licences that a package file names, as it spells them; none where it cannot be read."""
    reader = _READERS.get(name.lower())
    if reader is None or len(text) > _MOST_CHARACTERS:
        return []
    try:
        found = [value.strip() for value in reader(text) if value.strip()]
    except (ValueError, RecursionError):  # of orjson and tomllib
        return []
    return found


def _json(text: str) -> Iterator[str]:
    known = orjson.loads(text)
    if not isinstance(known, dict):
        return
    for value in (known.get("license"), known.get("licence"), known.get("licenses")):
        for one in value if isinstance(value, list) else [value]:
            one = one.get("type") or one.get("name") if isinstance(one, dict) else one
            if isinstance(one, str):
                yield one


def _toml(text: str) -> Iterator[str]:
    known = tomllib.loads(text)
    for table in (_table(known, "project"), _table(known, "package"), _table(known, "tool", "poetry")):
        value = table.get("license")
        value = value.get("text") if isinstance(value, dict) else value
        if isinstance(value, str) and len(value) < 200:
            yield value
        classifiers = table.get("classifiers")
        for one in classifiers if isinstance(classifiers, list) else ():
            if isinstance(one, str) and one.startswith(_CLASSIFIER):
                yield one.removeprefix(_CLASSIFIER)


def _table(known: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        value = known.get(name)
        known = value if isinstance(value, dict) else {}
    return known


def _xml(text: str) -> Iterator[str]:
    """Names, else urls, in the first `<licenses>`; nothing is parsed, as entities of strangers can be bombs."""
    block = _between(text, "<licenses>", "</licenses>")
    if block is None:
        return
    for piece in block.split("<license>")[1:]:
        one = piece.partition("</license>")[0]
        value = _between(one, "<url>", "</url>") or _between(one, "<name>", "</name>")
        if value:
            yield unescape(value)


def _between(text: str, start: str, stop: str) -> str | None:
    _, found, rest = text.partition(start)
    inside, ended, _ = rest.partition(stop)
    return inside if found and ended else None


def _headers(text: str) -> Iterator[str]:
    """`License-Expression`, else `License` and classifiers of core metadata (PyPA), or `License` of R's DESCRIPTION."""
    lines = text.partition("\n\n")[0].splitlines()
    expression = [line.partition(":")[2] for line in lines if line.startswith("License-Expression:")]
    if expression:
        yield expression[0]
        return
    for line in lines:
        key, _, value = line.partition(":")
        if key == "License" and len(value) < 200:
            yield value
        elif key == "Classifier" and value.strip().startswith(_CLASSIFIER):
            yield value.strip().removeprefix(_CLASSIFIER)


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "package.json": _json,
    "composer.json": _json,
    "bower.json": _json,
    "pyproject.toml": _toml,
    "cargo.toml": _toml,
    "pom.xml": _xml,
    "metadata": _headers,
    "pkg-info": _headers,
    "description": _headers,
}
