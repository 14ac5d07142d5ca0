"""Files behind an fsspec url: object stores, web servers, memory, archives."""

from __future__ import annotations

import sys
from typing import Any

from gristmill.collect._hub_urls import refuse_telemetry
from gristmill.collect._local import hidden, is_pattern, protocol_of
from gristmill.contracts.reader import Member
from gristmill.errors import InputError, MissingExtra

_EXTRAS = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "gs": ("gcsfs", "gs"),
    "gcs": ("gcsfs", "gs"),
    "hf": ("huggingface_hub", "hub"),
    "http": ("aiohttp", "http"),  # of one file we read the url ourselves
    "https": ("aiohttp", "http"),
}
_ETAGS = ("ETag", "etag", "md5Hash", "checksum")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "created")
_FOREIGN = (
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("aiohttp", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("huggingface_hub.errors", "HfHubHTTPError"),
    ("httpx", "HTTPError"),
)


class FileChanged(OSError):
    """A server has another file than it had."""


def foreign_errors() -> tuple[type[BaseException], ...]:
    """Errors that are no OSError, of libraries that fsspec has loaded because a url needed them."""
    return tuple(getattr(sys.modules[module], name) for module, name in _FOREIGN if module in sys.modules)


def filesystem(url: str) -> tuple[Any, str]:
    """The fsspec file system of a url and the path in it."""
    import fsspec  # only here: see `_local`

    if protocol_of(url) == "hf":
        refuse_telemetry()
    try:
        fs, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        protocol = protocol_of(url)
        if protocol in _EXTRAS:
            raise MissingExtra(f"reading {protocol}://", *_EXTRAS[protocol]) from error
        raise InputError(url, f"no package that reads {protocol}:// is installed: {error}") from error
    except ValueError as error:
        raise InputError(url, f"this is no url that can be read: {error}") from error
    return fs, path


def identity(info: dict[str, Any]) -> str:
    """What changes when the file does, as far as its server tells."""
    for kind, keys in (("etag", _ETAGS), ("time", _TIMES)):
        mark = next((info[key] for key in keys if info.get(key) is not None), None)
        if mark is not None:
            return f"{info.get('size') or 0}-{kind}:{mark}"
    return f"{info.get('size') or 0}-"


def is_changed(before: str, info: dict[str, Any]) -> bool:
    """Whether a file is another than it was when listed; of times file systems tell otherwise in lists."""
    size, _, mark = before.partition("-")
    size_now, _, mark_now = identity(info).partition("-")
    both_etags = mark.startswith("etag:") and mark_now.startswith("etag:")
    return size != size_now or (both_etags and mark != mark_now)


def on_web(url: str) -> bool:
    """Whether a url names one file on a web server, which is read without fsspec."""
    return url.startswith(("http://", "https://")) and "::" not in url and not url.endswith("/") and not is_pattern(url)


def web_info(url: str) -> dict[str, Any]:
    """What a web server tells of a file."""
    # Only here, for it takes 30 ms to import, and most inputs are local.
    from gristmill.collect._web_requests import file_info

    return file_info(url)


def remote_member(url: str) -> Member:
    """The one file of that very name."""
    if on_web(url):
        info = web_info(url)
    else:
        fs, path = filesystem(url)
        info = fs.info(path)
        if info.get("type") == "directory":
            raise InputError(url, "it is a folder, and a list names files")
    return Member(url, url, info.get("size") or 0, identity(info))


def remote_members(spelled: str, suffixes: tuple[str, ...]) -> list[Member]:
    """The files that one url of a recipe means. A folder gives those with the suffixes; it may give none."""
    if on_web(spelled):
        return [remote_member(spelled)]
    fs, path = filesystem(spelled)
    fs.invalidate_cache()
    web = spelled.startswith(("http://", "https://"))
    if is_pattern(spelled):
        found = fs.glob(path, detail=True)
        chosen = {name: info for name, info in found.items() if info["type"] == "file" and not _hidden_part(name)}
        if not chosen:
            raise InputError(spelled, "no file matches this pattern")
    elif spelled.endswith("/") or (not web and fs.isdir(path)):
        chosen = {
            name: info
            for name, info in fs.find(path, detail=True).items()
            if name.lower().endswith(suffixes) and not _hidden_part(name.removeprefix(path))
        }
    else:
        chosen = {path: fs.info(path)}
    outer = "".join(spelled.partition("::")[1:])
    urls = {fs.unstrip_protocol(name) + outer: info for name, info in chosen.items()}
    return [Member(url, url, info.get("size") or 0, identity(info)) for url, info in urls.items()]


def _hidden_part(path: str) -> bool:
    return any(hidden(part) for part in path.split("/"))
