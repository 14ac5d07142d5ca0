"""What must not be in training data: what its owners reserve, and what is private."""
