"""Reading from a real S3-compatible server on this machine."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from collecting import Got
from gristmill.collect.jsonl import Jsonl
from gristmill.collect.parquet import Parquet
from gristmill.errors import InputError
from s3_server import s3_server

pytest.importorskip("s3fs")
boto3 = pytest.importorskip("boto3")
fsspec = pytest.importorskip("fsspec")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    with s3_server(monkeypatch):
        client = boto3.client("s3")
        client.create_bucket(Bucket="corpus")
        yield client


def test_objects_are_listed_read_in_ranges_and_known_by_their_etag(
    bucket: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"".join(b'{"text": "record %d"}\n' % number for number in range(1000))
    for key, body in {
        "in/a.jsonl": lines,
        "in/sub/b.jsonl.gz": gzip.compress(b'{"text": "zipped"}\n'),
        "in/_SUCCESS": b"",
        "in/notes.txt": b"no",
    }.items():
        bucket.put_object(Bucket="corpus", Key=key, Body=body)  # type: ignore[attr-defined]
    monkeypatch.setattr("gristmill.collect.jsonl.UNIT_BYTES", 5000)
    got = Got(Jsonl(paths=("s3://corpus/in",)), tmp_path)
    assert len(got.units) > 3
    assert got.column("text") == [*(f"record {number}" for number in range(1000)), "zipped"]
    assert set(got.column("source")) == {"s3://corpus/in/a.jsonl", "s3://corpus/in/sub/b.jsonl.gz"}
    assert Got(Jsonl(paths=("s3://corpus/in/*.jsonl",)), tmp_path).column("text") == got.column("text")[:-1]

    before = got.units[-1]
    bucket.put_object(Bucket="corpus", Key="in/sub/b.jsonl.gz", Body=gzip.compress(b"other"))  # type: ignore[attr-defined]
    after = Jsonl(paths=("s3://corpus/in",)).units(str(tmp_path))[-1]
    assert before.members[0].identity != after.members[0].identity


def test_parquet_is_read_from_an_object(bucket: object, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a", "b"], "n": [1, 2]}), tmp_path / "a.parquet")
    bucket.upload_file(str(tmp_path / "a.parquet"), "corpus", "a.parquet")  # type: ignore[attr-defined]
    got = Got(Parquet(paths=("s3://corpus/a.parquet",)), tmp_path)
    assert got.column("metadata") == ['{"n":1}', '{"n":2}']


def test_a_bucket_or_key_that_is_not_there_is_named(bucket: object, tmp_path: Path) -> None:
    for url in ("s3://corpus/none.jsonl", "s3://nobody/none.jsonl", "s3://corpus/none"):
        with pytest.raises(InputError) as error:
            Jsonl(paths=(url,)).units(str(tmp_path))
        assert error.value.uri == url


def test_missing_credentials_are_an_error_in_one_sentence(
    bucket: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    with pytest.raises(InputError, match=r"s3://corpus/a.jsonl: it cannot be read: .*credentials"):
        Jsonl(paths=("s3://corpus/a.jsonl",)).units(str(tmp_path))
