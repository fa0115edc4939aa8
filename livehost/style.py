"""How a creator talks, out of their own transcripts and chat lines: a part of creator.toml that they look over.

Phrases are runs of words that come again and again and hold more than common words; a run inside a longer one that is as
frequent is left out.
"""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from livehost.errors import BadInput
from livehost.language import language_of
from livehost.settings import Style

_SUBTITLE = re.compile(r"^(?:\d+|WEBVTT.*|NOTE.*|[\d:.,]+ --> [\d:.,]+.*)$|<[^>]+>|\{\\[^}]*\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[㐀-鿿]", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]|\\[[㐀-鿿]{1,4}\\]")
_ADDRESS = re.compile(
    r"\b(?:guys|everyone|everybody|friends|folks|you all|y'all|ladies|team|fam|darlings?|lovelies)\b"
    r"|家人们|宝宝们|宝子们|宝贝们|姐妹们|朋友们|兄弟们|老铁们?|各位|大家|亲们",
    re.IGNORECASE,
)
_COMMON = frozenset(
    """
    a an the this that it its is are was be to of in on at for with and or so but we i you he she they my your our me us them
    do does did have has had can will would just not no if as from up out all what there here very really one some get go got
    like know see think 的 了 是 我 你 它 这 那 个 一 们 在 有 就 也 都 很 啊 呢 吧 吗 不 要 来 去 给 和 哦 呀 他 她 到 说 看 可
    以 会 能 还 什 么
    """.split()  # noqa: SIM905 - a list of its own length would be a page
)
_SHORTEST, _LONGEST = 2, 6  # words; Chinese characters three times as many
_TIMES = 3
_PHRASES_MOST, _EMOJI_MOST, _ADDRESSES_MOST = 12, 6, 3
_SENTENCES_LEAST = 20


def learn(files: Iterable[Path], names: Iterable[str]) -> Style:
    """`names` are the creator's in chat files. Raises BadInput where there is too little to learn from."""
    lines = [line for file in files for line in lines_of(file, frozenset(n.casefold() for n in names))]
    sentences = [s.strip() for line in lines for s in _SENTENCE.split(line) if len(_WORD.findall(s)) > 1]
    if len(sentences) < _SENTENCES_LEAST:
        raise BadInput(
            f"{len(sentences)} sentences are too few to learn how somebody talks",
            fix=f"Give at least {_SENTENCES_LEAST}",
        )
    whole = "\n".join(lines)
    return Style(
        phrases=_phrases(sentences),
        address=_most(_ADDRESS.findall(whole.casefold()), _ADDRESSES_MOST),
        emoji=_most(_EMOJI.findall(whole), _EMOJI_MOST),
        words_per_sentence=round(statistics.median(len(_WORD.findall(s)) for s in sentences)),
    )


def lines_of(file: Path, names: frozenset[str]) -> Iterator[str]:
    """What the creator says: a recorded session's folder, chat lines (jsonl), subtitles, or plain text."""
    if (file / "events.jsonl").is_file():
        yield from _session(file / "events.jsonl")
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(
            f"it can't be read: {trouble}", where=str(file), fix="Give text, srt, vtt, jsonl or a session's folder"
        ) from None
    if file.suffix == ".jsonl":
        yield from _chat(text, names)
        return
    for line in text.splitlines():
        if said := _SUBTITLE.sub("", line.strip()).strip():
            yield said


def as_toml(style: Style) -> str:
    """The table to paste, or to append."""
    listed = {name: value for name, value in msgspec.to_builtins(style).items() if value}
    rows = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in listed.items()]
    return "\n".join(("[style]", *rows)) + "\n"


def _session(path: Path) -> Iterator[str]:
    for line in path.read_bytes().splitlines():
        if b'"HostSaid"' in line:
            try:
                yield str(json.loads(line)["event"].get("text", ""))
            except (ValueError, KeyError):
                continue


def _chat(text: str, names: frozenset[str]) -> Iterator[str]:
    for line in text.splitlines():
        try:
            told = json.loads(line)
            if str(told.get("user", {}).get("name", "")).casefold() in names:
                yield str(told.get("text", ""))
        except (ValueError, AttributeError):
            continue


def _phrases(sentences: list[str]) -> tuple[str, ...]:
    counted: Counter[tuple[str, ...]] = Counter()
    for sentence in sentences:
        words = [word.casefold() for word in _WORD.findall(sentence)]
        longest = _LONGEST * (3 if language_of(sentence) == "zh" else 1)
        runs = {tuple(words[a : a + n]) for n in range(_SHORTEST, longest + 1) for a in range(len(words) - n + 1)}
        counted.update(run for run in runs if len(run) >= 4 or not _is_han(run))
    frequent = {
        run: n
        for run, n in counted.items()
        if n >= _TIMES and sum(word not in _COMMON for word in run) >= 2 * _is_han(run) + 1
    }
    kept: list[tuple[str, ...]] = []
    for run in sorted(frequent, key=lambda r: (-frequent[r] * len(r), r)):
        if not any(_inside(run, longer) or _inside(longer, run) for longer in kept):
            kept.append(run)
    return tuple("".join(run) if _is_han(run) else " ".join(run) for run in kept[:_PHRASES_MOST])


def _is_han(run: tuple[str, ...]) -> bool:
    return run[0] >= "㐀"


def _inside(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _most(found: Iterable[str], most: int) -> tuple[str, ...]:
    counted = Counter(found)
    return tuple(value for value, times in sorted(counted.items(), key=lambda c: (-c[1], c[0]))[:most] if times > 1)
