"""The schema that editors check a recipe by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gristmill.contracts import catalog
from gristmill.recipe.schema import DRAFT, schema

GOOD: dict[str, Any] = {
    "name": "news",
    "inputs": [
        {"jsonl": {"paths": ["raw/"], "text": "body"}},
        {"warc": "crawl/*.warc.gz"},
        {"csv": ["a.csv", "b.csv"]},
    ],
    "steps": [
        "extract",
        {"language": {"keep": ["en"]}},
        {"gopher_quality": {"as": "strict", "min_words": 80}},
        {"language": None},
    ],
    "outputs": ["parquet", {"jsonl": {"compression": "gzip"}}],
    "build": "out",
    "dropped": {"text": False},
    "limits": {"max_quarantined": 0.1},
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made = schema()
    assert made["$schema"] == DRAFT
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def test_a_good_recipe_passes(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(GOOD)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../x"},
        {"nmae": "x"},
        {"inputs": []},
        {"inputs": [{"jsonl": {"text": "body"}}]},
        {"inputs": [{"jsonl": {"paths": []}}]},
        {"inputs": [{"jsonll": "a"}]},
        {"steps": ["langauge"]},
        {"steps": [{"language": {"kep": ["en"]}}]},
        {"steps": [{"language": {"min_score": 3}}]},
        {"steps": [{"language": {}, "extract": {}}]},
        {"outputs": [{"parquet": {"compression": "zip"}}]},
        {"limits": {"max_quarantined": 50}},
    ],
    ids=str,
)
def test_a_faulty_recipe_does_not_pass(validator: Draft202012Validator, change: dict[str, Any]) -> None:
    assert list(validator.iter_errors(GOOD | change))


@pytest.mark.parametrize("family", ["readers", "steps", "sinks"])
def test_every_kind_and_each_of_its_options_is_described(family: catalog.Family) -> None:
    made = schema()
    key = {"readers": "inputs", "steps": "steps", "sinks": "outputs"}[family]
    entry = made["properties"][key]["items"]["anyOf"][0]["properties"]
    assert list(entry) == list(catalog.names(family))
    for name, options in entry.items():
        assert options["description"], name
        definition = made["$defs"][options["anyOf"][0]["$ref"].rpartition("/")[2]]
        for option, field in definition["properties"].items():
            assert field.get("description"), f"{name}.{option}"


ROOT = Path(__file__).parents[2]
RECIPES = sorted([*ROOT.glob("recipes/*.yaml"), *ROOT.glob("examples/*/recipe.yaml")])


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_recipes_we_ship_pass(validator: Draft202012Validator, path: Path) -> None:
    assert [error.message for error in validator.iter_errors(yaml.safe_load(path.read_text()))] == []
