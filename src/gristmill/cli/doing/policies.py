"""`gristmill policies`: sites' robots.txt and the like as one file, for the step `consent`."""

from __future__ import annotations

from pathlib import Path

from gristmill.cli import terminal
from gristmill.cli.figures import count, size
from gristmill.errors import OutputError
from gristmill.protect._gathering import SERVER_ERRORS, gather
from gristmill.protect._policies import write_policies
from gristmill.recipe.sources import sources_of

_TYPES = ("text/plain", "text/x-robots", "text/html", "application/json", "application/octet-stream")
"""Servers call a robots.txt all kinds of things."""


def policies(sources: tuple[str, ...], to: Path, force: bool) -> None:
    """Pick robots.txt, /.well-known/tdmrep.json and ai.txt out of SOURCES: files, folders or globs."""
    if to.exists() and not force:
        raise OutputError(f"{to} is there already: name another with --to, or write over it with --force")
    try:
        found = sources_of(
            sources, Path.cwd(), {"warc": {"mime": _TYPES, "status": (200, *SERVER_ERRORS)}, "jsonl": {}}
        )
        written = write_policies(gather((source.reader for source in found), Path.cwd()), to)
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror}") from error
    if not written:
        terminal.warn("none of the records is a robots.txt, tdmrep.json or ai.txt by its url")
    terminal.say(f"wrote {to} ({count(written)} files of sites, {size(to.stat().st_size)})")
    terminal.say(f"next, in a recipe: - consent: {{policies: [{to.name}]}}")
