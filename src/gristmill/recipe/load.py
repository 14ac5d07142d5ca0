"""A recipe from its YAML: every fault in it is found and reported at once, each with its line and near miss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, cast, get_args

from pydantic import ValidationError

from gristmill.collect._files_reader import FilesReader
from gristmill.contracts.reader import Reader
from gristmill.contracts.step import Step
from gristmill.contracts.turnwise import Of
from gristmill.errors import Place, RecipeError, near_miss
from gristmill.recipe.entries import Entry, Faults, entries, settings
from gristmill.recipe.faults import RECIPE, brief, faults
from gristmill.recipe.lint import refuse
from gristmill.recipe.model import READ, WORKER, Dropped, Limits, Line, OfTurns, Recipe, lines
from gristmill.recipe.tree import MAX_BYTES, Mapping, Node, Path, line_of, parse, value

KEYS = ("name", "inputs", "steps", "outputs", "build", "dropped", "limits")
_LISTS = ("inputs", "steps", "outputs")


@dataclass(frozen=True, slots=True)
class Written:
    """A recipe, and the text it was read from."""

    recipe: Recipe
    tree: Node
    file: str

    def place(self, path: Path) -> Place:
        """Where the file speaks of something, or of the nearest thing around it."""
        return Place(self.file, line_of(self.tree, path))


def load(path: str | FilePath) -> Recipe:
    """The recipe in a file, checked; RecipeError carries everything that is wrong with it."""
    return checked(read(path))


def loads(text: str, file: str = "recipe", root: FilePath | None = None) -> Recipe:
    """A recipe from text, checked. `file` is what errors call it; relative paths begin at `root`."""
    return checked(reads(text, file, root))


def checked(written: Written) -> Recipe:
    """The recipe, unless something in it cannot work."""
    refuse(written.recipe, written.place)
    return written.recipe


def read(path: str | FilePath) -> Written:
    """The recipe in a file with the places of its parts: well formed, but not yet linted."""
    file, path = str(path), FilePath(path)
    data = b""
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except FileNotFoundError as error:
        near = [p.name for p in sorted(path.parent.glob("*.y*ml"))]
        hint = f"; {near_miss(path.name, near)}" if near else ": `gristmill init` writes one"
        raise RecipeError(f"there is no such recipe{hint}", Place(file)) from error
    except OSError as error:
        raise RecipeError(f"cannot be read: {error.strerror}", Place(file)) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecipeError("is no recipe: it is not UTF-8 text", Place(file, line)) from error
    return reads(text, file, path.parent.absolute())


def reads(text: str, file: str = "recipe", root: FilePath | None = None) -> Written:
    """As `read`, of text."""
    tree = parse(text, file)
    if not isinstance(tree, Mapping):
        raise RecipeError(f"is no recipe: it must be a mapping with the keys {', '.join(KEYS)}", Place(file, tree.line))
    return Written(_recipe(tree, Faults(tree, file), root or FilePath()), tree, file)


def _recipe(tree: Mapping, wrong: Faults, root: FilePath) -> Recipe:
    given = tree.entries
    for key in given:
        if key not in KEYS:
            wrong.add(f"a recipe has no key {key!r}: {near_miss(key, KEYS)}", (key,))
    whole: dict[str, Any] = {key: value(given[key]) for key in ("name", "build") if key in given}
    if "dropped" in given:
        whole["dropped"] = settings(Dropped, given["dropped"], ("dropped",), "dropped", wrong)
    if "limits" in given:
        whole["limits"] = settings(Limits, given["limits"], ("limits",), "limits", wrong)
    whole["inputs"] = _inputs(entries(given.get("inputs"), "inputs", "readers", wrong), wrong)
    whole["steps"] = _steps(entries(given.get("steps"), "steps", "steps", wrong), wrong)
    whole["outputs"] = tuple(entry.made for entry in entries(given.get("outputs"), "outputs", "sinks", wrong))
    _check_ends(tree, wrong)
    _check_build(whole.get("build"), wrong)
    made = _whole({key: part for key, part in whole.items() if part is not None}, tree, wrong, root)
    if made is None or wrong.found:
        raise wrong.together()
    return made


def _whole(whole: dict[str, Any], tree: Mapping, wrong: Faults, root: FilePath) -> Recipe | None:
    try:
        return Recipe.model_validate({**whole, "root": root}, strict=True)
    except ValidationError as error:
        for path, message in faults(error, Recipe, tree, RECIPE, without=_LISTS):
            wrong.add(message, path)
        return None


def _check_ends(tree: Mapping, wrong: Faults) -> None:
    for key in ("inputs", "outputs"):
        node = tree.entries.get(key)
        if node is None:
            wrong.add(f"{RECIPE} needs the key {key!r}", ())
        elif value(node) in (None, []):
            wrong.add(f"{key} is empty: it needs at least one entry", (key,))


def _check_build(build: object, wrong: Faults) -> None:
    if isinstance(build, str) and (FilePath(build).is_absolute() or ".." in FilePath(build).parts):
        wrong.add(f"build is {build!r}, a path that leaves the recipe's folder", ("build",))


def _inputs(found: Iterable[Entry], wrong: Faults) -> tuple[Reader, ...]:
    readers = []
    for entry in found:
        reader = cast(Reader, entry.made)
        readers.append(reader)
        if not isinstance(reader, FilesReader):
            continue
        if "paths" not in reader.model_fields_set and not reader.paths_file:
            wrong.add(f"{reader.name()} needs the option 'paths', or a list of files as 'paths_file'", entry.path)
        elif not (reader.paths or reader.paths_file) or not all(reader.paths):
            wrong.add(
                "paths must name at least one file, folder, glob or url, and none is empty", (*entry.path, "paths")
            )
    return tuple(readers)


def _steps(found: Iterable[Entry], wrong: Faults) -> tuple[Line, ...]:
    steps: list[Step | OfTurns | Line] = []
    paths = []
    for entry in found:
        made = cast(Step, entry.made)
        of = _of(entry, wrong)
        step = OfTurns(made, of) if entry.name is None else _named(made, entry.name, of, entry.path, wrong)
        if step is not None:
            steps.append(step)
            paths.append(entry.path)
    taken: dict[str, Path] = {}
    for line, path in zip(lines(*steps), paths, strict=True):
        first = taken.setdefault(line.name, path)
        if first != path:
            here = line_of(wrong.tree, first)
            wrong.add(f"the name {line.name!r} is taken by the step on line {here}: give another with `as`", path)
    return () if wrong.found else lines(*steps)


def _of(entry: Entry, wrong: Faults) -> Of:
    known = get_args(Of)
    if entry.of is None or entry.of in known:
        return cast(Of, entry.of or "all")
    wrong.add(f"of is {brief(entry.of)}; it is one of {', '.join(known)}", (*entry.path, "of"))
    return "all"


def _named(step: Step, name: object, of: Of, path: Path, wrong: Faults) -> Line | None:
    if name in (READ, WORKER):
        wrong.add(f"a step cannot be called {name!r}: the ledger calls something else so", (*path, "as"))
        return None
    try:
        return Line.model_validate({"name": name, "step": step, "of": of}, strict=True)
    except ValidationError:
        rule = "a name is letters, digits, _ and -, a letter first, at most 63"
        wrong.add(f"as is {brief(name)}; {rule}", (*path, "as"))
        return None
