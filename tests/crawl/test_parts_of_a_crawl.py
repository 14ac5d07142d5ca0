"""What a crawl is made of, by itself: links, sitemaps, what is known and what is a trap, addresses, archives."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scrapy")

from gristmill.crawl.addresses import is_public
from gristmill.crawl.answers import Answer
from gristmill.crawl.archive import Archive, whole_until
from gristmill.crawl.archived import Former, visits
from gristmill.crawl.frontier import Frontier, Step
from gristmill.crawl.links import links_of
from gristmill.crawl.sitemaps import read_sitemap
from gristmill.crawl.sites import Site, load_sites
from gristmill.crawl.urls import absolute, host_of, key_of, trap
from gristmill.errors import InputError, RecipeError
from gristmill.protect._robots import Robots

URL = "https://example.org/a/b"


def test_links_are_absolute_once_each_and_lead_to_the_web() -> None:
    page = b"""<base href=/x/><a href="c?b=1&amp;a=2#f"></a><a href=c?b=1&a=2></a><area href=//other.example/>
    <a href="mailto:a@b"></a><a href="javascript:x()"></a><a href="d" rel="ugc nofollow"></a><a></a><a href="http://[">"""
    assert links_of(page, URL).urls == ["https://example.org/x/c?b=1&a=2", "https://other.example/"]


@pytest.mark.parametrize("page", [b'<meta name=Robots content="noindex, NoFollow"><a href=/c>', b"<a href=/c>"])
def test_links_of_a_page_that_says_nofollow_are_not_followed(page: bytes) -> None:
    assert not links_of(page, URL, "" if b"meta" in page else "otherbot: none").followed
    assert links_of(page.replace(b"NoFollow", b"noarchive"), URL).urls == ["https://example.org/c"]


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes_have_links_and_lists(data: bytes) -> None:
    assert all(url.startswith(("http://", "https://")) for url in links_of(b"<a href='" + data, URL).urls)
    read_sitemap(data)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_link_is_a_url_to_ask_for_or_none(link: str) -> None:
    url = absolute(URL, link)
    if url is not None:
        assert host_of(url)
        assert url.isascii()
        assert "#" not in url
        assert absolute(URL, url) == url
        assert key_of(url) == key_of(absolute(URL, url) or "")


def test_a_sitemap_is_read_as_far_as_it_can_be() -> None:
    text = (
        "<urlset><url><loc> <![CDATA[https://a.example/?x=1&y]]> </loc><image:loc>no</image:loc></url><loc>https://b/"
    )
    assert read_sitemap(text.encode()).urls == ["https://a.example/?x=1&y"]
    assert read_sitemap(gzip.compress(b"<sitemapindex><loc>https://a/&amp;</loc>")[:-8]).urls == ["https://a/&"]
    assert read_sitemap(b"\xef\xbb\xbfhttps://a/1\r\nnot a url\nhttps://a/2").urls == ["https://a/2"]


def test_a_sitemap_that_unpacks_to_gigabytes_is_cut_off() -> None:
    bomb = gzip.compress(b"<loc>https://a.example/x</loc>" * 2_000_000)
    assert len(read_sitemap(bomb).urls) == 50_000


def test_a_url_is_taken_once_and_traps_are_not() -> None:
    frontier = Frontier(Site(start=("https://example.org/",), max_alike=2, max_depth=1))
    assert frontier.add(Step("https://example.org/?b=1&a=2")) is None
    assert frontier.add(Step("https://EXAMPLE.org/?a=2&b=1")) is None
    assert len(frontier) == 1
    assert frontier.add(Step("https://example.org/?a=9&b=1")) is None
    assert frontier.add(Step("https://example.org/?a=10&b=1")) == "more than 2 urls look like it"
    assert frontier.add(Step("https://example.org/far", "LL")) == "it is more than 1 links from the start"
    assert frontier.add(Step("https://other.example/")) is None
    assert [frontier.pop(), frontier.pop()][1] == Step("https://example.org/?a=9&b=1")
    assert frontier.pop() is None
    assert trap("https://example.org/a/b/a/b/a/b/a/") == "a part of its path comes more than 3 times"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:0a00:0001::",
        "",
        "x",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_of_the_internet_are_public() -> None:
    assert all(map(is_public, ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::93.184.215.14")))


def test_a_crawl_delay_is_that_of_the_group_and_sitemaps_are_for_everyone() -> None:
    robots = Robots(
        b"Sitemap: https://a/0\nUser-agent: a\nUser-agent: b\nCrawl-delay: 2.5\n"
        b"User-agent: *\nCrawl-delay: x\nSitemap: /1"
    )
    assert [robots.delay("A"), robots.delay("b"), robots.delay("c")] == [2.5, 2.5, 0]
    assert robots.sitemaps == ["https://a/0", "/1"]


def _answer(number: int, body: bytes = b"<p>text") -> Answer:
    headers = (("Content-Type", "text/html"), ("ETag", f'"{number}"'), ("Transfer-Encoding", "chunked"))
    return Answer(f"{URL}/{number}", (("User-Agent", "x"),), 200, headers, body, "192.0.2.1", datetime.now(UTC), 0.1)


def test_an_archive_that_ends_anywhere_is_whole_again_up_to_its_last_answer(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "whole", "pages", [])
    ends = []
    for number in range(3):
        archive.write(_answer(number), "L", None)
        ends.append((tmp_path / "whole" / "pages-00000.warc.gz.open").stat().st_size)
    archive.close()
    (path,) = archive.files()
    data = path.read_bytes()
    for cut in range(0, len(data), 149):
        broken = tmp_path / "pages-00000.warc.gz.open"
        broken.write_bytes(data[:cut] + b"\0" * (cut % 2))
        assert len([1 for end in ends if end <= cut]) == len(_numbers_of(broken))


def _numbers_of(broken: Path) -> list[str]:
    end = whole_until(broken)
    broken.write_bytes(broken.read_bytes()[:end])
    return [visit.url for visit in visits(broken)]


def test_archives_are_ended_by_size_and_numbered_on_by_the_next_run(tmp_path: Path) -> None:
    for run in range(2):
        archive = Archive(tmp_path, "pages", [], file_bytes=2000)
        for number in range(3):
            archive.write(_answer(10 * run + number, b"x" * 900), "", None)
        archive.close()
    names = [path.name for path in archive.files()]
    assert names == [f"pages-{number:05}.warc.gz" for number in range(len(names))]
    assert len(names) > 2
    assert len([visit for path in archive.files() for visit in visits(path)]) == 6
    former = Former([tmp_path])
    known = former.of(f"{URL}/12")
    assert known is not None
    assert known.etag == '"12"'
    assert known.message().endswith(b"x" * 900)
    assert b"X-Crawler-Transfer-Encoding: chunked\r\nContent-Length: 900\r\n" in known.message()


def test_a_former_folder_without_archives_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of a crawl"):
        Former([tmp_path])


def test_faults_in_the_list_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text("contact: me\nsites:\n  - start: [ftp://a]\n  - start: ['https://a/']\n    dellay: 3\n")
    with pytest.raises(RecipeError) as error:
        load_sites(path)
    said = str(error.value)
    assert "sites.yaml:1: contact is 'me'" in said
    assert "'ftp://a' is no url of the web" in said
    path.write_text("contact: mailto:a@b.example\nsites:\n  - {start: ['https://a/'], under: ['https://a/en/']}\n")
    with pytest.raises(RecipeError, match="begins at 'https://a/', which its hosts, under and not_under leave out"):
        load_sites(path)
    assert "sites.yaml:5: the list of sites has no option 'dellay': did you mean 'delay'?" in said
