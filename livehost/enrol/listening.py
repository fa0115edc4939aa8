"""The page at an enrolment's end: the person's own samples beside the voice, to be listened to by those who decide."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from livehost.enrol.judging import Spoken
from livehost.enrol.results import Judged
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples

_SAMPLES = 4
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "table{border-collapse:collapse}td,th{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}"
    ".row{display:grid;grid-template-columns:1fr 1fr;gap:2rem}audio{width:100%}p.text{margin:.8rem 0 .2rem}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}}@media(max-width:40rem){.row{grid-template-columns:1fr}}"
)


def write_page(path: Path, name: str, recordings: Sequence[Samples], spoken: Sequence[Spoken], judged: Judged) -> Path:
    """One self-contained file; the sound in it is labelled as a machine's where a machine speaks."""
    own = "".join(
        _audio(f"Sample {n} · 样本 {n}", sound, HEARD_RATE) for n, sound in enumerate(recordings[:_SAMPLES], 1)
    )
    said = "".join(_audio(sentence.text, sentence.sound, SPOKEN_RATE) for sentence in spoken)
    title = html.escape(name)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><h1>{title}</h1>'
        "<p>On the left the person, on the right the likeness (AI-generated). It is near in pitch and timbre; accent, rhythm "
        "and habits are the engine's own. · 左边是本人，右边是 AI 合成的相似声音："
        "音高和音色接近，口音、节奏和习惯是合成引擎自己的。</p>"
        f"<table>{''.join(_rows(judged))}</table>"
        f'<div class="row"><section><h2>Person · 本人</h2>{own}</section>'
        f"<section><h2>AI voice · AI 声音</h2>{said}</section></div></html>"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _rows(judged: Judged) -> Iterable[str]:
    for language, likeness in judged.similarities.items():
        name = {"en": "Likeness, English · 英文相似度", "zh": "Likeness, Chinese · 中文相似度"}[language]
        yield _row(name, f"{likeness:.2f} (Resemblyzer), {judged.similarities_cam[language]:.2f} (CAM++)")
    yield _row(
        "Best stock voice · 最接近的现成声音", f"{judged.similarity_best_stock:.2f} ({html.escape(judged.best_stock)})"
    )
    for language, errors in judged.word_errors.items():
        name = {"en": "Word errors, English · 英文词错率", "zh": "Character errors, Chinese · 中文字错率"}[language]
        yield _row(name, f"{errors:.1%} (stock · 现成声音 {judged.word_errors_stock[language]:.1%})")


def _row(name: str, value: str) -> str:
    return f"<tr><th>{name}</th><td>{value}</td></tr>"


def _audio(text: str, sound: Samples, rate: int) -> str:
    import soundfile

    data = io.BytesIO()
    soundfile.write(data, sound, rate, format="OGG", subtype="VORBIS")
    encoded = base64.b64encode(data.getvalue()).decode()
    return f'<p class="text">{html.escape(text)}</p><audio controls preload="none" src="data:audio/ogg;base64,{encoded}"></audio>'
