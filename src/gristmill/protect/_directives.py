"""Reads what robots tags say: `X-Robots-Tag` and `<meta name="robots">`, and which agents they mean."""

from __future__ import annotations

from collections.abc import Collection, Iterator

DIRECTIVES = ("noai", "noimageai", "noindex")
"""Those that are looked for; `none` stands for noindex and nofollow."""

_VALUED = frozenset(("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"))
"""Directives with a colon of their own, which name no agent."""

ROBOTS = "robots"


def of_header(value: str, agents: Collection[str]) -> Iterator[str]:
    """Directives that everyone, or one of these agents (in lower case), is given: `noai, GPTBot: noindex`.

    An agent named in front is the one meant until another is.
    """
    meant = True
    for piece in value.split(","):
        name, colon, rest = piece.partition(":")
        if colon and name.strip().lower() not in _VALUED:
            meant = name.strip().lower() in agents
            piece = rest
        if meant:
            yield from _known(piece)


def of_meta(name: str, content: str, agents: Collection[str]) -> Iterator[str]:
    """The same of a `meta` element."""
    if name.lower() == ROBOTS or name.lower() in agents:
        for piece in content.split(","):
            yield from _known(piece)


def _known(piece: str) -> Iterator[str]:
    directive = piece.strip().lower()
    if directive == "none":
        yield "noindex"
    elif directive in DIRECTIVES:
        yield directive
