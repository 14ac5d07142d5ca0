"""From a name to a class. The file's name is the kind's name: nothing is registered."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Literal

from gristmill.contracts.reader import Reader
from gristmill.contracts.sink import Sink
from gristmill.contracts.step import Step
from gristmill.records.pandas_objects import look_for_pandas

Family = Literal["steps", "readers", "sinks"]

ROOMS: dict[str, tuple[str, ...]] = {
    "steps": (
        "clean",
        "language",
        "quality",
        "dedup",
        "decontaminate",
        "protect",
        "safety",
        "converse",
        "audit",
        "arrange",
    ),
    "readers": ("collect",),
    "sinks": ("deliver",),
}
"""The rooms of each family, in the order of a record's way. A file whose name begins with `_` is no kind."""

_SHAPES: dict[str, type] = {"steps": Step, "readers": Reader, "sinks": Sink}


@cache
def names(family: Family) -> dict[str, str]:
    """Every name of a family and the module it stands in, ours first, then plug-ins; imports none of them.

    A plug-in package adds kinds by the entry-point group `gristmill.steps` (`.readers`, `.sinks`).
    """
    found = dict(_ours(family))
    for point in entry_points(group=f"gristmill.{family}"):
        found.setdefault(point.name, point.module)
    return found


@cache
def _ours(family: Family) -> dict[str, str]:
    found = {}
    for room in ROOMS[family]:
        package = f"gristmill.{room}"
        for module in pkgutil.iter_modules(import_module(package).__path__):
            if not module.name.startswith("_"):
                found[module.name] = f"{package}.{module.name}"
    return found


def is_known(family: Family, name: str) -> bool:
    """Whether there is one of that name. For ours no plug-in is looked for, in all that is installed."""
    return name in _ours(family) or name in names(family)


@cache
def _class(family: Family, name: str) -> type:
    module = import_module(_ours(family).get(name) or names(family)[name])
    if not module.__name__.startswith("gristmill."):
        look_for_pandas()
    shape = _SHAPES[family]
    own = (value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__)
    for value in own:
        if isinstance(value, type) and issubclass(value, shape) and not value.__name__.startswith("_"):
            return value
    raise TypeError(f"{module.__name__} defines no {shape.__name__}")


def step(name: str) -> type[Step]:
    """The class of a step; KeyError where there is none of that name."""
    return _class("steps", name)


def reader(name: str) -> type[Reader]:
    """The class of a reader; KeyError where there is none of that name."""
    return _class("readers", name)


def sink(name: str) -> type[Sink]:
    """The class of a sink; KeyError where there is none of that name."""
    return _class("sinks", name)
