"""Scripts: most of them bargain and gift talk, some near copies (PT33); two with absolute claims,
one on a stream with many returns (PT06) and one on a stream without (its null twin)."""

from __future__ import annotations

import polars as pl

from footprint.sample.words import words
from footprint.sample.world import World

CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN = "SC-201", "SC-202"
_STEPS = {"goods": 0, "origin": 3, "craft": 7, "scene": 11, "ask": 17}


def scripts(world: World) -> pl.DataFrame:
    """The scripts table: bargain and plain scripts, pairs of near copies among the former."""
    total, bargain = world.param("PT33.scripts"), world.param("PT33.bargain")
    pairs = world.param("PT33.pairs")
    texts = [_bargain(theme, 0) for theme in range(bargain - pairs)]
    texts += [_bargain(theme, 1) for theme in range(pairs)]
    texts += [_plain(bargain - pairs + n) for n in range(total - bargain - 2)]
    texts += [_claim(total - 2), _claim(total - 1)]
    rows = len(texts)
    return pl.DataFrame({
        "script_id": [*ordinary_ids(world), CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN],
        "text": texts,
        "segment": ["全场"] * rows,
    })  # fmt: skip


def ordinary_ids(world: World) -> list[str]:
    """Scripts without claims, for the streams that have no script of their own."""
    return [f"SC-{n + 1:03d}" for n in range(world.param("PT33.scripts") - 2)]


def _theme(number: int) -> dict[str, str]:
    """A theme; past the end of the list the parts of different themes are put together anew."""
    themes = words()["scripts"]["themes"]
    round_, place = divmod(number, len(themes))
    return {
        part: themes[(place + round_ * step) % len(themes)][part] for part, step in _STEPS.items()
    }


def _bargain(number: int, copy: int) -> str:
    """Bargain talk about a theme; a copy only greets differently."""
    ends = words()["scripts"]["bargain"]
    opening = "家人们晚上好" if not copy else "家人们中午好"
    body = "今天带来{goods}，来自{origin}，{craft}。{scene}，{ask}？".format(**_theme(number))
    return f"{opening}，{body}{ends[number % len(ends)]}"


def _plain(number: int) -> str:
    ends = words()["scripts"]["plain_end"]
    body = "这一段讲{goods}。它出自{origin}，{craft}。{scene}。{ask}？".format(**_theme(number))
    return f"{body}{ends[number % len(ends)]}"


def _claim(number: int) -> str:
    theme = _theme(number)
    body = "朋友们看过来，{origin}的{goods}，{craft}，{scene}。".format(**theme)
    return body + words()["scripts"]["claims"].format(goods=theme["goods"])
