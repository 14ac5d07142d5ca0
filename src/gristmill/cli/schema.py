"""`gristmill schema`: the JSON schema of recipes."""

from __future__ import annotations

import json

import click

from gristmill.recipe.schema import schema as recipe_schema


@click.command()
def schema() -> None:
    """Print the JSON schema of recipes, for editors.

    \b
    gristmill schema > recipe.schema.json
    and as the first line of a recipe:
    # yaml-language-server: $schema=recipe.schema.json
    """
    click.echo(json.dumps(recipe_schema(), indent=2))
