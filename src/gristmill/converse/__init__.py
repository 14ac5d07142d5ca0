"""Conversations, preferences and examples: checked, mended and made ready for a trainer."""
