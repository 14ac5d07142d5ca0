"""The command line: a file for the options of each command, one for what it does, imported when it is to be done."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import sys
import traceback
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from gristmill import __version__
from gristmill.errors import GristmillError, RecipeError, near_miss

COMMANDS = {
    "init": "Write a commented recipe for what is in a folder.",
    "check": "Check a recipe, show its plan, and forecast its build from a sample.",
    "build": "Run a recipe; go on where an earlier run stopped.",
    "explain": "Show what became of a record, and why.",
    "upload": "Copy a finished build to an object store.",
    "contamination": "List the benchmark items that stand in a build, and those that are clean.",
    "index": "Make an index of an earlier corpus, which duplicates are looked for in.",
    "pack": "Make a pack of benchmarks, which the step decontaminate looks for.",
    "train-classifier": "Train a classifier of texts, which the step classifier asks.",
    "train-extractor": "Train a model of main content, which the step extract asks.",
    "calibrate-tagger": "Learn what a tagger's scores are worth, for redact_personal_data.",
    "find-pages": "Look pages up in an index of web archives, or make one.",
    "crawl": "Fetch the pages of a stated list of sites as web archives, politely.",
    "policies": "Make a file of sites' robots.txt and the like, which the step consent heeds.",
    "steps": "List the steps, or show one with its options, signals and rules.",
    "rules": "List every rule with its bound and its source.",
    "schema": "Print the JSON schema of recipes, for editors.",
    "warm": "Compile all kernels now rather than in the first build.",
    "completion": "Print the script that completes commands in your shell.",
}
"""Each command and its line in `--help`, which imports none of them."""

UNEXPECTED = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # 128 + SIGINT
BROKEN_PIPE = 141  # 128 + SIGPIPE


class _Commands(click.Group):
    """Finds a command in the file of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"gristmill.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"there is no command {args[0]!r}: {near_miss(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


def do(name: str, given: dict[str, object]) -> None:
    """What a command does, by the options given. It is imported here, so that `--help` waits for nothing of it.

    All that is imported is there to stay: no collection need go through it, then or later.
    """
    module = f"gristmill.cli.doing.{name}"
    if module not in sys.modules:
        gc.disable()
        try:
            import_module("gristmill.records.pandas_objects").pass_over_pandas()
            import_module(module)
        finally:
            gc.enable()
        gc.freeze()
    getattr(sys.modules[module], name)(**given)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="gristmill", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the full trace of an error.")
def cli(debug: bool) -> None:
    """Raw sources to training data, every record accounted for."""


def main(args: list[str] | None = None) -> int:
    """Run the command line; gives the exit code (docs/exit-codes.md)."""
    atexit.register(gc.freeze)  # or the interpreter's last collections go through all that is thrown away anyhow
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of no use here, and a process with threads must not fork
    given = sys.argv[1:] if args is None else args
    debug, arguments = _without_debug(given)
    try:
        code = cli.main(arguments, prog_name="gristmill", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left (`| head`); python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except GristmillError as error:
        if debug:
            traceback.print_exc()
        _report(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last place where an unforeseen error can be made a sentence
        if debug:
            traceback.print_exc()
            return UNEXPECTED
        again = shlex.join(["gristmill", "--debug", *arguments])
        complain(f"unexpected {type(error).__name__}: {error}".rstrip(": "))
        click.echo(f"run again with --debug to see where: {printable(again)}", err=True)
        return UNEXPECTED


def _without_debug(given: list[str]) -> tuple[bool, list[str]]:
    """Take `--debug` from wherever it stands, for it is added to the end of a command that has just failed."""
    end = given.index("--") if "--" in given else len(given)
    return "--debug" in given[:end], [one for one in given[:end] if one != "--debug"] + given[end:]


def _report(error: GristmillError) -> None:
    faults = error.faults if isinstance(error, RecipeError) else (error,)
    for fault in faults:
        complain(str(fault))
    if len(faults) > 1:
        click.echo(f"{len(faults)} faults", err=True)


def complain(message: str) -> None:
    """An error, on standard error."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {printable(message)}", err=True, color=_colour())


def _colour() -> bool | None:
    """False where NO_COLOR is set (no-color.org); else click decides by the terminal."""
    return False if os.environ.get("NO_COLOR") else None


def printable(text: str) -> str:
    """Text on one line with no power over the terminal: file names and values come from others."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
