"""Builds copied to an S3-compatible server on this machine, and to folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collecting import Got
from gristmill.build import remote_folder
from gristmill.build.finished import Finished
from gristmill.build.upload import MARK, Uploaded, upload
from gristmill.cli import main
from gristmill.collect.parquet import Parquet
from gristmill.errors import InputError, OutputError
from real_command import JSONL, build_of, built
from s3_server import s3_server

TEXTS = [f"The mill of village {number} grinds the corn to flour." for number in range(3)]


def made(folder: Path, texts: list[str]) -> Path:
    folder.mkdir()
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    said = build_of(folder, JSONL, steps="[exact_duplicates]")
    assert said.code == 0, said
    return built(folder)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("builds") / "one", TEXTS)


@pytest.fixture
def build(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "build"))


def sent(build: Path, url: object) -> Uploaded:
    with Finished(build) as finished:
        return upload(finished, str(url))


def files(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if not name.startswith(".work")}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("s3fs")
    with s3_server(monkeypatch):
        client = boto3.client("s3")
        client.create_bucket(Bucket="data")
        yield client


def test_a_build_in_a_bucket_is_the_build_and_is_read_from_there(bucket: object, build: Path, tmp_path: Path) -> None:
    assert main(["upload", str(build), "s3://data/mill/one"]) == 0
    objects = bucket.list_objects_v2(Bucket="data")["Contents"]  # type: ignore[attr-defined]
    assert {entry["Key"]: entry["Size"] for entry in objects} == {
        f"mill/one/{name}": len(content) for name, content in files(build).items()
    }
    records = Got(Parquet(paths=("s3://data/mill/one/data",)), tmp_path)
    assert records.column("text") == Got(Parquet(paths=(str(build / "data"),)), tmp_path).column("text")
    with pytest.raises(OutputError, match="there is no such bucket"):
        sent(build, "s3://dta/mill/one")


def test_an_upload_that_was_stopped_has_no_manifest_and_goes_on(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, left = remote_folder.RemoteFolder.send, [2]

    def stops(self: remote_folder.RemoteFolder, path: Path, name: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OutputError(name, "the line is dead")
        send(self, path, name)

    monkeypatch.setattr(remote_folder.RemoteFolder, "send", stops)
    with pytest.raises(OutputError, match="the line is dead"):
        sent(build, tmp_path / "copy")
    assert MARK in files(tmp_path / "copy")
    assert "manifest.json" not in files(tmp_path / "copy")
    monkeypatch.setattr(remote_folder.RemoteFolder, "send", send)
    assert sent(build, tmp_path / "copy").there == 2
    assert files(tmp_path / "copy") == files(build)


def test_a_changed_build_sends_what_changed_and_takes_away_what_went(build: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    first = sent(build, copy)
    assert sent(build, copy).there == first.sent - len(loose(build)) - 1
    other = made(tmp_path / "other", [*TEXTS, TEXTS[0]])
    sent(other, copy)
    assert any(name.startswith("dropped/") for name in files(copy))
    (copy / "notes.txt").write_text("mine")
    sent(build, copy)
    assert files(copy) == {**files(build), "notes.txt": b"mine"}


def loose(build: Path) -> set[str]:
    listed = json.loads((build / "manifest.json").read_bytes())["outputs"]
    return files(build).keys() - {entry["path"] for entry in listed} - {"manifest.json"}


def test_a_folder_of_something_else_is_left_alone(build: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="something else than a build"):
        sent(build, other)
    assert files(other) == {"thesis.txt": b"mine"}
    with pytest.raises(OutputError, match="web servers take no files"):
        sent(build, "https://example.org/build")


def test_a_file_that_is_not_what_was_built_is_not_passed_on(build: Path, tmp_path: Path) -> None:
    data = build / "data" / "part-00000.parquet"
    data.write_bytes(data.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="not the file that the build wrote"):
        sent(build, tmp_path / "copy")
    assert "manifest.json" not in files(tmp_path / "copy")
    data.unlink()
    with pytest.raises(InputError, match="the build has lost it"):
        sent(build, tmp_path / "copy")
