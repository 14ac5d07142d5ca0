"""Puts sections into one self-contained page that may load nothing and run nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from gristmill.document.markup import Html, tag
from gristmill.document.section import Section


def page(title: str, header: Html, sections: Sequence[Section], footer: Html) -> str:
    """The whole document. Style and script stand in it and are allowed by their digests alone."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        None,
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("meta", {"name": "referrer", "content": "no-referrer"}),
        tag("title", None, title),
        tag("style", None, style),
    )
    body = tag(
        "body",
        None,
        _contents(sections),
        tag("main", None, header, *(_section(section) for section in sections), tag("footer", None, footer)),
        tag("script", None, script),
    )
    return "<!doctype html>\n" + tag("html", {"lang": "en"}, head, body) + "\n"


def _contents(sections: Sequence[Section]) -> Html:
    links = [
        tag("li", None, tag("a", {"href": f"#{section.anchor}", "class": section.anchor}, section.title))
        for section in sections
    ]
    return tag(
        "nav",
        {"aria-label": "Contents"},
        tag("a", {"href": "#top", "class": "brand"}, "Gristmill"),
        tag("ol", None, *links),
    )


def _section(section: Section) -> Html:
    title = tag("h2", None, section.title)
    return tag("section", {"id": section.anchor}, title, tag("p", "lead", section.lead), section.body)


def _asset(name: str) -> Html:
    return Html(files("gristmill.document").joinpath(name).read_text("utf-8"))


def _digest(asset: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(asset.encode()).digest()).decode()}'"
