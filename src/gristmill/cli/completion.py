"""`gristmill completion`: the script that completes commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gristmill.cli import cli

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes commands in your shell.

    \b
    bash  eval "$(gristmill completion bash)"       in ~/.bashrc
    zsh   eval "$(gristmill completion zsh)"        in ~/.zshrc
    fish  gristmill completion fish | source        in ~/.config/fish/config.fish
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"there is no completion for {shell}")
    # The template alone: `source()` would first run bash to learn its version.
    made = script(cli, {}, "gristmill", "_GRISTMILL_COMPLETE")
    click.echo(made.source_template % made.source_vars())
