"""Pages of Common Crawl: by its index, or all of its first archives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gristmill.collect import _zipnum
from gristmill.collect._compressed import blocks
from gristmill.collect._files import opened
from gristmill.collect._indexed_pages import IndexedPages, is_run, run_units
from gristmill.collect._indexed_records import place_of
from gristmill.collect._lines import lines
from gristmill.collect._ranges import file_at
from gristmill.contracts.reader import Unit
from gristmill.errors import InputError
from gristmill.records.chunk import Chunk

_MOST_PATH = 1000


class CommonCrawl(IndexedPages):
    """Pages of Common Crawl, by host, url, language and time, or all pages of the first archives of a crawl.

    By index only the blocks that hold the hosts and urls are read, then the records by byte ranges. `archives: warc`
    reads whole archives, `wet` the texts that Common Crawl has taken out of the pages. The names of the crawls are at
    https://index.commoncrawl.org; its terms of use are yours to heed: https://commoncrawl.org/terms-of-use.
    """

    chooses = frozenset({"first", "service", "at_once"})

    crawl: tuple[Annotated[str, Field(pattern=r"^CC-MAIN-\d{4}-\d{2}(-\d{2})?$")], ...] = Field(
        min_length=1, description="Crawls: `[CC-MAIN-2025-05]`."
    )
    archives: Literal["by_index", "warc", "wet"] = Field(
        "by_index", description="Single pages that the index names, or whole archives: of pages, or of texts."
    )
    first: int | None = Field(None, ge=1, description="How many archives of each crawl are read; left out: all.")
    service: str = Field(
        "https://data.commoncrawl.org",
        min_length=1,
        description="Url or folder that the files of Common Crawl are below.",
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.archives == "by_index" and not (self.hosts or self.urls):
            raise ValueError("common_crawl needs hosts or urls: a crawl has some billion pages")
        if self.archives != "by_index" and (self.hosts or self.urls or self.languages or self.since or self.until):
            raise ValueError(
                "hosts, urls, languages, since and until go by the index, which whole archives are read without"
            )
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        return self.crawl

    def units(self, root: str) -> list[Unit]:
        made = self._by_index if self.archives == "by_index" else self._whole
        found = [unit for crawl in dict.fromkeys(self.crawl) for unit in made(crawl, self._service(root))]
        if not found:
            raise InputError(", ".join(self.crawl), "nothing of it is asked for: its index has no such hosts or urls")
        return sorted(found, key=lambda unit: (unit.members[0].source, unit.start))

    def _service(self, root: str) -> str:
        return self.service.rstrip("/") if "://" in self.service else f"{root}/{self.service}".rstrip("/")

    def _by_index(self, crawl: str, service: str) -> Iterator[Unit]:
        name = f"cc-index/collections/{crawl}/indexes/{_zipnum.NAME}"
        path = f"{service}/{name}"
        yield from run_units(replace(file_at(path), source=name), self.keys)

    def _whole(self, crawl: str, service: str) -> Iterator[Unit]:
        listed = f"{service}/crawl-data/{crawl}/{self.archives}.paths.gz"
        taken = 0
        with opened(file_at(listed)) as file:
            for _, _, line in lines(blocks(file), _MOST_PATH):
                name = line.decode("utf-8", "replace").strip() if isinstance(line, bytes) else ""
                path = place_of(service, name)
                if path is None:
                    raise InputError(listed, f"it is no list of archives: {line!r}"[:300])
                yield Unit((replace(file_at(path), source=name),))
                taken += 1
                if taken == self.first:
                    return

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        (member,) = unit.members
        if is_run(unit):
            yield from self.pages_of(unit, member.path.removesuffix(member.source).rstrip("/"), skip)
            return
        with opened(member) as file:
            yield from self.all_of(file, member, skip)
