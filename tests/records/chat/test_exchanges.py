"""Leaving out whole exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gristmill.records.chat.exchanges import Overlong, apart, fitted, is_answered

Talk = list[dict[str, Any]]


def said(letters: str) -> Talk:
    """A conversation from the letters of its roles; `c` is an assistant's tool call."""
    names = {"s": "system", "u": "user", "a": "assistant", "c": "assistant", "t": "tool"}
    talk: Talk = [{"role": names[letter], "content": f"{index}"} for index, letter in enumerate(letters)]
    for message, letter in zip(talk, letters, strict=True):
        if letter == "c":
            message["tool_calls"] = [{"name": "f"}]
    return talk


def letters_of(messages: Sequence[Any] | None) -> str | None:
    if messages is None:
        return None
    return "".join("c" if one.get("tool_calls") else one["role"][0] for one in messages)


def kept(letters: str, most: int, overlong: Overlong) -> str | None:
    return letters_of(fitted(said(letters), most, len, overlong))


def test_a_conversation_that_fits_stays_as_it_is() -> None:
    assert kept("suau", 4, "drop_oldest") == "suau"


def test_the_oldest_exchanges_go_and_the_system_message_stays() -> None:
    assert kept("suauaua", 5, "drop_oldest") == "suaua"
    assert kept("suauaua", 4, "drop_oldest") == "sua"


def test_tool_calls_stay_with_their_answer() -> None:
    assert kept("uauctctaua", 8, "drop_oldest") == "uctctaua"
    assert kept("uauctctaua", 7, "drop_oldest") == "ua"
    assert kept("uauctctaua", 7, "cut_end") == "ua"


def test_the_end_is_cut_at_a_whole_exchange() -> None:
    assert kept("suauaua", 6, "cut_end") == "suaua"


def test_a_question_without_an_answer_goes_first() -> None:
    assert kept("suauau", 5, "drop_oldest") == "suaua"
    assert kept("uauct", 4, "cut_end") == "ua"


def test_what_cannot_fit_is_left_out() -> None:
    assert kept("sua", 2, "drop_oldest") is None
    assert kept("suaua", 4, "leave_out") is None


@given(st.text("uact", max_size=30), st.integers(0, 30), st.sampled_from(["drop_oldest", "cut_end"]))
def test_no_question_loses_its_answer(body: str, most: int, overlong: Overlong) -> None:
    messages = said("s" + body)
    found = fitted(messages, most, len, overlong)
    if found is None or found is messages:
        return
    front, exchanges = apart(found)
    whole = apart(messages)[1]
    assert letters_of(front) == "s"
    assert len(found) <= most
    assert exchanges
    assert all(exchange in whole for exchange in exchanges)
    assert is_answered(exchanges[-1])
