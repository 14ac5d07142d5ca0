"""Posts of Stack Exchange: what is kept of a row, and a question with its answers as one text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from gristmill.collect._html_prose import html_text
from gristmill.collect._xml_rows import Fields
from gristmill.records.prose import Form, Prose

QUESTION, ANSWER = "1", "2"

_LICENSES = (("2011-04-08", "CC BY-SA 2.5"), ("2018-05-02", "CC BY-SA 3.0"))
"""Up to which day posts were given under which licence; later ones under 4.0.
https://stackoverflow.com/help/licensing"""


class Post(TypedDict):
    """A question or an answer."""

    position: int
    id: int
    parent: int  # 0 of a question
    title: str
    body: str
    score: int
    created: str
    tags: list[str]
    accepted: int  # the id of the accepted answer, 0 where there is none
    author: int  # the number of the user, 0 where there is none
    author_name: str  # as the row has it: of users who are gone
    license: str


def post(fields: Fields, position: int) -> Post | str:
    """What is kept of a row, or a sentence why it is no post."""
    id = _number(fields.get("Id"))
    if not id:
        return "the row has no Id"
    created = fields.get("CreationDate", "")
    return Post(
        position=position,
        id=id,
        parent=_number(fields.get("ParentId")),
        title=fields.get("Title", ""),
        body=fields.get("Body", ""),
        score=_number(fields.get("Score")),
        created=created,
        tags=_tags(fields.get("Tags", "")),
        accepted=_number(fields.get("AcceptedAnswerId")),
        author=_number(fields.get("OwnerUserId")),
        author_name=fields.get("OwnerDisplayName", ""),
        license=fields.get("ContentLicense") or _license(created),
    )


def ranked(answers: Sequence[Post], question: Post) -> list[Post]:
    """Answers, the accepted one first, then by score and age."""
    return sorted(answers, key=lambda one: (one["id"] != question["accepted"], -one["score"], one["id"]))


def body(post: Post, form: Form) -> str:
    """The text of a post."""
    return html_text(post["body"], form, quote_marks=True)


def document(question: Post, answers: Sequence[Post], form: Form) -> str:
    """A question and its answers as one text."""
    prose = Prose(form)
    prose.heading(1, question["title"])
    blocks = [prose.text(), body(question, form)]
    for answer in answers:
        heading = Prose(form)
        heading.heading(2, "Accepted answer" if answer["id"] == question["accepted"] else "Answer")
        blocks += [heading.text(), body(answer, form)]
    return "\n\n".join(block for block in blocks if block)


def messages(question: Post, answer: Post, form: Form) -> list[dict[str, Any]]:
    """A question and one answer as the messages of a conversation."""
    asked = "\n\n".join(filter(None, (question["title"], body(question, form))))
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": body(answer, form)}]


def _number(value: str | None) -> int:
    plain = (value or "").strip()
    return int(plain) if plain.removeprefix("-").isdigit() and plain.isascii() and len(plain) < 18 else 0


def _tags(value: str) -> list[str]:
    """Tags are written `<a><b>`, of late `|a|b|`."""
    return [tag for tag in value.replace("<", "|").replace(">", "|").split("|") if tag][:100]


def _license(created: str) -> str:
    """The licence by the day of the post, for dumps that do not name it."""
    if not created:
        return ""
    return next((license for before, license in _LICENSES if created[:10] < before), "CC BY-SA 4.0")
