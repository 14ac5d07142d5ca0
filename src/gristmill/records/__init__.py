"""Kinds of record: their columns and their identity."""
