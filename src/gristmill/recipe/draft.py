"""A first recipe for what lies in a folder, with a comment on every line that one may want to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gristmill.contracts import catalog
from gristmill.recipe.describe import kind
from gristmill.recipe.dump import inline
from gristmill.recipe.lint import EXTRACT
from gristmill.recipe.peek import Found
from gristmill.records.kinds import Kind

_STEPS = (
    EXTRACT,
    "normalise",
    "language",
    "gopher_repetition",
    "gopher_quality",
    "conversation_rules",
    "preference_rules",
    "example_rules",
    "redact_secrets",
    "redact_personal_data",
    "exact_duplicates",
    "near_duplicates",
)
_OF_PROSE = frozenset((EXTRACT, "language", "gopher_repetition", "gopher_quality"))

_OF_CODE = ("license", "code_quality")

_HINTS = {
    "license": "To keep some licences only: recipes/code.yaml shows a policy.",
    "code_quality": "To drop more by what it is: {drop: [vendored, generated, minified]}",
    "language": "To keep some languages only: {keep: [en], min_score: 0.65}",
    "gopher_quality": "Made for prose; `gristmill steps gopher_quality` shows every bound.",
    "redact_personal_data": "Stand-ins for values instead of <EMAIL>: {action: pseudonym, key: GRISTMILL_KEY}",
    "near_duplicates": "Which copy stays: {keep: longest}",
}

_HEAD = """\
# What to read, what to do with it in order, and what to write.
#   gristmill check {file}    finds faults before any record is read
#   gristmill build {file}    runs it; an interrupted build goes on where it stopped
#   {steps}    lists everything that can stand here, with its options
"""


def draft(found: Sequence[Found], folder: Path, file: str) -> str:
    """The text of a recipe over what `peek` found in a folder. It loads as it is."""
    return "\n".join([_head(file), *_inputs(found, folder), "", *_steps(found), "", *_outputs()]) + "\n"


def _head(file: str) -> str:
    return _HEAD.format(file=file, steps="gristmill steps".ljust(len(f"gristmill check {file}")))


def _inputs(found: Sequence[Found], folder: Path) -> Iterator[str]:
    yield f"name: {inline(_name(folder))}"
    yield ""
    yield "inputs:"
    for one in found:
        if catalog.reader(one.reader).gives != _kind(found):  # a build has records of one kind
            yield f"  # for a recipe of its own, {one.reader}: {inline(list(one.paths))}"
            continue
        yield f"  - {one.reader}:"
        yield f"      paths: {inline(list(one.paths))}  # {one.files} {'file' if one.files == 1 else 'files'}"
        for meaning, column in one.columns.items():
            yield f"      {meaning}: {inline(column)}  # the column that holds the {meaning}"


def _steps(found: Sequence[Found]) -> Iterator[str]:
    pages = any(catalog.reader(one.reader).gives_payload for one in found)
    known = catalog.names("steps")
    code = bool(found) and all(one.reader == "git" for one in found)
    wanted = [*_OF_CODE, *(name for name in _STEPS if name not in _OF_PROSE | {"normalise"})] if code else _STEPS
    chosen = [name for name in wanted if name in known and (pages or name != EXTRACT) and _fits(name, _kind(found))]
    yield "steps:" if chosen else "steps: []"
    for name in chosen:
        yield f"  # {kind('steps', name).summary}"
        if name in _HINTS:
            yield f"  # {_HINTS[name]}"
        yield f"  - {name}"


def _kind(found: Sequence[Found]) -> Kind:
    return catalog.reader(found[0].reader).gives if found else "document"


def _fits(step: str, kind: Kind) -> bool:
    return kind in catalog.step(step).works_on and (kind == "document" or step not in _OF_PROSE)


def _outputs() -> Iterator[str]:
    yield "outputs:"
    yield "  - parquet"


def _name(folder: Path) -> str:
    """The folder's name with what a recipe's name may not hold left out."""
    kept = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in folder.name)
    return kept.lstrip("._-")[:100] or "corpus"
