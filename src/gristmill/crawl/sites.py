"""The list of sites that a crawl is told to visit, who asks, and how much it may take."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gristmill import __version__
from gristmill.crawl.urls import absolute, host_of
from gristmill.errors import Place, RecipeError
from gristmill.recipe.entries import Faults, settings
from gristmill.recipe.tree import MAX_BYTES, parse

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")


class Site(BaseModel):
    """One site: where to begin, what belongs to it, and how much of it is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: tuple[str, ...] = Field(min_length=1, description="Urls to begin at.")
    hosts: tuple[str, ...] = Field(
        (), description="Hosts (`example.org`, `example.org:8080`) that belong to it; left out: those of start."
    )
    under: tuple[str, ...] = Field((), description="Only urls that begin with one of these are fetched.")
    not_under: tuple[str, ...] = Field((), description="Urls that begin with one of these are not fetched.")
    links: bool = Field(True, description="Whether links of pages are followed.")
    sitemaps: bool = Field(True, description="Whether sitemaps are read: those robots.txt names, or else /sitemap.xml.")
    delay: float = Field(
        1.0, ge=0, le=3600, description="Seconds between two requests at least; a Crawl-delay may ask for more."
    )
    max_pages: int = Field(1000, ge=1, le=10_000_000, description="Requests for pages at most.")
    max_bytes: int = Field(1 << 30, ge=1, description="Bytes of bodies at most, as they are sent.")
    max_depth: int = Field(20, ge=0, le=200, description="Links away from where it began at most.")
    max_alike: int = Field(
        1000, ge=1, description="Urls that differ in nothing but digits and values of queries, at most (calendars)."
    )

    @model_validator(mode="after")
    def _checked(self) -> Self:
        for url in (*self.start, *self.under, *self.not_under):
            if urlsplit(url).scheme not in ("http", "https") or not host_of(url):
                raise ValueError(f"{url!r} is no url of the web: it begins with http:// or https:// and has a host")
        for url in self.start:
            if not self.takes(absolute(url, "") or url):
                raise ValueError(f"the site begins at {url!r}, which its hosts, under and not_under leave out")
        return self

    def takes(self, url: str) -> bool:
        """Whether a url belongs to the site."""
        return (
            host_of(url) in (frozenset(map(str.lower, self.hosts)) or frozenset(map(host_of, self.start)))
            and (not self.under or url.startswith(self.under))
            and not (self.not_under and url.startswith(self.not_under))
        )


class Sites(BaseModel):
    """A whole list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str = Field(
        "gristmill", pattern=r"^[A-Za-z_-]{2,40}$", description="The crawler's name, which robots.txt may address."
    )
    contact: str = Field(
        pattern=r"^(https?://|mailto:)[!-~]{3,200}$",
        description="Where whoever runs a site can reach you: an url or a mailto: address, sent with each request.",
    )
    sites: tuple[Site, ...] = Field(min_length=1, description="The sites.")
    types: tuple[str, ...] = Field(PAGE_TYPES, min_length=1, description="Media types of pages that are taken.")
    max_page_bytes: int = Field(10 << 20, ge=1, le=1 << 30, description="A longer page is not taken.")
    max_seconds: float = Field(86_400, gt=0, description="Seconds that one run takes at most; the next goes on.")
    timeout: float = Field(30, gt=0, le=600, description="Seconds for one answer, body included.")
    at_once: int = Field(
        8, ge=1, le=256, description="Sites that are visited at once; each is asked for one thing at a time."
    )
    retries: int = Field(2, ge=0, le=10, description="Further tries after an error of the network, 429 or 5xx.")
    private_addresses: bool = Field(False, description="Whether hosts in private networks may be asked.")

    @property
    def user_agent(self) -> str:
        """What each request says of who asks."""
        return f"{self.agent}/{__version__} (+{self.contact})"


def load_sites(path: Path) -> Sites:
    """The list in a YAML file; RecipeError names every fault and its line."""
    try:
        with path.open("rb") as file:
            text = file.read(4 * MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise RecipeError(f"cannot be read: {error.strerror}", Place(str(path))) from error
    except UnicodeDecodeError as error:
        raise RecipeError("is no list of sites: it is not UTF-8 text", Place(str(path))) from error
    tree = parse(text, str(path))
    wrong = Faults(tree, str(path))
    made = settings(Sites, tree, (), "the list of sites", wrong)
    if made is None:
        raise wrong.together()
    return made
