"""Conversations as the text and the tokens that a model is trained on."""
