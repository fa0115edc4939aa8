"""Slips put right before a line is matched; words that are right stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost.understand.respelled import Respelling

KNOWN = [
    *["which country do parcels come from", "can i return it for a receipt"] * 3,
    *["新疆包邮吗", "保温时间多长", "能开发票吗"] * 4,
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wich country", "which country"),
        ("do parcles come", "do parcels come"),
        ("can i retrun it", "can i return it"),
        ("保文时间多长", "保温时间多长"),
        ("新彊包油吗", "新疆包邮吗"),
        ("能开fapiao吗", "能开发票吗"),
        ("a witch in the country", "a witch in the country"),  # a word of its own
        ("发生什么事件", "发生什么事件"),
        ("fapiao", "fapiao"),  # nothing Chinese beside it
        ("", ""),
    ],
)
def test_what_was_meant(written: str, meant: str) -> None:
    assert Respelling(KNOWN, {"witch"}).put_right(written) == meant


@given(st.text(max_size=60))
def test_of_anything_nothing_breaks(text: str) -> None:
    respelling = Respelling(KNOWN)
    assert respelling.put_right(respelling.put_right(text)) == respelling.put_right(text)
