"""A recipe, written and read back."""

from __future__ import annotations

from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from gristmill.collect.jsonl import Jsonl
from gristmill.contracts import catalog
from gristmill.contracts.step import Step
from gristmill.contracts.turnwise import Of
from gristmill.deliver.parquet import Parquet
from gristmill.recipe.dump import dump
from gristmill.recipe.load import load, reads
from gristmill.recipe.model import Dropped, Limits, Line, Recipe, lines
from gristmill.records.kinds import KINDS

AWKWARD = st.sampled_from(["no", "1e3", "~", "a: b", "# x", "- a", "null", "é", "\u2028", "*x", "0x1", "", " "])


def values(info: FieldInfo) -> st.SearchStrategy[Any]:
    """Values of a field, within its bounds where it has any."""
    kinds = [kind for kind in get_args(info.annotation) if kind is not NoneType]
    if not info.metadata or len(kinds) == len(get_args(info.annotation)):
        kinds = [info.annotation]
    models = [kind for kind in get_args(info.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if models:  # a tuple of settings with bounds of their own
        return st.one_of(st.just(info.default), st.lists(made(models[0]), max_size=2).map(tuple))
    if any(get_origin(kind) is dict for kind in get_args(info.annotation)):
        return st.just(info.default)  # of anything JSON can say
    bounded = [st.from_type(Annotated[kind, *info.metadata] if info.metadata else kind) for kind in kinds]
    return st.one_of(st.just(info.default), *bounded)


def made(cls: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Objects of a class, some of its options given."""
    options = {name: values(info) for name, info in cls.model_fields.items() if name != "paths"}

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        chosen = draw(st.sets(st.sampled_from(sorted(options)))) if options else set()
        given = {
            name: draw(AWKWARD if cls.model_fields[name].annotation is str else options[name])
            for name in sorted(chosen)
        }
        if "paths" in cls.model_fields:
            given["paths"] = tuple(draw(st.lists(AWKWARD.filter(bool), min_size=1, max_size=3)))
        try:
            return cls.model_validate(given)
        except ValidationError:
            reject()

    return build()


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    def some(family: catalog.Family, least: int) -> list[Any]:
        of = {"readers": catalog.reader, "steps": catalog.step, "sinks": catalog.sink}[family]
        known = list(catalog.names(family))
        if family == "readers":  # of one kind
            gives = draw(st.sampled_from(KINDS))
            known = [name for name in known if catalog.reader(name).gives == gives]
        names = draw(st.lists(st.sampled_from(known), min_size=least, max_size=3))
        return [draw(made(of(name))) for name in names]

    steps: list[Step | Line] = [
        Line(name=f"as_{index}", step=step, of=draw(st.sampled_from(get_args(Of)))) if draw(st.booleans()) else step
        for index, step in enumerate(some("steps", 0))
    ]
    return Recipe(
        name=draw(st.sampled_from(["r", "2024", "no", "1e3", "a-b.c_d"])),
        inputs=tuple(some("readers", 1)),
        steps=lines(*steps),
        outputs=tuple(some("sinks", 1)),
        build=draw(st.none() | st.sampled_from(["out", "a b/c", "1"])),
        dropped=draw(made(Dropped)),
        limits=draw(made(Limits)),
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(recipes())
def test_a_recipe_reads_back_as_it_was_written(recipe: Recipe) -> None:
    assert reads(dump(recipe)).recipe == recipe


@pytest.mark.parametrize("name", list(catalog.names("steps")))
def test_defaults_are_left_out(name: str) -> None:
    recipe = Recipe(
        name="r", inputs=(Jsonl(paths=("a.jsonl",)),), steps=lines(catalog.step(name)()), outputs=(Parquet(),)
    )
    assert yaml.safe_load(dump(recipe)) == {
        "name": "r",
        "inputs": [{"jsonl": {"paths": ["a.jsonl"]}}],
        "steps": [name],
        "outputs": ["parquet"],
    }


RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_recipes_we_ship_read_back_as_they_are(path: Path) -> None:
    recipe = load(path)
    assert reads(dump(recipe), root=recipe.root).recipe == recipe
