"""Benchmarks kept out of the training data: packs of their n-grams, and the step that looks for them."""
