"""Dumps of Stack Exchange sites: a question with its answers is one record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Literal

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._compressed import blocks, compressed, with_compression
from gristmill.collect._files import members, opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._posts import ANSWER, QUESTION, Post, document, messages, post, ranked
from gristmill.collect._spilled import Spilled
from gristmill.collect._user_names import UserNames
from gristmill.collect._xml_rows import Row, rows
from gristmill.contracts.reader import Member, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.kinds import Kind
from gristmill.records.prose import Form
from gristmill.records.turns import taken_apart


class Stackexchange(FilesReader):
    """The `Posts.xml` of a site, with the names of its `Users.xml` where that lies beside it.

    A record's position is that of the question's row. Answers are joined to their questions on disk, in a temporary
    folder that needs about a quarter of the file's size.
    """

    suffixes = with_compression("posts.xml")

    record: Literal["document", "conversation", "preference"] = Field(
        "document",
        description="One text; the question and its best answer as messages; or all answers, ranked by their scores.",
    )
    site: str | None = Field(
        None, pattern=r"^[a-z0-9.-]+$", description="The site's host, for urls; else the folder's name, if it is one."
    )
    min_score: int | None = Field(None, description="Questions with a lower score are left out.")
    min_answer_score: int | None = Field(None, description="Answers with a lower score are left out.")
    max_answers: int | None = Field(
        None, ge=0, description="Most answers of a question: the accepted one, then by score."
    )
    unanswered: bool = Field(True, description="Keep questions without an answer, in documents.")
    names: bool = Field(True, description="Tell the authors, whom the licence asks to name: personal data.")
    form: Form = Field("text", description="Plain text, or Markdown with marks for headings, quotes and code.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer row is quarantined, not read into memory."
    )

    @property
    def kind(self) -> Kind:
        return self.record

    def units(self, root: str) -> list[Unit]:
        found = self.files_of(root)
        return [Unit((member, *self._users(member, root))) for member in found]

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        """The whole unit: its second file holds no records, and an answer may lie anywhere behind its question."""
        return [unit]

    def _users(self, posts: Member, root: str) -> tuple[Member, ...]:
        folder, _, name = posts.source.rpartition("/")
        if not self.names or not name.lower().startswith("posts.xml"):
            return ()
        users = f"{folder}/Users.xml{name[len('posts.xml') :]}" if folder else f"Users.xml{name[len('posts.xml') :]}"
        try:
            return tuple(members((users,), root, ()))
        except InputError:
            return ()

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        posts, *users = unit.members
        builder = ChunkBuilder(posts.source, kind=self.record, skip=skip)
        with ExitStack() as stack:
            names = UserNames(_named(stack, users[0], self.max_record_bytes)) if users else None
            if names is not None:
                stack.callback(names.close)
            spilled = stack.enter_context(Spilled())
            self._spill(_rows(stack, posts, self.max_record_bytes), spilled, builder)
            writer = _Writer(self, builder, names, self.site or _host(posts.source))
            for raw, question, answers in _questions(spilled, unit.size, builder):
                if unwanted := self._unwanted(question, answers):
                    builder.skip(unwanted)
                    continue
                if builder.passes(raw):
                    continue
                if builder.full:
                    yield builder.cut(raw)
                writer.add(question, answers)
        yield from builder.rest(unit.size)

    def _spill(self, found: Iterator[Row], spilled: Spilled, builder: ChunkBuilder) -> None:
        for row in found:
            kind = row.fields.get("PostTypeId", "") if isinstance(row.fields, dict) else ""
            one = post(row.fields, row.position) if isinstance(row.fields, dict) else row.fields
            if isinstance(one, str):
                spilled.head(0, {"position": row.position, "error": one})
            elif kind == QUESTION:
                spilled.head(one["id"], one)
            elif kind == ANSWER and (self.min_answer_score is None or one["score"] >= self.min_answer_score):
                spilled.follow(one["parent"], one)
            else:
                builder.skip("answer with a low score" if kind == ANSWER else f"post of type {kind[:4] or 'none'}")

    def _unwanted(self, question: Any, answers: Sequence[Post]) -> str | None:
        """What a question is by name that is not taken."""
        if "error" in question:
            return None
        if self.min_score is not None and question["score"] < self.min_score:
            return "question with a low score"
        least = {"document": 0 if self.unanswered else 1, "conversation": 1, "preference": 2}[self.record]
        if len(answers) < least:
            return "question with too few answers"
        return None


class _Writer:
    """Writes the records of one site."""

    def __init__(
        self, settings: Stackexchange, builder: ChunkBuilder, names: UserNames | None, site: str | None
    ) -> None:
        self._settings = settings
        self._builder = builder
        self._names = names
        self._url = f"https://{site}" if site else None

    def add(self, question: Any, found: Sequence[Post]) -> None:
        if "error" in question:
            self._builder.problem(question["position"], question["error"])
            return
        settings = self._settings
        answers = ranked(found, question)[: settings.max_answers]
        if settings.record == "conversation":
            answers = answers[:1]
        text = content = roles = None
        if settings.record == "document":
            text = document(question, answers, settings.form)
        else:
            apart = taken_apart(settings.record, self._content(question, answers))
            text, content, roles = apart.text, apart.content, apart.roles
        if not text.strip():
            self._builder.problem(question["position"], "the question has no text")
            return
        self._builder.add(
            question["position"],
            text=text,
            id=str(question["id"]),
            url=f"{self._url}/questions/{question['id']}" if self._url else None,
            time=as_time(question["created"]),
            metadata=orjson.dumps(self._facts(question, answers), option=orjson.OPT_SORT_KEYS).decode(),
            content=content,
            roles=roles,
        )

    def _content(self, question: Post, answers: Sequence[Post]) -> dict[str, Any]:
        form = self._settings.form
        if self._settings.record == "conversation":
            return {"messages": messages(question, answers[0], form)}
        scores = sorted({answer["score"] for answer in answers}, reverse=True)
        completions = [
            {
                "messages": messages(question, answer, form)[1:],
                "rank": scores.index(answer["score"]),
                "rating": answer["score"],
            }
            for answer in sorted(answers, key=lambda one: (-one["score"], one["id"]))
        ]
        return {"prompt": messages(question, answers[0], form)[:1], "completions": completions}

    def _facts(self, question: Post, answers: Sequence[Post]) -> dict[str, Any]:
        posts = [question, *answers]
        facts = {
            "title": question["title"],
            "tags": question["tags"],
            "score": question["score"],
            "answer_scores": [answer["score"] for answer in answers],
            "accepted": any(answer["id"] == question["accepted"] for answer in answers),
            "license": list(dict.fromkeys(one["license"] for one in posts if one["license"])),
            "authors": [self._author(one) for one in posts] if self._settings.names else [],
        }
        return {name: value for name, value in facts.items() if value not in ("", [])}

    def _author(self, one: Post) -> dict[str, str]:
        number = one["author"]
        name = (self._names.name(number) if self._names and number else "") or one["author_name"]
        author = {"name": name} if name else {}
        if number > 0 and self._url:
            author["url"] = f"{self._url}/users/{number}"
        elif number > 0:
            author["user"] = str(number)
        return author


def _rows(stack: ExitStack, member: Member, limit: int) -> Iterator[Row]:
    file = stack.enter_context(opened(member))
    numbered = compressed(file.read(16))
    file.seek(0)
    return rows(blocks(file), limit, numbered=numbered)


def _named(stack: ExitStack, member: Member, limit: int) -> Iterator[tuple[int, str]]:
    for row in _rows(stack, member, limit):
        if isinstance(row.fields, dict) and (number := row.fields.get("Id", "")).isdigit() and len(number) < 18:
            yield int(number), row.fields.get("DisplayName", "")


def _questions(spilled: Spilled, size: int, builder: ChunkBuilder) -> Iterator[tuple[int, Any, list[Post]]]:
    """Every question, or row that is none, with its answers, and how many raw bytes that is of the unit."""
    every = spilled.count
    for number, bucket in enumerate(spilled.buckets()):
        answers: dict[int, list[Post]] = {}
        questions = []
        for one in bucket:
            if one.get("parent"):
                answers.setdefault(one["parent"], []).append(one)
            else:
                questions.append(one)
        for at, question in enumerate(questions):
            raw = size * (number * len(questions) + at) // (every * len(questions))
            yield raw, question, answers.pop(question.get("id", 0), [])
        for lost in answers.values():
            for _ in lost:
                builder.skip("answer without its question")


def _host(source: str) -> str | None:
    """The folder's name, where it is a host's: the dumps come in folders called after their sites."""
    folder = source.rpartition("/")[0].rpartition("/")[2].lower()
    is_host = "." in folder.strip(".") and folder.replace(".", "").replace("-", "").isalnum() and folder.isascii()
    return folder if is_host and folder.rpartition(".")[2].isalpha() else None
