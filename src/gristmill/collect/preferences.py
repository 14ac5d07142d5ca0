"""Preferences: which answer to a prompt is the better one, in JSON, JSON Lines, Parquet or CSV files."""

from __future__ import annotations

from gristmill.collect._adapted import AdaptedReader


class Preferences(AdaptedReader):
    """Preferences in any common format (chosen and rejected, ratings, rankings, good or bad), told apart row by row.

    A record's position is its byte offset in plain JSON Lines, else the number of rows before it.
    """

    gives = "preference"
