"""Signals and rule families."""
