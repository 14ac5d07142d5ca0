"""Runs a plan: fingerprints, resume, ledger, manifest."""
