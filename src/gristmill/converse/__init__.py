"""Steps that know conversations, preferences and examples: what is wrong with one as such."""
