"""What an engine makes of a page."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol
from urllib.parse import urljoin

from gristmill.contracts.list_files import ListFile

TITLE_LENGTH = 1000  # characters; a longer one is markup gone wrong


class Page(NamedTuple):
    """The text of a page, and what the page says of itself."""

    text: str
    title: str | None = None
    date: str | None = None  # YYYY-MM-DD, when it was published
    date_evidence: str | None = None  # the tag or field that says so
    modified: str | None = None
    modified_evidence: str | None = None
    language: str | None = None  # as declared, lower-cased: `en`, `pt-br`
    author: str | None = None
    site: str | None = None
    url: str | None = None  # the address that the page says is its own
    description: str | None = None
    license: str | None = None  # tags that state one, a line each; empty where none does
    robots: str | None = None


class Settings(NamedTuple):
    """What an engine is asked for. `favor`, `output`, `links` and `model` are for the engine gristmill alone."""

    main_content: bool = True
    comments: bool = True
    favor: str = "balanced"
    output: Literal["text", "markdown"] = "text"
    links: bool = False
    model: ListFile | None = None  # of a trained model; the one that comes with the package unless given


class Engine(Protocol):
    """Turns one decoded page into text. It is made once for a batch."""

    def __call__(self, html: str) -> Page: ...


def one_line(stated: str | None) -> str | None:
    """A title as pages state it, on one line; None where nothing is left."""
    return " ".join((stated or "").split())[:TITLE_LENGTH] or None


def absolute(address: str | None, base: str | None) -> str | None:
    """The address that a page states, as seen from where the page was fetched; as it stands where that is not known."""
    if address is None or base is None:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def language_tag(stated: str | None) -> str | None:
    """A declared language (BCP 47) in lower case, None where it cannot be a tag."""
    tag = (stated or "").strip().replace("_", "-").lower()
    return tag if 2 <= len(tag) <= 35 and tag.replace("-", "").isalnum() and tag.isascii() else None
