"""fleet.toml, what creators inherit, and who may do what."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.errors import BadInput
from livehost.fleet.agency import inherited, load_of, stricter
from livehost.fleet.rights import right_of
from livehost.fleet.settings import Agency, RoomOf, read_fleet
from livehost.settings import Policy
from livehost.show.signin import Person
from tests.conftest import DEMO
from tests.story import shop

ROOM = '[[room]]\nname = "anna"\ncreator = "creators/anna"\n'


def written(folder: Path, text: str) -> Path:
    (folder / "fleet.toml").write_text(text, "utf-8")
    return folder / "fleet.toml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no [[room]]"),
        ("[fleet", "not valid TOML"),
        (f"[fleet]\nworker = 2\n{ROOM}", "did you mean 'workers'?"),
        (f"{ROOM}chats = []\n", "did you mean 'chat'?"),
        (f"[agency.policy]\nordr = 'hold'\n{ROOM}", "did you mean 'order'?"),
        (f"[agency.policy]\norder = 'loud'\n{ROOM}", "Invalid enum value 'loud'"),
        (ROOM + ROOM, "two rooms are called 'anna'"),
        (ROOM.replace('"anna"', '"../anna"', 1), "'../anna' is no name"),
        (f'[fleet]\nsessions = "s3://bucket/x"\n{ROOM}', "no folder"),
        (f'[fleet]\nmodels = "none"\n{ROOM}', "own, shared or recorded"),
        (f'{ROOM}mic = "default"\n', "no devices"),
    ],
)
def test_what_is_wrong_with_a_fleets_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput) as trouble:
        read_fleet(written(tmp_path, text))
    assert told in str(trouble.value) and "fleet.toml" in str(trouble.value)


def test_paths_are_from_where_the_file_is(tmp_path: Path) -> None:
    text = f'[agency]\nfaq = "faq.csv"\n{ROOM}chat = ["file:a.jsonl", "ws://127.0.0.1:1"]\nmic = "host.wav"\n'
    found = read_fleet(written(tmp_path, text))
    room = found.rooms["anna"]
    assert room.creator == str(tmp_path / "creators/anna") and room.mic == str(tmp_path / "host.wav")
    assert room.chat == (f"file:{tmp_path}/a.jsonl", "ws://127.0.0.1:1")
    assert found.agency.faq == str(tmp_path / "faq.csv") and found.fleet.sessions == str(tmp_path / "sessions")


def test_a_creator_may_be_stricter_than_the_agency_and_never_less_strict() -> None:
    agency = Agency(policy={"order": "host", "smalltalk": "answer", "never": ["refund"]}, banned_words=("cheap",))
    own = Policy(order="hold", smalltalk="ignore", complaint="answer", banned_words=("best",), allowed_words=("cheap",))
    both = stricter(own, agency)
    assert both.order == "host", "the agency's is stricter"
    assert both.smalltalk == "ignore", "the creator's is stricter"
    assert both.complaint == "answer", "of which the agency says nothing"
    assert both.never == ("refund",) and both.banned_words == ("best", "cheap") and both.allowed_words == ()
    assert stricter(own, Agency()).order == "hold"


def test_the_agencys_answers_are_every_creators_and_the_creators_own_rows_go_first(tmp_path: Path) -> None:
    own = shop().faqs[0]
    table = f"id,question,answer\n{own.id},is it?,The agency says so.\nagency,who are you with?,We are with North.\n"
    (tmp_path / "faq.csv").write_text(table, "utf-8")
    faqs = {faq.id: faq.answer for faq in inherited(shop(), Agency(faq=str(tmp_path / "faq.csv"))).faqs}
    assert faqs["agency"] == "We are with North." and faqs[own.id] == own.answer
    loaded = load_of(DEMO / "creators" / "anna", Agency(faq=str(tmp_path / "faq.csv")))
    assert [faq.id for faq in loaded.faqs][-1] == "agency"


def test_who_may_do_what_in_a_room() -> None:
    room = RoomOf("anna", "anna", viewers=("Vi",), moderators=("Mo",), editors=("Ed",))
    rights = {name: right_of(Person(name, "moderator"), room) for name in ("Vi", "Mo", "Ed", "Stranger")}
    assert rights == {"Vi": "see", "Mo": "act", "Ed": "edit", "Stranger": "none"}
    assert right_of(Person("anybody", "owner"), room) == "edit"
    assert right_of(Person("Mo", "viewer"), room) == "see", "a viewer changes nothing anywhere"
    assert right_of(Person("Stranger", "viewer"), room) == "none"
