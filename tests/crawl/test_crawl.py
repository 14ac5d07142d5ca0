"""Crawls of sites on this machine, as a user starts them: killed, continued, and made again when pages have changed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from collecting import Got
from gristmill.cli import main
from gristmill.collect.warc import Warc
from gristmill.protect._policies import policies
from loopback_site import Site, loopback_site

pytest.importorskip("scrapy")
warcio = pytest.importorskip("warcio.archiveiterator")

TRAPS = ("/calendar?day=0", "/round/0", "/on/0", "/inside", "/huge", "/bomb", "/slow", "/picture", "/gone")
LIST = """\
agent: TestBot
contact: mailto:owner@example.org
private_addresses: true
timeout: 1.5
retries: 1
max_page_bytes: 1000000
sites:
  - {start: ['ROOT'], delay: 0.01, max_alike: 10}
  - {start: ['SLOWLY'], delay: 0.01, not_under: ['SLOWLY/not']}
  - {start: ['CLOSED'], delay: 0.01}
  - {start: ['http://127.0.0.1:NOBODY/'], delay: 0.01}
"""


@dataclass
class Crawls:
    """Two crawls of the same sites; the first was killed in its middle."""

    folder: Path
    site: Site
    slowly: Site
    closed: Site
    asked: dict[str, int]
    again: dict[str, int]
    unfinished: list[Path]
    said: str

    def log(self, of: str) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in (self.folder / of / "log.jsonl").read_bytes().splitlines()]

    def why(self, of: str, path: str) -> str:
        """Why a url was left out; an assertion that there is one reason, though two runs may have told it."""
        (why,) = {f"{line['what']}: {line['why']}" for line in self.log(of) if line["url"].endswith(path)}
        return why

    def records(self, of: str, name: str = "pages") -> list[tuple[str, str, str, dict[str, str]]]:
        """Kind, path, status and headers of each record, as warcio reads them; an assertion that digests are right."""
        found = []
        for path in sorted((self.folder / of).glob(f"{name}-*.warc.gz")):
            with path.open("rb") as file:
                for record in warcio.ArchiveIterator(file, check_digests="raise"):
                    record.content_stream().read()
                    headers = dict(record.rec_headers.headers)
                    url = headers.get("WARC-Target-URI", "").removeprefix(self.site.root)
                    status = record.http_headers.get_statuscode() if record.http_headers else ""
                    found.append((record.rec_type, url, status, headers))
        return found


def _run(folder: Path, *args: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gristmill", "crawl", "sites.yaml", *args]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _wait(process: subprocess.Popen[str], code: int = 0) -> str:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == code, said
    return said


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    folder = tmp_path_factory.mktemp("crawls")
    with loopback_site() as site, loopback_site() as slowly, loopback_site() as closed, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and it does not listen
        site.link("/", "a", "/busy", "/private/x", "/file.zip", "http://other.invalid/", "mailto:x@y.z", *TRAPS)
        site.link("/a", "/b#part", "//", "/c")
        site.link("/b", "/a")
        site.link("/c", "/late")
        slowly.robots = "User-agent: testbot\nCrawl-delay: 0.2\n"
        slowly.link("/", "/1", "/2", "/not/this")
        closed.robots_status = 503
        written = LIST.replace("ROOT", site.root).replace("SLOWLY", slowly.root).replace("CLOSED", closed.root)
        (folder / "sites.yaml").write_text(written.replace("NOBODY", str(nobody.getsockname()[1])))
        killed = _run(folder, "--out", "one")
        while site.asked["/busy"] < 1 and killed.poll() is None:
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        unfinished = sorted((folder / "one").glob("*.open"))
        before = site.asked.copy()
        said = _wait(_run(folder, "--out", "one"))
        asked = site.asked - before
        slowly_at = list(slowly.at)
        site.asked.clear()
        site.link("/", "/a", "/private/x")  # no traps this time, for they take time
        site.link("/c", "/late", text="What this page says is new, and it says it at length. " * 5)
        _wait(_run(folder, "--out", "two", "--former", "one"))
        slowly.at = slowly_at
        yield Crawls(folder, site, slowly, closed, dict(asked), dict(site.asked), unfinished, said)


def test_a_crawl_that_was_killed_goes_on_and_asks_for_nothing_twice(crawls: Crawls) -> None:
    assert [path.name for path in crawls.unfinished] == ["pages-00000.warc.gz.open", "policies-00000.warc.gz.open"]
    assert not {"/", "/a"} & set(crawls.asked)
    pages = [url for kind, url, status, _ in crawls.records("one") if kind == "response" and status == "200"]
    assert {"/", "/a", "/b", "/c", "/late", "/busy"} <= set(pages)
    assert len(pages) == len(set(pages))
    assert not list((crawls.folder / "one").glob("*.open"))


def test_every_answer_has_its_request_and_how_it_was_come_to(crawls: Crawls) -> None:
    records = crawls.records("one")
    kinds = [kind for kind, _, _, _ in records if kind != "warcinfo"]
    assert kinds == ["response", "request", "metadata"] * (len(kinds) // 3)
    ids = {headers["WARC-Record-ID"] for _, _, _, headers in records}
    assert len(ids) == len(records)
    assert all(headers.get("WARC-Concurrent-To", headers["WARC-Record-ID"]) in ids for _, _, _, headers in records)
    assert all(headers["WARC-IP-Address"] == "127.0.0.1" for kind, _, _, headers in records if kind == "response")


def test_whoever_runs_a_site_learns_who_asks(crawls: Crawls) -> None:
    assert crawls.site.sent["/a"]["User-Agent"].startswith("TestBot/")
    assert "(+mailto:owner@example.org)" in crawls.site.sent["/a"]["User-Agent"]
    assert "Cookie" not in crawls.site.sent["/a"]


def test_robots_txt_is_heeded_and_where_it_cannot_be_had_nothing_is_fetched(crawls: Crawls) -> None:
    assert crawls.why("two", "/private/x") == "skipped: robots.txt disallows it (line 2 'Disallow: /private')"
    assert set(crawls.closed.asked) == {"/robots.txt"}
    refused = [line["why"] for line in crawls.log("two") if "robots.txt cannot be had" in line["why"]]
    assert refused == [
        "robots.txt cannot be had (HTTP 503)",
        "robots.txt cannot be had (the connection was refused)",
    ]


def test_a_crawl_delay_is_kept_and_other_parts_of_a_site_are_left_alone(crawls: Crawls) -> None:
    gaps = [later - earlier for earlier, later in zip(crawls.slowly.at[1:], crawls.slowly.at[2:], strict=False)]
    assert len(gaps) > 3
    assert min(gaps) > 0.19
    assert "/not/this" not in crawls.slowly.asked
    assert {"/1", "/2"} <= set(crawls.slowly.asked)


def test_what_only_a_sitemap_names_is_found_in_a_compressed_map_of_a_list_of_maps(crawls: Crawls) -> None:
    assert crawls.again["/only-in-the-map?a=1&b=2"] == 1


def test_traps_end_and_are_told(crawls: Crawls) -> None:
    why = {path: crawls.why("one", path) for path in (*TRAPS[4:], "/secret", "/on/6", "/calendar?day=10", "/file.zip")}
    assert why == {
        "/huge": "failed: it is too long (more than 1000000 bytes)",
        "/bomb": "skipped: its links cannot be read: it cannot be decoded",
        "/slow": "failed: it did not answer in time",
        "/picture": "skipped: its type is not wanted (image/gif)",
        "/gone": "failed: HTTP 404",
        "/secret": "skipped: it leads out of the site",
        "/on/6": "skipped: it was redirected more than 5 times",
        "/calendar?day=10": "skipped: more than 10 urls look like it",
        "/file.zip": "skipped: its ending is none of a page",
    }
    rounds = [url for kind, url, _, _ in crawls.records("one") if kind == "response" and url.startswith("/round")]
    assert sorted(rounds) == ["/round/0", "/round/1"]


def test_a_server_that_is_busy_is_asked_again(crawls: Crawls) -> None:
    assert crawls.site.busy == 0
    assert "/busy" not in str(crawls.log("one"))


def test_a_later_crawl_takes_only_what_has_changed(crawls: Crawls) -> None:
    found = crawls.records("two")
    assert [url for kind, url, status, _ in found if kind == "response" and status == "200" and len(url) == 2] == ["/c"]
    revisits = {url: (status, headers["WARC-Profile"]) for kind, url, status, headers in found if kind == "revisit"}
    assert revisits["/a"][0] == "304"
    assert revisits["/a"][1].endswith("server-not-modified")
    assert revisits["/late"][0] == "200"  # this page has no mark, and is the same all the same
    assert revisits["/late"][1].endswith("identical-payload-digest")
    first = {headers["WARC-Record-ID"] for kind, _, _, headers in crawls.records("one") if kind == "response"}
    assert {headers["WARC-Refers-To"] for kind, _, _, headers in found if kind == "revisit"} <= first


def test_a_finished_crawl_is_not_written_over(crawls: Crawls, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crawl", str(crawls.folder / "sites.yaml"), "--out", str(crawls.folder / "two")]) == 4
    assert "is finished: name another folder, and this one with --former" in capsys.readouterr().err


def test_pages_and_what_sites_say_of_training_come_out_for_the_steps(crawls: Crawls) -> None:
    pages = Got(Warc(paths=("one/pages-*.warc.gz",)), crawls.folder)
    assert f"{crawls.site.root}/a" in pages.column("url")
    assert [error for error in pages.errors if "longer than" not in error] == []
    to = crawls.folder / "sites.policies"
    assert main(["policies", f"{crawls.folder}/one/policies-*.warc.gz", "--to", str(to)]) == 0
    from gristmill.contracts.list_files import find_lists

    site = policies(find_lists(crawls.folder, ("sites.policies",), None, None).files).site("127.0.0.1")
    assert site is not None
    assert site.location("/reserved") is not None


def test_in_private_networks_nothing_is_asked_unless_the_list_says_so(crawls: Crawls) -> None:
    folder = crawls.folder
    text = (folder / "sites.yaml").read_text().replace("private_addresses: true\n", "")
    (folder / "public.yaml").write_text(text)
    crawls.site.asked.clear()
    command = [sys.executable, "-m", "gristmill", "crawl", "public.yaml", "--out", "three"]
    subprocess.run(
        command, cwd=folder, check=True, capture_output=True, env=os.environ | {"http_proxy": crawls.site.root}
    )
    assert not crawls.site.asked
    assert all("none that is public" in line["why"] for line in crawls.log("three"))
