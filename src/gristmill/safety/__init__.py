"""Toxicity, text hidden from readers, instructions aimed at models, gibberish and blobs."""
