"""Mails by the standard library, wikis by mwparserfromhell: how many texts, and the seconds they took.

python text_sources.py mailbox FILE | mwparserfromhell FILE
"""

from __future__ import annotations

import bz2
import email.policy
import json
import mailbox
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path


def mails(path: str) -> Iterator[str]:
    parse = BytesParser(policy=email.policy.default).parse
    box = mailbox.mbox(path, factory=lambda file: parse(file))  # type: ignore[arg-type]
    for mail in box:
        assert isinstance(mail, EmailMessage)
        try:
            body = mail.get_body(("plain", "html"))
            yield str(body.get_content()) if body else ""
        except (LookupError, UnicodeError, ValueError, AttributeError):
            yield ""


def pages(path: str) -> Iterator[str]:
    import mwparserfromhell
    from mwxml import Dump  # type: ignore[import-not-found]

    with bz2.open(path) if path.endswith(".bz2") else Path(path).open("rb") as file:
        for page in Dump.from_file(file):
            if page.namespace == 0 and page.redirect is None:
                for revision in page:
                    yield str(mwparserfromhell.parse(revision.text or "").strip_code())


READ = {"mailbox": mails, "mwparserfromhell": pages}

if __name__ == "__main__":
    begun = time.process_time()
    texts = list(READ[sys.argv[1]](sys.argv[2]))
    seconds = time.process_time() - begun
    print(json.dumps({"records": len(texts), "characters": sum(map(len, texts)), "seconds": seconds}))
