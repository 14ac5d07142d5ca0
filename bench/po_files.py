"""What a po file translates."""

from __future__ import annotations

import ast
from pathlib import Path


def translations(path: Path) -> dict[str, str]:
    """Finished translations by their original, white space as one blank; what is fuzzy or empty is left out."""
    found: dict[str, str] = {}
    for entry in path.read_text("utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        field, fuzzy = "", False
        for line in entry.splitlines():
            if line.startswith("#"):
                fuzzy |= line.startswith("#,") and "fuzzy" in line
                continue
            name, _, quoted = line.partition(" ")
            if name in ("msgid", "msgstr", "msgctxt"):
                field = name
            else:
                quoted = line
            if field and quoted.startswith('"'):
                fields[field] = fields.get(field, "") + ast.literal_eval(quoted)
        original, told = (" ".join(fields.get(name, "").split()) for name in ("msgid", "msgstr"))
        if original and told and not fuzzy:
            found[original] = told
    return found
