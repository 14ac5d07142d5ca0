"""A dataset on the Hugging Face Hub, or in the local cache of it: its commit, its files, and where each is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gristmill.collect._files import opened
from gristmill.collect._hub_urls import at_commit, refuse_telemetry
from gristmill.collect._local import local_member
from gristmill.contracts.reader import Member
from gristmill.errors import InputError, MissingExtra

_README = "README.md"
_MOST_README = 4 << 20
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})(?=[.-])")


class Repository(NamedTuple):
    """A dataset at a commit: its files by path."""

    commit: str
    files: Mapping[str, Member]
    whole: bool = True  # false of a cache, which may hold a part of it

    def readme(self) -> str:
        """The card; empty where there is none."""
        if _README not in self.files:
            return ""
        with opened(self.files[_README]) as file:
            return file.read(_MOST_README).decode("utf-8", "replace")


def repository(dataset: str, revision: str) -> Repository:
    """A dataset as it is now, or, offline, as the cache has it. InputError, in one sentence, where it is not there."""
    refuse_telemetry()
    try:
        from huggingface_hub import constants
    except ImportError as error:
        raise MissingExtra("reading datasets of the Hugging Face Hub", "huggingface_hub", "hub") from error
    source = f"hf://datasets/{dataset}"
    return _cached(dataset, source, revision) if constants.HF_HUB_OFFLINE else _online(dataset, source, revision)


def _online(dataset: str, source: str, revision: str) -> Repository:
    from huggingface_hub import HfApi, RepoFile

    api = HfApi()
    with _told(source, revision):
        commit = api.dataset_info(dataset, revision=revision).sha or revision
        entries = api.list_repo_tree(dataset, repo_type="dataset", revision=commit, recursive=True)
        files = {
            entry.path: Member(
                f"{source}/{entry.path}",
                f"{source}@{commit}/{entry.path}",
                entry.size,
                f"{entry.size}-etag:{entry.blob_id}",
            )
            for entry in entries
            if isinstance(entry, RepoFile)
        }
    return Repository(commit, files)


@contextmanager
def _told(source: str, revision: str) -> Iterator[None]:
    """Say the errors of the Hub in one sentence of ours."""
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise InputError(source, "it is gated: ask for access on its page, and set HF_TOKEN") from error
    except errors.RevisionNotFoundError as error:
        raise InputError(source, f"it has no revision {revision!r}") from error
    except errors.RepositoryNotFoundError as error:
        raise InputError(source, "there is no such dataset, or it is private and HF_TOKEN is not set") from error
    except errors.HfHubHTTPError as error:
        status = getattr(error.response, "status_code", None)
        raise InputError(source, f"it cannot be read: the Hub answered {status}") from error
    except errors.HFValidationError as error:
        raise InputError(source, f"this is no name of a dataset: {error}") from error
    except Exception as error:
        # The Hub's library has changed its web client before; whatever that raises says that the Hub is not there.
        if not type(error).__module__.startswith(("httpx", "requests", "urllib3", "socket")) and not isinstance(
            error, OSError
        ):
            raise
        raise InputError(source, f"the Hub cannot be reached: {error}") from error


def _cached(dataset: str, source: str, revision: str) -> Repository:
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE) / f"datasets--{dataset.replace('/', '--')}"
    ref = folder / "refs" / revision
    within = folder.resolve() in ref.resolve().parents
    commit = ref.read_text().strip()[:40] if within and ref.is_file() else revision
    snapshot = folder / "snapshots" / commit
    if not re.fullmatch(r"[0-9a-f]{40}", commit) or not snapshot.is_dir():
        raise InputError(source, f"HF_HUB_OFFLINE is set, and the cache {folder.parent} has no {revision!r} of it")
    files = {}
    for path in sorted(snapshot.rglob("*")):
        if path.is_file():
            name = path.relative_to(snapshot).as_posix()
            found = local_member(str(path), "/")
            files[name] = Member(f"{source}/{name}", found.path, found.size, found.identity)
    return Repository(commit, files, whole=False)


def missing_shards(paths: list[str]) -> list[str]:
    """Files that must be there, as others say how many they are: a cache may hold a part of a dataset."""
    known = set(paths)
    lost: set[str] = set()
    for path in paths:
        match = _SHARD.search(path)
        if match and int(match[2]) <= 100_000:
            lost.update(
                name
                for number in range(int(match[2]))
                if (name := f"{path[: match.start(1)]}{number:05}{path[match.end(1) :]}") not in known
            )
    return sorted(lost)


def commit_of(member: Member) -> str | None:
    """The commit that a file of a dataset is read at."""
    if pinned := at_commit(member.path):
        return pinned.commit
    _, _, below = member.path.rpartition("/snapshots/")
    return below.partition("/")[0] or None
