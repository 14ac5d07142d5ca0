"""Keeps the forecast of a build in its folder, until a build of the same recipe and inputs takes it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gristmill.build.folder import taken
from gristmill.build.layout import Layout
from gristmill.build.store import read_json, write_json
from gristmill.recipe.forecast import Forecast


def record(layout: Layout, print_: str, forecast: Forecast) -> None:
    """Write it down; `print_` says which recipe and inputs it was made for.

    Raises OutputError where the folder is not a build's, or one is running there.
    """
    with taken(layout):
        write_json(_path(layout), {"print": print_, "forecast": forecast.as_json()})


def recorded(layout: Layout, print_: str) -> dict[str, Any] | None:
    """The forecast for this very build, as `run.json` keeps it; None where there is none."""
    found = read_json(_path(layout))
    if not isinstance(found, dict) or found.get("print") != print_:
        return None
    forecast: dict[str, Any] = found["forecast"]
    return forecast


def _path(layout: Layout) -> Path:
    return layout.work / "forecast.json"
