"""A recipe as YAML that reads back as the same recipe: defaults left out, a step a line."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from gristmill.recipe.model import Line, Recipe, lines
from gristmill.recipe.tree import atom


class _Dumper(yaml.SafeDumper):
    """Quotes whatever a reader of YAML 1.1 or 1.2 would take for something else than text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    quoted = not isinstance(atom(text), str) or not text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if quoted else None)


_Dumper.add_representer(str, _text)


def dump(recipe: Recipe) -> str:
    """The recipe as YAML. `root` is not in it: paths stay relative to wherever the file is put."""
    parts: dict[str, Any] = {"name": recipe.name}
    parts["inputs"] = [_entry(reader.name(), settings(reader)) for reader in recipe.inputs]
    parts["steps"] = _steps(recipe)
    parts["outputs"] = [_entry(sink.name(), settings(sink)) for sink in recipe.outputs]
    parts["build"] = recipe.build
    parts["dropped"] = settings(recipe.dropped)
    parts["limits"] = settings(recipe.limits)
    written = {key: part for key, part in parts.items() if part}
    return yaml.dump(written, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def inline(value: Any) -> str:
    """A value as YAML on one line."""
    text: str = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=1 << 20)
    return text.removesuffix("\n").removesuffix("\n...")


def settings(model: BaseModel) -> dict[str, Any]:
    """The settings that are not the default, as YAML has them."""
    return model.model_dump(mode="json", exclude_defaults=True)


def _entry(name: str, given: dict[str, Any]) -> str | dict[str, Any]:
    return {name: given} if given else name


def _steps(recipe: Recipe) -> list[str | dict[str, Any]]:
    out = []
    unnamed = lines(*(line.step for line in recipe.steps))
    if tuple(line.name for line in unnamed) == tuple(line.name for line in recipe.steps):
        return [_entry(line.step.name(), _of(line) | settings(line.step)) for line in recipe.steps]
    # A number depends on the unnamed steps before it, so one name given means that all are.
    for line in recipe.steps:
        named = {} if line.name == line.step.name() else {"as": line.name}
        out.append(_entry(line.step.name(), named | _of(line) | settings(line.step)))
    return out


def _of(line: Line) -> dict[str, Any]:
    return {} if line.of == "all" else {"of": line.of}
