"""How records are built, counted batch by batch, against counting them one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.build.shape import MOST_ORDERS, OTHER, Shape, order_of
from talks import batch_of, talk


@pytest.mark.parametrize(
    ("roles", "order"),
    [("", ""), ("ua", "ua"), ("suaua", "s(ua)…"), ("uauaua", "(ua)…"), ("uuua", "u…a"), ("uatttaua", "uat…aua")],
)
def test_what_follows_itself_is_written_once(roles: str, order: str) -> None:
    assert order_of(roles) == order


@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=6), max_size=12), st.integers(1, 5))
def test_parts_add_up_to_what_one_by_one_counting_gives(talks: list[list[str]], cut: int) -> None:
    talks = [[text.replace("\x1e", "") for text in said] for said in talks]
    whole = Shape()
    for start in range(0, len(talks), cut):
        part = Shape()
        part.add(batch_of("conversation", [talk(*said) for said in talks[start : start + cut]]))
        whole.merge(part.as_json())

    assert whole.turns == Counter(map(len, talks))
    assert whole.orders.total() == len(talks)
    for role, first in (("u", 0), ("a", 1)):
        mine = [len(text) for said in talks for text in said[first::2]]
        assert whole.characters.get(role, 0) == sum(mine)
        assert whole.lengths.get(role, Counter()) == Counter(length.bit_length() for length in mine)


def test_orders_beyond_what_is_told_apart_are_counted_together() -> None:
    shape = Shape(orders=Counter({f"{number:05d}": 1 + (number == 7) for number in range(MOST_ORDERS + 5)}))
    told = shape.as_json()["orders"]
    assert len(told) == MOST_ORDERS + 1 and told[OTHER] == 5 and next(iter(told)) == "00007"
