"""Real archives of web archiving tools, some truncated, mis-compressed or mis-labelled, all read through."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from fastwarc import ArchiveIterator, WarcRecordType

from collecting import Got
from gristmill.collect.warc import Warc

NAME = "warc-samples.tar.xz"
FOUND = next((path for folder in Path(__file__).parents if (path := folder / "shared" / "data" / NAME).exists()), None)
pytestmark = pytest.mark.skipif(FOUND is None, reason=f"shared/data/{NAME} is not beside this checkout")

REVISITS = "warc-specifications/specifications/warc-deduplication/samples"

SAMPLES: dict[str, tuple[int, int, list[str]]] = {
    "chatnoir-resiliparse/tests/data/block-sized-records.warc": (0, 3, []),
    "chatnoir-resiliparse/tests/data/block-sized-records.warc.gz": (0, 3, []),
    "chatnoir-resiliparse/tests/data/block-sized-records.warc.lz4": (0, 3, []),
    "chatnoir-resiliparse/tests/data/clipped.warc.gz": (0, 0, ["the archive ends after 75207 of the 8827"]),
    "chatnoir-resiliparse/tests/data/clueweb-quirk.warc.gz": (29, 1, []),
    "chatnoir-resiliparse/tests/data/warcfile.warc": (16, 34, []),
    "chatnoir-resiliparse/tests/data/warcfile.warc.gz": (16, 34, []),
    "chatnoir-resiliparse/tests/data/warcfile.warc.lz4": (16, 34, []),
    "dolma/tests/data/warc/sample-0000.warc.gz": (22, 26, []),
    "dolma/tests/data/warc/sample-0001.warc.gz": (15, 19, []),
    "jwarc/test-resources/org/netpreserve/jwarc/cc.warc.gz": (1, 0, []),
    "jwarc/test-resources/org/netpreserve/jwarc/gzip_extra_sl.warc.gz": (0, 1, []),
    "pywb/sample_archive/warcs/bad.arc": (
        0,
        0,
        [
            "the record's length is '-1', not a numbe",
            "the response does not begin with an HTTP",
            "the record's length is 'abc', not a numb",
        ],
    ),
    "pywb/sample_archive/warcs/dupes.warc.gz": (1, 24, []),
    "pywb/sample_archive/warcs/example-bad.warc.gz.bad": (1, 5, []),
    "pywb/sample_archive/warcs/example-extra.warc": (1, 4, ["the response does not begin with an HTTP"]),
    "pywb/sample_archive/warcs/example-url-agnostic-orig.warc.gz": (1, 1, []),
    "pywb/sample_archive/warcs/example-url-agnostic-revisit.warc.gz": (0, 2, []),
    "pywb/sample_archive/warcs/example-wget-1-14.warc.gz": (1, 5, []),
    "pywb/sample_archive/warcs/example-wpull.warc.gz": (1, 3, []),
    "pywb/sample_archive/warcs/example.arc": (1, 0, []),
    "pywb/sample_archive/warcs/example.arc.gz": (1, 0, []),
    "pywb/sample_archive/warcs/example.warc": (1, 5, ["no record begins here; read on at the ne"]),
    "pywb/sample_archive/warcs/example.warc.gz": (1, 5, []),
    "pywb/sample_archive/warcs/example2.warc.gz": (1, 2, []),
    "pywb/sample_archive/warcs/httpbin-resource.warc.gz": (0, 1, []),
    "pywb/sample_archive/warcs/iana.warc.gz": (16, 327, []),
    "pywb/sample_archive/warcs/missing-status-text.warc": (0, 1, []),
    "pywb/sample_archive/warcs/post-test.warc.gz": (0, 6, []),
    "warc-specifications/primers/web-archive-formats/hello-world.warc": (1, 5, []),
    "warc-specifications/primers/web-archive-formats/hello-world.warc.gz": (1, 5, []),
    f"{REVISITS}/20130729-heritrix-original.warc.gz": (1, 0, []),
    f"{REVISITS}/20130729-heritrix-revisit-with-http-headers.warc.gz": (
        0,
        1,
        [],
    ),
    f"{REVISITS}/20141124-heritrix-server-not-modified.warc.gz": (
        0,
        1,
        [],
    ),
    f"{REVISITS}/20141129-heritrix-original.warc.gz": (1, 0, []),
    f"{REVISITS}/20141129-heritrix-revisit-with-http-headers-and-new-warc-headers.warc.gz": (
        0,
        1,
        [],
    ),
    "warcio/test/data/bad.arc": (
        0,
        0,
        [
            "the record's length is '-1', not a numbe",
            "the response does not begin with an HTTP",
            "the record's length is 'abc', not a numb",
        ],
    ),
    "warcio/test/data/example-bad-non-chunked.warc.gz": (1, 5, []),
    "warcio/test/data/example-bad.warc.gz.bad": (1, 5, []),
    "warcio/test/data/example-digest.warc": (0, 4, []),
    "warcio/test/data/example-iana.org-chunked.warc": (1, 2, []),
    "warcio/test/data/example-resource.warc.gz": (1, 2, []),
    "warcio/test/data/example-space-in-target-uri.warc.gz": (0, 2, []),
    "warcio/test/data/example-space-in-url.arc": (0, 0, ["the archive ends after 1579 of the 1591 "]),
    "warcio/test/data/example-trunc.warc": (
        0,
        3,
        ["the page's compressed body is broken: th", "no record begins here; read on at the ne"],
    ),
    "warcio/test/data/example-wget-bad-target-uri.warc.gz": (1, 5, []),
    "warcio/test/data/example-wrong-chunks.warc.gz": (1, 1, []),
    "warcio/test/data/example.arc": (1, 0, []),
    "warcio/test/data/example.arc.gz": (1, 0, []),
    "warcio/test/data/example.warc": (1, 5, []),
    "warcio/test/data/example.warc.gz": (1, 5, []),
    "warcio/test/data/post-test.warc.gz": (0, 6, []),
    "whirlwind-python/whirlwind.warc": (1, 3, []),
    "whirlwind-python/whirlwind.warc.gz": (1, 3, []),
    "whirlwind-python/whirlwind.warc.wat": (0, 2, []),
    "whirlwind-python/whirlwind.warc.wat.gz": (0, 2, []),
    "whirlwind-python/whirlwind.warc.wet": (1, 1, []),
    "whirlwind-python/whirlwind.warc.wet.gz": (1, 1, []),
}
"""For each archive: pages taken, records left out by name, and how the problems begin, in order."""

SILENT_IN_FASTWARC = {
    "chatnoir-resiliparse/tests/data/clipped.warc.gz",  # truncated: it gives a part of the page
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("samples")
    assert FOUND is not None
    with tarfile.open(FOUND) as archive:
        archive.extractall(root, filter="data")
    return root


def test_every_sample_is_listed(folder: Path) -> None:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if ".warc" in path.name or ".arc" in path.name}
    assert {name for name in found if not name.endswith(".cdx")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_through_with_its_bad_records_named(folder: Path, name: str) -> None:
    got = Got(Warc(paths=(name,)), folder)
    pages, left_out, errors = SAMPLES[name]
    assert len(got.rows) == pages
    assert got.skipped.total() == left_out
    assert [error[: len(begins)] for error, begins in zip(got.errors, errors, strict=True)] == errors
    assert len(set(got.column("rid")) | {problem.rid for problem in got.problems}) == pages + len(errors)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in SILENT_IN_FASTWARC])
def test_pages_are_those_of_fastwarc_as_far_as_it_reads(folder: Path, name: str) -> None:
    theirs = []
    try:
        with (folder / name).open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                encoded = {"Transfer-Encoding", "Content-Encoding"} & set(record.http_headers.keys())
                if record.http_headers.status_code == 200 and record.http_content_type == "text/html" and not encoded:
                    theirs.append(record.reader.read())
    except OSError:
        pass  # it ends at the first record that it cannot read, and at ARC
    ours = Got(Warc(paths=(name,)), folder).column("payload")
    assert [body for body in theirs if body not in ours] == []
