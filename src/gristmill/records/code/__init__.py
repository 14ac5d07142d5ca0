"""Files of source code: which language one is in, and what it is for, by its path and its beginning."""
