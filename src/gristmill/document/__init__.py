"""What is written about a build: the report."""
