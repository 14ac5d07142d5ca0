"""Conversations, preferences and task examples: checked, repaired, formatted for training."""
