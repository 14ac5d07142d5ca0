"""Whether a host may be somebody's: domains that exist, and those that are kept for examples."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_RESERVED = re.compile(r"(?:.*\.)?example\.(?:com|org|net|edu)$")
"""RFC 2606: addresses there are nobody's."""


@cache
def top_level_domains() -> frozenset[str]:
    text = (files("gristmill.protect") / "top_level_domains.txt").read_text("utf-8")
    return frozenset(text.split())


def is_host(name: str) -> bool:
    """Whether somebody may be reached at a host."""
    labels = name.lower().split(".")
    return labels[-1] in top_level_domains() and all(labels) and not _RESERVED.match(".".join(labels))
