"""Examples of tasks: inputs with a label or a target, in JSON, JSON Lines, Parquet or CSV files."""

from __future__ import annotations

from gristmill.collect._adapted import AdaptedReader


class Examples(AdaptedReader):
    """Task examples in any common format (classification, questions, choices, tagged spans), told apart row by row.

    A record's position is its byte offset in plain JSON Lines, else the number of rows before it.
    """

    gives = "example"
