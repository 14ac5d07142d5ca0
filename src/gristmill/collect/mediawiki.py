"""Dumps of Wikipedias and other wikis of MediaWiki: one page is one record, its wikitext as prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._compressed import blocks, with_compression
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._stream import Stream
from gristmill.collect._wiki_blocks import Blocks
from gristmill.collect._wiki_dump import Entry, Site, Unreadable, entries, read_site
from gristmill.collect._wikitext import Page, Resolver, is_disambiguation
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.prose import Form

_DUMPS = (
    "pages-articles.xml",
    "pages-articles-multistream.xml",
    "pages-meta-current.xml",
    "pages-meta-history.xml",
    "pages_current.xml",
    "pages_full.xml",
    ".mediawiki.xml",
)
"""How dumps end of Wikimedia and Fandom; others are named by a path or a pattern (`*-pages-articles*.bz2`)."""


class Mediawiki(FilesReader):
    """Dumps in XML, as a whole or in numbered pieces. A record's position is the offset of its page in the content.

    Files and references go, categories are metadata, and of templates only those stay that stand for a few words. Of a
    page with several revisions the last is read.
    """

    version = 2
    suffixes = with_compression(*_DUMPS)

    namespaces: tuple[int, ...] = Field((0,), min_length=1, description="Numbers of the namespaces that are taken.")
    redirects: bool = Field(False, description="Take pages that only lead to others; the text is the other's title.")
    disambiguations: bool = Field(True, description="Take pages that list what a name may mean, by their templates.")
    tables: bool = Field(True, description="Write tables out in Markdown; without it they go.")
    captions: bool = Field(False, description="Keep the captions of files as paragraphs.")
    leave_out_sections: tuple[str, ...] = Field(
        (), description="Headings, in any case, of sections that go with all below them: `References`, `See also`."
    )
    form: Form = Field("text", description="Plain text, or Markdown with marks for headings, quotes and code.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer page is quarantined, not read into memory."
    )

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, skip=skip)
        with opened(member) as file:
            stream = Stream(blocks(file), member.size)
            if not stream.ahead(1) and not stream.damage:
                return
            site = read_site(stream)
            if isinstance(site, str):
                if not builder.passes(0):
                    builder.problem(0, stream.damage or site)
                yield from builder.rest(member.size)
                return
            wiki = _Wiki(self, site)
            for one in entries(stream, self.max_record_bytes):
                unwanted = self._unwanted(one.fields) if isinstance(one, Entry) else None
                if unwanted:
                    builder.skip(unwanted)
                    continue
                if builder.passes(stream.raw):
                    continue
                if builder.full:
                    yield builder.cut(stream.raw)
                if isinstance(one, Unreadable):
                    builder.problem(one.position, one.error)
                else:
                    wiki.add(builder, one)
        yield from builder.rest(member.size)

    def _unwanted(self, page: Mapping[str, str]) -> str | None:
        """What a page is by name that is not taken."""
        number = page.get("ns", "0")
        if number not in {str(one) for one in self.namespaces}:
            return f"namespace {number[:6]}" if number.lstrip("-").isdigit() else "namespace unknown"
        if "redirect" in page and not self.redirects:
            return "redirect"
        model = page.get("revision/model", "wikitext")
        if model != "wikitext":
            return f"content model {model[:20]}"
        text = page.get("revision/text", "")
        if not text.strip():
            return "page without wikitext"
        return "disambiguation" if not self.disambiguations and is_disambiguation(text) else None


class _Wiki:
    """Writes the pages of one dump."""

    def __init__(self, settings: Mediawiki, site: Site) -> None:
        self._settings = settings
        self._site = site
        self._resolver = Resolver(site.namespaces, captions=settings.captions)
        self._left_out = frozenset(heading.strip().lower() for heading in settings.leave_out_sections)

    def add(self, builder: ChunkBuilder, entry: Entry) -> None:
        fields = entry.fields
        title = fields.get("title", "")
        found = Page()
        if "redirect" in fields:
            text = fields["redirect"]
        else:
            resolved, held, found = self._resolver.resolve(fields["revision/text"], title)
            settings = self._settings
            blocks = Blocks(held, settings.form, tables=settings.tables, left_out=self._left_out)
            text = blocks.text(resolved.split("\n"))
        if not text:
            builder.problem(entry.position, "the page has no text but templates, files and references")
            return
        builder.add(
            entry.position,
            text=text,
            id=fields.get("id"),
            url=self._url(title),
            time=as_time(fields.get("revision/timestamp", "")),
            metadata=self._metadata(fields, title, found),
        )

    def _metadata(self, fields: Mapping[str, str], title: str, found: Page) -> str:
        facts: dict[str, object] = {
            "title": title,
            "site": self._site.name,
            "language": self._site.language,
            "namespace": fields.get("ns", "0"),
            "revision": fields.get("revision/id"),
            "categories": list(dict.fromkeys(found.categories))[:1000],
            "disambiguation": found.disambiguation,
            "redirect": "redirect" in fields,
            "templates_left_out": found.dropped,
        }
        kept = {name: value for name, value in facts.items() if value}
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()

    def _url(self, title: str) -> str | None:
        return self._site.url + quote(title.replace(" ", "_"), safe="/:(),'!*;@$") if self._site.url else None
