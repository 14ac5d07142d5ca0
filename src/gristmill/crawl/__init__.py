"""A polite crawler for a stated list of sites, whose output is web archives."""
