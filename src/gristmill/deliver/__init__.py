"""Sinks: one file a format."""
