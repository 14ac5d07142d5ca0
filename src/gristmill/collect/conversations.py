"""Conversations: instruction and answer, chats, tool use, in JSON, JSON Lines, Parquet or CSV files."""

from __future__ import annotations

from gristmill.collect._adapted import AdaptedReader


class Conversations(AdaptedReader):
    """Conversations in any common format (messages, ShareGPT, Alpaca, prompt and completion), told apart row by row.

    A record's position is its byte offset in plain JSON Lines, else the number of rows before it.
    """

    gives = "conversation"
