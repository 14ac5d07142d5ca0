"""Which tags of a page tell robots, all or one by its name, how the page may be used."""

from __future__ import annotations

from gristmill.contracts.page_tags import Tag
from gristmill.text.tags import META

WORDS = (b"robots", b"noai", b"noindex", b"noimageai", b"tdm-", b'bot"', b"bot'", b"bot ")
"""A tag that tells robots something has one of them in it; names of single robots mostly end in `bot`."""

ROBOTS, RESERVATION, POLICY = "robots", "tdm-reservation", "tdm-policy"

_DIRECTIVES = frozenset((
    "all", "index", "follow", "noindex", "nofollow", "none", "noarchive", "nocache", "nosnippet", "noimageindex",
    "notranslate", "noai", "noimageai", "nositelinkssearchbox", "indexifembedded", "unavailable_after", "max-snippet",
    "max-image-preview", "max-video-preview",
))  # fmt: skip
"""What robots are told: of HTML and of the search engines, and DeviantArt's two about training."""


def tells_robots(tag: Tag) -> Tag | None:
    """The tag with no more than its name and content, where it is a meta element that tells robots something.

    One of another name than `robots` does where all that it says are directives: `<meta name="GPTBot" content="noai">`
    """
    if tag.kind != META:
        return None
    name, content = tag.attributes.get("name", ""), tag.attributes.get("content", "")
    said = [piece.partition(":")[0].strip().lower() for piece in content.split(",")]
    if name.lower() in (ROBOTS, RESERVATION, POLICY) or (name and _DIRECTIVES.issuperset(said)):
        return Tag(META, {"name": name, "content": content}) if content else None
    return None
