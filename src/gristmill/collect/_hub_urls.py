"""Files of datasets on the Hugging Face Hub at a commit: from their name to what is asked of the Hub."""

from __future__ import annotations

import os
from typing import NamedTuple

_PREFIX = "hf://datasets/"


def refuse_telemetry() -> None:
    """Have huggingface_hub, which is about to be loaded, tell nobody who asks; unless the user has said otherwise."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


class AtCommit(NamedTuple):
    """A file of a dataset at a commit: `hf://datasets/owner/name@commit/path`."""

    dataset: str
    commit: str
    path: str


def at_commit(url: str) -> AtCommit | None:
    """What a url names; None where it is no file of a dataset at a whole commit."""
    if not url.startswith(_PREFIX) or "::" in url:
        return None
    owner, _, rest = url.removeprefix(_PREFIX).partition("/")
    pinned, _, path = rest.partition("/")
    name, _, commit = pinned.partition("@")
    if not path or len(commit) != 40 or not set(commit) <= set("0123456789abcdef"):
        return None
    return AtCommit(f"{owner}/{name}", commit, path)


def hub_request(file: AtCommit) -> tuple[str, dict[str, str]]:
    """The url of a file, and the headers that say who asks."""
    from huggingface_hub import constants, get_token, hf_hub_url

    url = hf_hub_url(file.dataset, file.path, repo_type="dataset", revision=file.commit)
    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    return url, {"Authorization": f"Bearer {token}"} if token else {}
