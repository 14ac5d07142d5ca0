"""From raw pages to clean text."""
