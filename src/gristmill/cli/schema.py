"""`gristmill schema`: the JSON schema of recipes."""

from __future__ import annotations

import click

from gristmill.cli import do


@click.command()
def schema(**given: object) -> None:
    """Print the JSON schema of recipes, for editors.

    \b
    gristmill schema > recipe.schema.json
    and as the first line of a recipe:
    # yaml-language-server: $schema=recipe.schema.json
    """
    do("schema", given)
