"""`gristmill schema`: the JSON schema of recipes."""

from __future__ import annotations

import json

import click

from gristmill.recipe.schema import schema as recipe_schema


def schema() -> None:
    """Print the JSON schema of recipes, for editors."""
    click.echo(json.dumps(recipe_schema(), indent=2))
