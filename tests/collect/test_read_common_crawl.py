"""Common Crawl in small, on a server of this machine: by index, whole archives, and a server that has its moods."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from archives_by_index import CRAWL, common_crawl
from collecting import Got
from gristmill.cli import main
from gristmill.collect.common_crawl import CommonCrawl
from gristmill.errors import InputError, RecipeError
from gristmill.recipe.load import loads
from web_server import Web, web_server

URLS = [f"https://host{number:02}.example/page" for number in range(90)]
ROOT = Path("/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("common_crawl")
    common_crawl(root, URLS)
    return root


@pytest.fixture
def service(folder: Path) -> Iterator[Web]:
    with web_server() as web:
        for path in folder.rglob("*"):
            if path.is_file():
                web.files[f"/{path.relative_to(folder)}"] = path.read_bytes()
        yield web


def by_index(web: Web, *hosts: str) -> CommonCrawl:
    return CommonCrawl(crawl=(CRAWL,), hosts=hosts, service=web.url)


def test_pages_of_hosts_are_fetched_and_little_else(service: Web) -> None:
    got = Got(by_index(service, "host40.example", "host41.example", "host77.example"), ROOT)
    assert sorted(map(str, got.column("url"))) == [URLS[40], URLS[41], URLS[77]]
    assert got.errors == []
    assert set(got.column("source")) == {f"cc-index/collections/{CRAWL}/indexes/cdx-0000{n}.gz" for n in (0, 1)}
    asked = [one for one in service.asked if one.startswith("GET")]
    assert all("bytes=" in one for one in asked)
    assert len([one for one in asked if "/warc/" in one]) == 2 + 1  # both archives for one block, one for the other


def test_a_server_that_is_busy_or_breaks_off_is_asked_again(service: Web) -> None:
    service.busy = [(503, "0"), (429, "0")]
    reader = by_index(service, "host40.example")
    (unit,) = reader.units("/")
    service.breaks = [10]
    service.busy = [(503, None)]
    assert [row["url"] for chunk in reader.read(unit) for row in chunk.batch.to_pylist()] == [URLS[40]]
    assert not service.breaks
    assert not service.busy


def test_a_server_that_knows_no_parts_of_files_is_an_error_and_a_lost_archive_costs_its_records(service: Web) -> None:
    reader = by_index(service, "host40.example", "host41.example")
    name = next(path for path in service.files if path.endswith("/warc/0.warc.gz"))
    del service.files[name]
    got = Got(reader, ROOT)
    assert got.column("url") == [URLS[41]]
    assert got.errors == [f"its archive {name[1:]} cannot be read: the server answered 404"]
    service.ranges = False
    with pytest.raises(InputError, match="gives no parts of files"):
        Got(reader, ROOT)


def test_reading_goes_on_after_any_record_and_survives_pickling(service: Web) -> None:
    reader = by_index(service, "example")
    units = reader.units("/")
    assert units == reader.units("/") == sorted(units, key=lambda unit: (unit.members[0].source, unit.start))
    assert pickle.loads(pickle.dumps((reader, units))) == (reader, units)
    for unit in units:
        every = [rid for chunk in reader.read(unit) for rid in chunk.batch.column("rid").to_pylist()]
        assert len(set(every)) == len(every) > 20
        for skip in (1, 9, len(every)):
            rest = [rid for chunk in reader.read(unit, skip) for rid in chunk.batch.column("rid").to_pylist()]
            assert rest == every[skip:]


def test_whole_archives_and_texts_are_read_from_the_beginning_of_their_list(service: Web) -> None:
    pages = Got(CommonCrawl(crawl=(CRAWL,), archives="warc", first=1, service=service.url), ROOT)
    assert pages.column("url") == URLS[::2]
    texts = Got(CommonCrawl(crawl=(CRAWL,), archives="wet", service=service.url), ROOT)
    assert set(texts.column("payload")) == {b"Text."}
    assert len(texts.rows) == 90
    assert set(texts.column("source")) == {f"crawl-data/{CRAWL}/segments/1/wet/{n}.warc.wet.gz" for n in range(2)}


def test_a_copy_on_this_machine_does_as_well(folder: Path) -> None:
    reader = CommonCrawl(crawl=(CRAWL,), urls=("host11.example/",), service=folder.name)
    assert Got(reader, folder.parent).column("url") == [URLS[11]]


def test_a_crawl_that_is_not_there_and_hosts_that_are_not_in_it_are_errors(service: Web) -> None:
    with pytest.raises(InputError, match="404"):
        CommonCrawl(crawl=("CC-MAIN-1999-01",), hosts=("a.example",), service=service.url).units("/")
    assert Got(by_index(service, "none.example"), ROOT).rows == []
    web_names = "nothing of it is asked for"
    service.files[f"/cc-index/collections/{CRAWL}/indexes/cluster.idx"] = b""
    with pytest.raises(InputError, match=web_names):
        by_index(service, "host40.example").units("/")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("{crawl: [CC-MAIN-2025-05]}", "needs hosts or urls"),
        ("{crawl: [CC-MAIN-2025-05], archives: wet, hosts: [a.example]}", "whole archives are read without"),
        ("{crawl: [2025-05], hosts: [a.example]}", "must match"),
        ("{crawl: [CC-MAIN-2025-05], urls: ['http:///x']}", "it has no host"),
    ],
)
def test_a_recipe_that_asks_for_too_much_or_nothing_is_refused(options: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        loads(f"name: x\ninputs:\n  - common_crawl: {options}\nsteps: []\noutputs: [parquet]\n")


def test_find_pages_looks_up_a_crawl_and_its_lines_are_an_input(
    service: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "some.cdxj"
    asked = ["find-pages", "--crawl", CRAWL, "--service", service.url, "--host", "host05.example", "--to", str(to)]
    assert main([*asked, "--language", "eng"]) == 0
    said = capsys.readouterr().out
    assert "host05.example" in said
    assert f"- cdx: {{paths: [some.cdxj], archives: {service.url}}}" in said
    recipe = f"name: x\ninputs:\n  - cdx: {{paths: [some.cdxj], archives: '{service.url}', since: 2024-01-01}}\n"
    (reader,) = loads(f"{recipe}steps: [extract]\noutputs: [parquet]\n", root=tmp_path).inputs
    assert Got(reader, tmp_path).column("url") == [URLS[5]]
