"""Whom the texts are about and who is left: what the report needs to say whom a filter removes."""
