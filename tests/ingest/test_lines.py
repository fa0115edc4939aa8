"""Chat lines of any kind, most of them bad."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost.chat import ChatLine, Gift, Viewer
from livehost.ingest.limits import Seen, ViewerLimit
from livehost.ingest.lines import MOST_BYTES, BadLine, decode


def test_a_message() -> None:
    raw = '{"at_ms":1200,"platform":"twitch","id":"7","user":{"id":"u","name":"Mia","roles":["moderator"]},"text":"hi","color":1}'
    assert decode(raw) == [ChatLine(1200, "twitch", "7", Viewer("u", "Mia", ("moderator",)), "hi")]


def test_other_kinds_and_arrays() -> None:
    raw = b'[{"type":"gift","gift":{"name":"rose","count":3}},{"type":"deleted","target_id":"7"}]'
    gift, deleted = decode(raw)
    assert gift.gift == Gift("rose", 3) and deleted.target_id == "7"


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"7",
        b'"text"',
        b'{"text":7}',
        b'{"type":"teleport"}',
        b'{"at_ms":1e400}',
        b'{"user":[]}',
        b"[" * 50_000,
        b'{"text":"' + b"x" * 1_000_000 + b'"}',
    ],
)
def test_what_is_no_line_is_refused(raw: bytes) -> None:
    with pytest.raises(BadLine):
        decode(raw)


def test_text_is_cut_and_cleaned() -> None:
    (line,) = decode(json.dumps({"text": "a\x00b\x1b[31m" + "x" * 2000, "user": {"name": "n" * 500}}))
    assert line.text.startswith("ab[31mxxx") and len(line.text) == 500
    assert len(line.user.name) == 60


def test_invalid_utf8_costs_characters_not_the_line() -> None:
    (line,) = decode(b'{"text":"how much \xff\xfe?"}')
    assert line.text.startswith("how much")


@given(st.binary(max_size=300))
def test_bytes_of_any_kind(raw: bytes) -> None:
    try:
        for line in decode(raw):
            assert len(line.text) <= 500
    except BadLine:
        pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["text", "user", "at_ms", "type", "id", "gift"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_json_of_any_shape(value: object) -> None:
    with contextlib.suppress(BadLine):
        decode(json.dumps(value))


def test_one_viewer_may_write_a_little() -> None:
    limit = ViewerLimit(burst=3, per_second=1)
    line = ChatLine(user=Viewer("u"), text="x")
    assert [limit.allows(line, 0) for _ in range(5)] == [True, True, True, False, False]
    assert limit.allows(line, 1000)
    assert limit.allows(ChatLine(user=Viewer("other"), text="x"), 1000)
    assert all(limit.allows(ChatLine(type="deleted", user=Viewer("u")), 1000) for _ in range(9))


def test_a_line_comes_once() -> None:
    seen = Seen(most=2)
    assert seen.is_new(ChatLine(id="1")) and not seen.is_new(ChatLine(id="1"))
    assert seen.is_new(ChatLine(id="1", platform="other"))
    assert MOST_BYTES == 65536
