"""The JSON schema of recipes, for editors: completion, descriptions and bounds, plug-ins included."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gristmill.contracts import catalog
from gristmill.contracts.turnwise import Of
from gristmill.recipe.entries import classes
from gristmill.recipe.model import LINE_NAME, Dropped, Limits, Recipe

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_FAMILIES: dict[str, catalog.Family] = {"inputs": "readers", "steps": "steps", "outputs": "sinks"}


def schema() -> dict[str, Any]:
    """The schema of every kind that is installed now; what `load` refuses by form, it refuses."""
    found = {key: classes(family) for key, family in _FAMILIES.items()}
    models: list[type[BaseModel]] = [Dropped, Limits, *(cls for of_key in found.values() for cls in of_key.values())]
    refs, whole = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    by_class = {model: refs[model, "validation"] for model in models}
    defs = whole["$defs"]
    for key, of_key in found.items():
        for cls in of_key.values():
            _as_written(defs[by_class[cls]["$ref"].rpartition("/")[2]], key)
    fields = Recipe.model_json_schema()["properties"]
    properties = {
        "name": fields["name"],
        **{key: _list(key, found[key], by_class, fields[key]) for key in found},
        "build": fields["build"],
        "dropped": by_class[Dropped] | {"description": fields["dropped"]["description"]},
        "limits": by_class[Limits] | {"description": fields["limits"]["description"]},
    }
    return {
        "$schema": DRAFT,
        "title": "A Gristmill recipe",
        "type": "object",
        "properties": properties,
        "required": ["name", "inputs", "outputs"],
        "additionalProperties": False,
        "$defs": defs,
    }


def _as_written(definition: dict[str, Any], key: str) -> None:
    """Turn the schema of a class into that of its options in a recipe."""
    properties = definition["properties"]
    if "paths" in properties:
        several = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
        properties["paths"] |= {"anyOf": [{"type": "string", "minLength": 1}, several]}
        properties["paths"].pop("type", None)
        properties["paths"].pop("items", None)
        definition["anyOf"] = [{"required": ["paths"]}, {"required": ["paths_file"]}]
    if key == "steps":
        properties["as"] = {
            "type": "string",
            "pattern": LINE_NAME,
            "description": "The step's name in the build, where the same step stands in the recipe twice.",
        }
        properties["of"] = {
            "enum": list(get_args(Of)),
            "description": "The turns of a record that the step works on, where records have several texts.",
        }


def _list(
    key: str, known: dict[str, type[BaseModel]], refs: dict[type[BaseModel], dict[str, Any]], field: dict[str, Any]
) -> dict[str, Any]:
    """A list whose entries are `name` or `name: options`."""
    named = {name: _options(key, cls, refs[cls]) for name, cls in known.items()}
    entry = {"type": "object", "properties": named, "additionalProperties": False, "minProperties": 1}
    choices: list[dict[str, Any]] = [entry | {"maxProperties": 1}]
    if key != "inputs":
        choices.append({"enum": sorted(known)})
    least = {} if key == "steps" else {"minItems": 1}
    type_ = "array" if key != "steps" else ["array", "null"]
    return {"type": type_, "items": {"anyOf": choices}, "description": field["description"], **least}


def _options(key: str, cls: type[BaseModel], ref: dict[str, Any]) -> dict[str, Any]:
    summary = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
    if "paths" in cls.model_fields:
        paths = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
        return {"description": summary, "anyOf": [ref, {"type": "string", "minLength": 1}, paths]}
    return {"description": summary, "anyOf": [ref] if key == "inputs" else [ref, {"type": "null"}]}
