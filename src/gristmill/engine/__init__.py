"""Runs units on workers and brings rows of equal key together. The only place that knows workers."""
