"""What taking the files in would change: rows, GMV, joins, pages that open."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from footprint import format as fmt
from footprint.ingest.preview import Effect, Join, Preview, SheetPreview, Unlock
from footprint.schema import TABLES
from footprint.text import Lang, Text

from app import nav
from app.ui import cards, markup
from app.ui.cards import Card

_NEW, _CHANGED = Text("新增行", "New rows"), Text("更新行", "Changed rows")
_SAME, _ASIDE = Text("未变行", "Unchanged rows"), Text("放在一边", "Set aside")
_ASIDE_NOTE = Text(
    "读不懂或重复的行，导入后可下载，附原因和改法。",
    "Rows that repeat or cannot be read; to be downloaded afterwards with reason and mend.",
)
_JOINED = Text("{of}对上{to}", "{of} joined to {to}")
_JOIN_NOTE = Text(
    "有编号的行里，在另一张表找得到的比例（导入之后）。",
    "Share of rows with an id that the other table knows, once the files are in.",
)
_TRACKING_NOTE = Text(
    "买家在下单前有过这类行为的订单所占比例。",
    "Share of orders whose buyer did this before.",
)
_TO = {"touch": Text("触点", "a touch"), "session": Text("会话", "a session")}
_OF_ROWS = Text("{hits} / {rows} 行", "{hits} of {rows} rows")
_UNKNOWN = Text("认不出：{ids}", "Unknown: {ids}")
_GMV = Text("这段时间的 GMV", "GMV of these days")
_GMV_NOTE = Text(
    "文件覆盖的 {first} 至 {last} 这些天，导入前和导入后的成交额。",
    "Gross GMV of {first} to {last}, the days the file covers, before and after the import.",
)
_BEFORE = Text("导入前 {before}", "Before: {before}")
_GREW = Text("{what}：{before} → {after}", "{what}: {before} → {after}")
_GROWN = Text("比上次上传变多或变少的：", "Changed since the last upload: ")
_ESTIMATE = Text(
    "文件较大，以上按前 {rows} 行估计；导入时逐行核对。",
    "A large file: the figures above are of its first {rows} rows; the import checks every row.",
)
_OPENS = Text(
    "导入后能多回答 {n} 个问题，在 {pages} 个页面",
    "Once it is in, {n} more questions on {pages} pages can be answered",
)


def totals(preview: Preview, lang: Lang) -> None:
    """Cards over all files that would go in, joins beside them, then what opens."""
    ready = [sheet for sheet in preview.sheets if sheet.ready]
    effects = [sheet.effect for sheet in ready if sheet.effect]
    aside = sum(sheet.rows - sheet.accepted for sheet in ready)
    shown = [
        Card(_NEW(lang), fmt.number(sum(e.added for e in effects), lang)),
        Card(_CHANGED(lang), fmt.number(sum(e.changed for e in effects), lang)),
        Card(_SAME(lang), fmt.number(sum(e.unchanged for e in effects), lang)),
        Card(_ASIDE(lang), fmt.number(aside, lang), _ASIDE_NOTE(lang)),
    ]
    if ready:
        cards.grid([*shown, *(_join(join, lang) for join in preview.joins)], lang)
    sampled = [sheet.rows for sheet in ready if not sheet.exact]
    if sampled:
        markup.notes([_ESTIMATE(lang, rows=fmt.number(max(sampled), lang))])
    if preview.unlocks:
        markup.show(_opens(preview.unlocks, lang))


def of_sheet(sheet: SheetPreview, lang: Lang) -> None:
    """What one sheet does to its table, money included."""
    effect = sheet.effect
    if effect is None:
        return
    shown = [
        Card(_NEW(lang), fmt.number(effect.added, lang)),
        Card(_CHANGED(lang), fmt.number(effect.changed, lang)),
        Card(_SAME(lang), fmt.number(effect.unchanged, lang)),
    ]
    if effect.gmv_after is not None:
        shown.append(_money(effect, lang))
    cards.grid(shown, lang)
    if effect.grown and effect.gmv_before:
        joint = "；" if lang == "zh" else "; "
        grown = joint.join(_grew(one, lang) for one in effect.grown[:5])
        markup.notes([_GROWN(lang) + grown])


def _money(effect: Effect, lang: Lang) -> Card:
    before, after = effect.gmv_before or 0.0, effect.gmv_after or 0.0
    note = _GMV_NOTE(lang, first=effect.first or "", last=effect.last or "")
    lines = [_BEFORE(lang, before=cards.figure(before, "CNY", lang))] if before else []
    if before and after != before:
        lines.append(("+" if after > before else "") + cards.figure(after - before, "CNY", lang))
    return Card(_GMV(lang), cards.figure(after, "CNY", lang), note, lines=lines)


def _grew(one: tuple[str, float, float], lang: Lang) -> str:
    what, before, after = one
    return _GREW(lang, what=what, before=fmt.money(before, lang), after=fmt.money(after, lang))


def _join(join: Join, lang: Lang) -> Card:
    to = _TO[join.to](lang) if join.to in _TO else TABLES[join.to].title(lang)
    lines = [_OF_ROWS(lang, hits=fmt.number(join.joined, lang), rows=fmt.number(join.rows, lang))]
    if join.unknown:
        lines.append(_UNKNOWN(lang, ids=", ".join(join.unknown[:3])))
    share = join.joined / join.rows if join.rows else None
    return Card(
        _JOINED(lang, of=TABLES[join.of].title(lang), to=to),
        fmt.show(share, "rate", lang),
        (_TRACKING_NOTE if join.to in _TO else _JOIN_NOTE)(lang),
        lines=lines,
    )


def _opens(unlocks: Sequence[Unlock], lang: Lang) -> str:
    pages: dict[str, list[str]] = {}
    for unlock in unlocks:
        pages.setdefault(unlock.page, []).append(unlock.title(lang))
    joint = "；" if lang == "zh" else "; "
    items = "".join(
        f"<li><b>{escape(page.title(lang))}</b> {escape(joint.join(pages[page.code]))}</li>"
        for page in nav.PAGES
        if page.code in pages
    )
    words = escape(_OPENS(lang, n=len(unlocks), pages=len(pages)))
    return (
        f'<details class="fp-note"><summary>{words}</summary><ul class="fp-list">{items}</ul>'
        "</details>"
    )
