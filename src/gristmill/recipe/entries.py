"""An entry of a recipe's list (`- gopher_quality: {min_words: 40}`) as the object that it names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gristmill.contracts import catalog
from gristmill.errors import Place, RecipeError, near_miss
from gristmill.recipe.faults import brief, faults
from gristmill.recipe.tree import Items, Mapping, Node, Path, Scalar, line_of, value

M = TypeVar("M", bound=BaseModel)

ENTRY: dict[catalog.Family, str] = {"readers": "input", "steps": "step", "sinks": "output"}
"""What an entry of each family is called in a recipe."""

CLASS: dict[catalog.Family, Callable[[str], type[BaseModel]]] = {
    "readers": catalog.reader,
    "steps": catalog.step,
    "sinks": catalog.sink,
}
"""How each family finds the class of a name."""


def classes(family: catalog.Family) -> dict[str, type[BaseModel]]:
    """Every class of a family; a plug-in that cannot be loaded is left out, and `load` says why where it is used."""
    found = {}
    for name, module in catalog.names(family).items():
        try:
            found[name] = CLASS[family](name)
        except (ImportError, TypeError):
            if module.startswith("gristmill."):
                raise
    return found


class Faults:
    """Collects what is wrong with a tree, each fault with its line."""

    def __init__(self, tree: Node, file: str) -> None:
        self.tree = tree
        self.file = file
        self.found: list[RecipeError] = []

    def add(self, message: str, path: Path) -> None:
        self.found.append(RecipeError(message, Place(self.file, line_of(self.tree, path))))

    def together(self) -> RecipeError:
        """All of them as one error, in the order of their lines."""
        return RecipeError.together(sorted(self.found, key=lambda fault: (fault.place and fault.place.line) or 0))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that was understood: where its options stand, the object, and its `as` and `of`, where it has them."""

    path: Path
    made: BaseModel
    name: object = None
    of: object = None


def entries(node: Node | None, key: str, family: catalog.Family, wrong: Faults) -> Iterator[Entry]:
    """The objects that the list under a key of the recipe names; what is wrong with the others goes to `wrong`."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return
    if not isinstance(node, Items):
        wrong.add(f"{key} must be a list: begin each of its lines with `- `", (key,))
        return
    for index, item in enumerate(node.items):
        found = _kind(item, (key, index), family, wrong)
        if found is None:
            continue
        name, options, path = found
        cls = _class(name, path, family, wrong)
        made = settings(cls, options, path, name, wrong, named=family == "steps") if cls else None
        if made is not None:
            steps = family == "steps"
            yield Entry(
                path, made, _beside("as", options) if steps else None, _beside("of", options) if steps else None
            )


def _beside(key: str, options: Node) -> object:
    """What stands beside the options of a step and is none of them."""
    if isinstance(options, Mapping) and key in options.entries:
        return value(options.entries[key]) or ""
    return None


def _kind(item: Node, path: Path, family: catalog.Family, wrong: Faults) -> tuple[str, Node, Path] | None:
    """The name of a kind, its options and where they stand: `- name`, or `- name: options`."""
    called = ENTRY[family]
    if isinstance(item, Scalar) and isinstance(item.value, str):
        return item.value, Scalar(None, item.line), path
    if not isinstance(item, Mapping) or not item.entries:
        wrong.add(f"an entry of {path[0]} is the name of a kind of {called}, and this is {brief(value(item))}", path)
        return None
    name, *others = item.entries
    if others:
        known = name in catalog.names(family)
        hint = f"indent {others[0]!r} further to make it an option" if known else "begin each entry with `- `"
        wrong.add(f"{name!r} and {others[0]!r} stand side by side in one {called}: {hint}", (*path, others[0]))
        return None
    return name, item.entries[name], (*path, name)


def _class(name: str, path: Path, family: catalog.Family, wrong: Faults) -> type[BaseModel] | None:
    if not catalog.is_known(family, name):
        wrong.add(f"there is no {ENTRY[family]} {name!r}: {near_miss(name, catalog.names(family))}", path)
        return None
    try:
        return CLASS[family](name)
    except (ImportError, TypeError) as error:
        wrong.add(f"the {ENTRY[family]} {name!r} cannot be loaded: {error}", path)
        return None


def settings(model: type[M], node: Node, path: Path, kind: str, wrong: Faults, *, named: bool = False) -> M | None:
    """Options as an object. JSON's rules hold: `"40"` is no number, but a list is a tuple."""
    given = value(node)
    if given is None:
        given = {}
    if "paths" in model.model_fields:
        given = _with_path_list(given)
    if not isinstance(given, dict):
        wrong.add(f"{kind} takes options, as `{kind}: {{option: value}}`, and this is {brief(given)}", path)
        return None
    if named:
        given.pop("as", None)
        given.pop("of", None)
    try:
        return model.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        for within, message in faults(error, model, node, kind):
            wrong.add(message, (*path, *within))
        return None


def _with_path_list(given: Any) -> Any:
    """`jsonl: a.jsonl` and `jsonl: [a.jsonl, b.jsonl]` are short for its paths."""
    if isinstance(given, str | list):
        given = {"paths": given}
    if isinstance(given, dict) and isinstance(given.get("paths"), str):
        given = {**given, "paths": [given["paths"]]}
    return given
