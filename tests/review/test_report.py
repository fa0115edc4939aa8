"""The report: its figures against an independent count, its page in both languages, alone, and safe from what viewers write."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import msgspec

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.imports.feeds import Shop
from livehost.imports.into import import_file
from livehost.record.folder import EVENTS
from livehost.review.report import make_report
from tests.review.test_timeline import RECORDED, evening
from tests.story import ScriptedHands, Story, shop
from tests.test_replay import record

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> \u202egnp.exe =HYPERLINK() is it?"


def report_of(folder: Path) -> tuple[str, Any]:
    written = make_report(folder, hash)
    return written.page.read_text(encoding="utf-8"), json.loads(written.figures.read_bytes())["figures"]


def counted(folder: Path) -> dict[str, Any]:
    """Coverage, precision and times out of events.jsonl, by another way than the report's."""
    asked: dict[str, int] = {}
    decided: list[int] = []
    decision: dict[str, Any] = {}
    states: dict[int, set[str]] = defaultdict(set)
    first_asked: dict[int, int] = {}
    replied: dict[int, int] = {}
    began: dict[int, int] = {}
    post_of: dict[int, str] = {}
    item_of_utterance: dict[int, int] = {}
    wrong: set[int] = set()
    now = preparing = 0
    for raw in (folder / EVENTS).read_bytes().splitlines():
        line = json.loads(raw)
        event, wish = line.get("event", {}), line.get("command", {})
        now = line.get("at_ms", now)
        match event.get("type"):
            case "ChatReceived" if event["line"].get("type", "message") == "message":
                asked[event["line"]["id"]] = now
            case "Posted":
                if reply_to := post_of[event["post"]]:  # else it was for all
                    replied.setdefault(decision[reply_to][0], now)
            case "PlaybackStarted":
                began.setdefault(item_of_utterance[event["utterance"]], now)
            case "Acted" if event["action"] == "wrong":
                wrong.add(event["target"])
        match wish.get("type"):
            case "ShowDecision":
                if wish["line_id"] not in decision:  # a line of two questions is decided twice
                    decided.append(now - asked[wish["line_id"]])
                decision[wish["line_id"]] = (wish["item"], wish["decision"])
                if wish["item"]:
                    first_asked.setdefault(wish["item"], asked[wish["line_id"]])
            case "ShowItem":
                states[wish["item"]].add(wish["state"])
                preparing = wish["item"] if wish["state"] == "preparing" else preparing
            case "Post":
                post_of[wish["post"]] = wish["reply_to"]
            case "Synthesise":
                item_of_utterance.setdefault(wish["utterance"], preparing)
    given = {item for item in first_asked if "answered" in states[item] or item in replied}
    routine = [(item, d) for item, d in decision.values() if d["kind"] == "routine"]
    right = [item for item, d in routine if item in given and not d["asks_back"]]
    return {
        "routine": len(routine),
        "coverage": round(len(right) / len(routine), 4),
        "precision": round(len(given - wrong) / len(given | wrong), 4),
        "decided": sorted(decided),
        "in_text": sorted(at - first_asked[item] for item, at in replied.items()),
        "aloud": sorted(at - first_asked[item] for item, at in began.items() if item in first_asked),
    }


def counted_products(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Product → lines that asked about it, of these answered, links that the chat took, pieces ordered; out of events.jsonl."""
    links = {
        p["id"]: p.get("link", "") for p in json.loads((folder / "knowledge/knowledge.json").read_bytes())["products"]
    }
    last: dict[str, tuple[int, Any]] = {}
    members: dict[int, list[str]] = defaultdict(list)
    given: set[int] = set()
    posts: dict[int, tuple[str, str]] = {}
    asked, answered, shown, ordered = (Counter[str]() for _ in range(4))
    for line in map(json.loads, (folder / EVENTS).read_bytes().splitlines()):
        event, wish = line.get("event", {}), line.get("command", {})
        match event.get("type") or wish.get("type"):
            case "ChatReceived" if event["line"].get("type") == "order":
                ordered[event["line"]["product_id"]] += event["line"].get("count", 1)
            case "ShowDecision":
                if wish["line_id"] not in last or last[wish["line_id"]][0] != wish["item"]:
                    members[wish["item"]].append(wish["line_id"])
                last[wish["line_id"]] = (wish["item"], wish["decision"])
            case "ShowItem" if wish["state"] in ("answered", "posted"):
                given.add(wish["item"])
            case "Post":
                posts[wish["post"]] = (wish["reply_to"], wish["text"])
            case "Posted" if posts[event["post"]][0] in last:
                item = last[posts[event["post"]][0]][0]
                given.add(item)
                about = last[members[item][0]][1]["product_id"]
                if links.get(about) and links[about] in posts[event["post"]][1]:
                    shown[about] += 1
    for item, decision in last.values():
        if decision["kind"] == "routine" and decision["product_id"]:
            asked[decision["product_id"]] += 1
            answered[decision["product_id"]] += item in given and not decision["asks_back"]
    names = {*asked, *shown, *ordered}
    return {name: (asked[name], answered[name], shown[name], ordered[name]) for name in names}


def counted_talk_over(folder: Path) -> int:
    """For how many ms both spoke, looked at ms by ms."""
    host: set[int] = set()
    cohost: set[int] = set()
    began: dict[int, int] = {}
    playing, now = -1, 0
    for line in map(json.loads, (folder / EVENTS).read_bytes().splitlines()):
        event, wish = line.get("event", {}), line.get("command", {})
        before, now = now, line.get("at_ms", now)
        if playing >= 0:
            cohost.update(range(before, now))
        match event.get("type") or wish.get("type"):
            case "HostStarted":
                began[event["utterance"]] = event["start_ms"]
            case "HostStopped":
                host.update(range(began.get(event["utterance"], event["end_ms"]), event["end_ms"]))
            case "PlaybackStarted":
                playing = event["utterance"]
            case "PlaybackFinished" | "PlaybackCut" if event["utterance"] == playing:
                playing = -1
            case "Hold":
                playing = -1
            case "Resume":
                playing = wish["utterance"]
    return len(host & cohost)


def copied(name: str, to: Path) -> Path:
    shutil.copytree(RECORDED / name, to)
    return to


def test_the_figures_agree_with_an_independent_count(demo_name: str, tmp_path: Path) -> None:
    folder = copied(demo_name, tmp_path / "s")
    _, figures = report_of(folder)
    own = counted(folder)
    assert own["routine"] > 50 and len(own["aloud"]) > 10
    for name in ("routine", "coverage", "precision"):
        assert figures[name] == own[name], name
    for name in ("decided", "in_text", "aloud"):
        assert figures[name]["values"] == own[name], name
        assert figures[name]["p50"] == own[name][len(own[name]) // 2], name
        assert figures[name]["p90"] == own[name][len(own[name]) * 9 // 10], name
    products = {
        row["product_id"]: (row["asked"], row["answered"], row["link_shown"], row["ordered"])
        for row in figures["products"]
        if row["asked"] or row["link_shown"] or row["ordered"]
    }
    assert products == counted_products(folder) and len(products) > 3
    assert figures["speech"]["over_host_ms"] == counted_talk_over(folder) > 0


def test_what_people_marked_counts(tmp_path: Path) -> None:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.asks("do you ship to canada", user="b", faq="ship-canada")
    story.wait(8000)
    story.act("wrong", target=2, text="Only to the US, sorry.")
    story.wait(3000)
    folder = record(tmp_path / "s", story)
    _, figures = report_of(folder)
    assert (figures["given"], figures["marked_wrong"], figures["precision"]) == (2, 1, 0.5)
    assert figures["precision"] == counted(folder)["precision"]
    assert figures["deeds_by"] == {"mod": {"wrong": 1}}


def test_talking_over_the_host_and_products_are_counted(tmp_path: Path) -> None:
    story = Story(hands=ScriptedHands(clause_ms=5000))
    story.asks("how much is the ridge jacket")
    story.wait(4900)
    story.happens(events.HostStarted(1, story.now_ms - 60))
    story.wait(2000)
    story.happens(events.HostStopped(1, story.now_ms))
    buyer = ChatLine(id="o1", type="order", product_id="ridge-jacket", count=2, user=Viewer("z", "z"))
    story.happens(events.ChatReceived("test", buyer))
    story.wait(6000)
    _, figures = report_of(record(tmp_path / "s", story))
    assert figures["speech"]["over_host"] == 1 and figures["speech"]["over_host_ms"] == 440
    assert figures["speech"]["cut"] == {"host": 1}
    (row,) = figures["products"]
    assert (row["asked"], row["answered"], row["link_shown"], row["ordered"]) == (1, 1, 1, 2)
    assert row["clicked"] is None and row["link_to_order_ms"] > 0


def test_who_followed_a_link_is_counted_where_links_go_by_our_own_address(tmp_path: Path) -> None:
    plain = shop(links={"redirect": "https://go.example"})
    story = Story(
        msgspec.structs.replace(plain, products=tuple(p.by_way_of("https://go.example") for p in plain.products))
    )
    story.asks("how much is the ridge jacket")
    story.wait(6000)
    assert "https://go.example/go/ridge-jacket" in story.all(commands.Post)[-1].text
    posted_ms = story.now_ms
    for product in ("ridge-jacket", "ridge-jacket", "storm-jacket"):
        story.happens(events.LinkOpened(product))
        story.wait(2000)
    _, figures = report_of(record(tmp_path / "s", story))
    clicked = {
        row["product_id"]: (row["link_shown"], row["clicked"], row["link_to_click_ms"]) for row in figures["products"]
    }
    assert clicked["storm-jacket"] == (0, 1, None)
    shown, times, waited_ms = clicked["ridge-jacket"]
    assert (shown, times) == (1, 2) and 2000 <= waited_ms <= posted_ms + 2000


def test_the_page_loads_nothing_and_viewers_words_stay_text(tmp_path: Path) -> None:
    story = evening()
    story.asks(HOSTILE, user="<b>eve</b>")
    story.wait(1000)
    page, _ = report_of(record(tmp_path / "s", story))
    assert "<script>alert" not in page and "<img src=x" not in page and "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    outside = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:|#)([^"' )>]+)""", page)
    assert [found for found in outside if found.startswith(("http", "//"))] == []
    assert 'lang="en">What the room asked<' in page and 'lang="zh">大家问了什么<' in page


def test_a_torn_session_says_what_is_missing(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", evening())
    path = folder / EVENTS
    path.write_bytes(path.read_bytes()[:-40] + b'\n{"seq":900,"at_ms":1,"event":{"type":"Dreamt"}}\n{"seq')
    page, figures = report_of(folder)
    assert not figures["ended"] and figures["torn_bytes"] == 5 and figures["unread"] == {"damaged": 1, "Dreamt": 1}
    assert "The recording has no end" in page and "Dreamt" in page


def test_a_session_without_a_question(tmp_path: Path) -> None:
    story = Story()
    story.wait(5000)
    story.happens(events.SessionEnded("ended"))
    page, figures = report_of(record(tmp_path / "s", story))
    assert figures["coverage"] is None and figures["aloud"] is None and figures["lines"] == 0
    assert figures["given"] == figures["questions"] == 0 and figures["precision"] is None
    assert "Nobody wrote anything in this session." in page


def test_the_form_of_unanswered_questions_goes_back_into_the_faq(tmp_path: Path) -> None:
    story = Story()
    for user in ("a", "b", "c"):
        story.asks("can kids sit in it?", user=user)
    story.asks("=1+1 can dogs sit in it?", user="d")
    story.wait(1000)
    folder = record(tmp_path / "s", story)
    written = make_report(folder, hash)
    rows = list(csv.DictReader(io.StringIO(written.form.read_text(encoding="utf-8-sig"))))
    assert [row["question"] for row in rows] == ["can kids sit in it?", "'=1+1 can dogs sit in it?"]
    creator = tmp_path / "anna"
    creator.mkdir()
    (creator / "creator.toml").write_text('name = "Anna"\n', encoding="utf-8")
    filled = written.form.read_text(encoding="utf-8-sig").replace("can kids sit in it?,,", "can kids sit in it?,Yes.,")
    (tmp_path / "faq.csv").write_text(filled, encoding="utf-8")
    done = import_file(tmp_path / "faq.csv", creator, Shop())
    assert (done.added, len(done.left_out)) == (1, 1)
    assert "can-kids-sit-in-it,can kids sit in it?,Yes." in (creator / "faq.csv").read_text(encoding="utf-8")


def test_former_sessions_of_the_creator_stand_beside(tmp_path: Path) -> None:
    for day, name in (("21", "a"), ("22", "b"), ("23", "c")):
        record(tmp_path / name, evening(), started_at=f"2026-11-{day}T20:00:00+00:00")
    record(tmp_path / "other", evening(), creator="bert", started_at="2026-11-20T20:00:00+00:00")
    make_report(tmp_path / "b", hash)
    written = make_report(tmp_path / "c", hash)
    former = json.loads(written.figures.read_bytes())["former"]
    assert [row["session"] for row in former] == ["a", "b"]
    assert former[0] | {"session": "", "started_at": ""} == former[1] | {"session": "", "started_at": ""}


def test_it_goes_where_it_is_told(tmp_path: Path) -> None:
    written = make_report(record(tmp_path / "s", evening()), hash, tmp_path / "monday.html")
    assert {path.name for path in tmp_path.glob("monday*")} == {
        *("monday.html", "monday.json", "monday.csv", "monday-unanswered-faq.csv"),
    }
    assert not (tmp_path / "s" / "report.html").exists() and written.page == tmp_path / "monday.html"


def test_the_table_of_questions_has_a_row_for_each(tmp_path: Path) -> None:
    written = make_report(record(tmp_path / "s", evening()), hash)
    rows = list(csv.DictReader(io.StringIO(written.questions.read_text(encoding="utf-8-sig"))))
    assert [row["askers"] for row in rows] == ["2", "1", "1"]
    assert rows[0]["outcome"] == "answered aloud" and rows[2]["outcome"] == "dropped by a person"
