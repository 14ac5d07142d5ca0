"""A server on this machine that answers huggingface_hub as the Hub does, for datasets of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import orjson
import pytest

from web_server import Answer, Web, web_server


class HubServer:
    """Datasets by name: branches that stand for commits, and the files of each commit."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.branches: dict[str, dict[str, str]] = {}
        self.commits: dict[tuple[str, str], dict[str, bytes]] = {}
        self.token: str | None = None  # what must be shown, where anything
        web.answer = self._answer

    def commit(self, dataset: str, files: dict[str, bytes], branch: str = "main") -> str:
        """Put files on a branch; returns the commit."""
        sha = hashlib.sha1(repr((dataset, sorted(files.items()), branch)).encode()).hexdigest()
        self.branches.setdefault(dataset, {})[branch] = sha
        self.commits[dataset, sha] = files
        for path, data in files.items():
            self.web.files[f"/cdn/{sha}/{path}"] = data
        return sha

    def _answer(self, path: str, headers: dict[str, str]) -> Answer | None:
        parts = unquote(path.partition("?")[0]).strip("/").split("/")
        if self.token and headers.get("authorization", headers.get("Authorization")) != f"Bearer {self.token}":
            return 401, {"X-Error-Code": "GatedRepo"}, b"{}"
        if parts[:2] == ["api", "datasets"]:
            dataset = "/".join(parts[2:4])
            what, revision = (*parts[4:6], "main")[:2] if len(parts) > 4 else ("revision", "main")
        elif parts[:1] == ["datasets"]:
            dataset, what, revision = "/".join(parts[1:3]), parts[3], parts[4]
        else:
            return None
        if dataset not in self.branches:
            return 404, {"X-Error-Code": "RepoNotFound"}, b"{}"
        sha = self.branches[dataset].get(revision, revision)
        if (dataset, sha) not in self.commits:
            return 404, {"X-Error-Code": "RevisionNotFound"}, b"{}"
        if what == "resolve":
            name = "/".join(parts[5:])
            if name not in self.commits[dataset, sha]:
                return 404, {"X-Error-Code": "EntryNotFound"}, b"{}"
            data = self.commits[dataset, sha][name]
            linked = {"X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{hashlib.sha1(data).hexdigest()}"'}
            return (
                302,
                {
                    "Location": f"{self.web.url.replace('127.0.0.1', 'localhost')}/cdn/{sha}/{name}",
                    "X-Repo-Commit": sha,
                    **linked,
                },
                b"",
            )
        if what == "revision":
            return 200, {"Content-Type": "application/json"}, orjson.dumps({"id": dataset, "sha": sha})
        files = sorted(self.commits[dataset, sha].items())
        start = int(path.partition("cursor=")[2] or 0)
        listed = [
            {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for name, data in files[start : start + 50]
        ]
        more = {"Link": f'<{self.web.url}{path.partition("?")[0]}?cursor={start + 50}>; rel="next"'}
        return 200, more if start + 50 < len(files) else {}, orjson.dumps(listed)


@contextmanager
def hub_server(patch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Runs while the block does; skips the test where huggingface_hub is not installed."""
    pytest.importorskip("huggingface_hub")
    constants = pytest.importorskip("huggingface_hub.constants")
    with web_server() as web:
        patch.setattr(constants, "ENDPOINT", web.url)
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", web.url + "/{repo_id}/resolve/{revision}/{filename}")
        patch.setattr("gristmill.collect._web_requests.BACK_OFF", 0.001)
        patch.delenv("HF_TOKEN", raising=False)
        patch.setattr(constants, "HF_TOKEN_PATH", "/nonexistent")
        yield HubServer(web)
