"""An index: the keys of an earlier corpus as one step made them, which new records are held against."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gristmill.errors import InputError

FORMAT = "gristmill index, version 1"
ABOUT = "index.json"


@dataclass(frozen=True, slots=True)
class Index:
    """An index as a recipe names it. Its records lie in `units` files."""

    name: str
    folder: str
    step: str
    settings: str  # what its step computed by, as JSON
    records: int
    keys: int
    units: int
    digest: str  # of all it holds


def find_index(root: Path, name: str) -> Index:
    """The index of a name; InputError where there is none, or none of this version."""
    folder = root / name
    try:
        about = json.loads((folder / ABOUT).read_bytes())
    except OSError as error:
        message = f"there is no such index in {folder.parent}; `gristmill index` makes one"
        raise InputError(name or "an empty path", message) from error
    except ValueError as error:
        raise InputError(name, f"its {ABOUT} is damaged; make it anew with `gristmill index`") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise InputError(name, "is no index of this version; make it anew with `gristmill index`")
    try:
        settings, files = as_json(about["settings"]), dict(about["files"])
        records, keys, units = (int(about[number]) for number in ("records", "keys", "units"))
        index = Index(name, str(folder), about["step"], settings, records, keys, units, about["digest"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(name, f"its {ABOUT} is damaged; make it anew with `gristmill index`") from error
    for file, (size, _) in files.items():
        if not (folder / file).is_file() or (folder / file).stat().st_size != size:
            raise InputError(name, f"its file {file} is missing or damaged; make it anew with `gristmill index`")
    return index


def check_file(index: Index, file: str) -> None:
    """InputError where a file of an index does not hold what it was made with. Reads all of it."""
    _, digest = json.loads((Path(index.folder) / ABOUT).read_bytes())["files"][file]
    with (Path(index.folder) / file).open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
            raise InputError(index.name, f"its file {file} is damaged; make it anew with `gristmill index`")


def as_json(settings: dict[str, Any]) -> str:
    """Settings in one spelling."""
    return json.dumps(settings, sort_keys=True)


def unlike(index: Index, step: str, settings: dict[str, Any]) -> str | None:
    """Why an index is not one for a step with these settings, in a sentence; None where it is."""
    if index.step != step:
        return f"{index.name} is an index of {index.step}; make one with `gristmill index --step {step}`"
    own, wanted = json.loads(index.settings), json.loads(as_json(settings))
    for name in sorted(own.keys() | wanted.keys()):
        if own.get(name) != wanted.get(name):
            told = f"{index.name} was made with {name} {_said(own.get(name))}, the recipe has {_said(wanted.get(name))}"
            return f"{told}: make it anew with `gristmill index --recipe`, or change the recipe"
    return None


def _said(value: Any) -> str:
    return json.dumps(value)
