"""A preview on a terminal: what was understood, what is asked, what would change."""

from __future__ import annotations

from footprint import format
from footprint.ingest.preview import Preview, SheetPreview
from footprint.ingest.reasons import WHYS
from footprint.terminal.printing import table
from footprint.text import Lang, Text

_SHEET = Text("{file} → {table}（{layout}，{encoding}，表头在第 {row} 行）",
              "{file} → {table} ({layout}, {encoding}, headings in line {row})")  # fmt: skip
_ANY = Text("按表头识别", "told by its headings")
_LOOKED = Text("  看了全部 {rows} 行，可收下 {accepted} 行",
               "  looked at all {rows} rows, {accepted} can be taken in")  # fmt: skip
_SAMPLED = Text("  先看了 {rows} 行（文件较大，导入时计准数），其中可收下 {accepted} 行",
                "  looked at {rows} rows (a large file; exact once imported), "
                "{accepted} of them can be taken in")  # fmt: skip
_EFFECT = Text("  新 {added}，改 {changed}，不变 {unchanged}",
               "  {added} new, {changed} changed, {unchanged} unchanged")  # fmt: skip
_GMV = Text("  这些天的成交金额：{before} → {after}", "  GMV of these days: {before} → {after}")
_GROWN = Text("    {by}：{before} → {after}", "    {by}: {before} → {after}")
_ASIDE = Text("  搁置 {count} 行：{what}{column}", "  {count} rows set aside: {what}{column}")
_COLUMN = Text("（列“{name}”）", " (column “{name}”)")
_ASKED = Text("  ？{question} {why}", "  ? {question} {why}")
_SETTLED = Text("  ✓ {question} {why}", "  ✓ {question} {why}")
_OPTION = Text("      --answer {id}={value}  {label}{mark}",
               "      --answer {id}={value}  {label}{mark}")  # fmt: skip
_TAKEN = Text("（采用）", " (taken)")
_JOIN = Text("{of} → {to}：{joined}/{rows} 对得上{unknown}",
             "{of} → {to}: {joined} of {rows} match{unknown}")  # fmt: skip
_UNKNOWN = Text("，未知：{ids}", ", unknown: {ids}")
_UNLOCKS = Text("导入后可看：{pages}", "This unlocks: {pages}")
_HEADS = (Text("列名", "heading"), Text("字段", "column"), Text("依据", "found"),
          Text("样例", "samples"))  # fmt: skip
_SKIPPED = Text("{file}：略过", "{file}: left out")
_NOTHING = Text("以上只是预览，没有改动。", "This is a preview; nothing was changed.")


def preview_text(preview: Preview, lang: Lang) -> str:
    """Every sheet, how its rows meet the other tables, and what they unlock."""
    parts = ["\n".join(_sheet(sheet, lang)) for sheet in preview.sheets]
    joins = [
        _JOIN(lang, of=join.of, to=join.to, joined=format.number(join.joined, lang),
              rows=format.number(join.rows, lang),
              unknown=_UNKNOWN(lang, ids=", ".join(join.unknown)) if join.unknown else "")
        for join in preview.joins
    ]  # fmt: skip
    pages = dict.fromkeys(unlock.page for unlock in preview.unlocks)
    told = ["\n".join(joins)] if joins else []
    told += [_UNLOCKS(lang, pages=", ".join(pages))] if pages else []
    return "\n\n".join([*parts, *told, _NOTHING(lang)])


def _sheet(sheet: SheetPreview, lang: Lang) -> list[str]:
    if sheet.skipped:
        return [_SKIPPED(lang, file=sheet.id)]
    if sheet.refused and not sheet.columns:
        return [sheet.refused.message(lang)]
    notes = [f"  {note(lang)}" for note in sheet.notes]
    if sheet.already:
        return [sheet.file, *notes]
    layout = (sheet.layout_title or _ANY)(lang)
    lines = [_SHEET(lang, file=sheet.id, table=sheet.table, layout=layout,
                    encoding=sheet.encoding, row=sheet.heading_row)]  # fmt: skip
    rows = [
        [column.heading, column.column or format.MISSING, column.why(lang),
         " | ".join(column.samples[:3])]
        for column in sheet.columns
    ]  # fmt: skip
    lines.append(table([head(lang) for head in _HEADS], rows))
    lines += _questions(sheet, lang)
    if sheet.refused:
        return [*lines, f"  {sheet.refused.message(lang)}"]
    return lines + ([] if sheet.open else _effect(sheet, lang)) + notes


def _questions(sheet: SheetPreview, lang: Lang) -> list[str]:
    lines = []
    for asked in sheet.questions:
        words = _SETTLED if asked.settled else _ASKED
        lines.append(words(lang, question=asked.words(lang), why=asked.why(lang)))
        if asked.settled and asked.said is None:
            continue
        lines += [
            _OPTION(lang, id=asked.id, value=option.value, label=option.label(lang),
                    mark=_TAKEN(lang) if option.value == asked.taken else "")
            for option in asked.options
        ]  # fmt: skip
    return lines


def _effect(sheet: SheetPreview, lang: Lang) -> list[str]:
    looked = _LOOKED if sheet.exact else _SAMPLED
    counts = {
        "rows": format.number(sheet.rows, lang),
        "accepted": format.number(sheet.accepted, lang),
    }
    lines = [looked(lang, **counts)]
    lines += [
        _ASIDE(lang, count=reason.count, what=WHYS[reason.code].what(lang),
               column=_COLUMN(lang, name=reason.column) if reason.column else "")
        for reason in sheet.reasons
    ]  # fmt: skip
    effect = sheet.effect
    if effect is None:
        return lines
    lines.append(_EFFECT(lang, added=format.number(effect.added, lang),
                         changed=format.number(effect.changed, lang),
                         unchanged=format.number(effect.unchanged, lang)))  # fmt: skip
    if effect.gmv_before is not None and effect.gmv_after is not None:
        money = {"before": effect.gmv_before, "after": effect.gmv_after}
        lines.append(_GMV(lang, **{k: format.money_compact(v, lang) for k, v in money.items()}))
    lines += [
        _GROWN(lang, by=by, before=format.money_compact(before, lang),
               after=format.money_compact(after, lang))
        for by, before, after in effect.grown[:5]
    ]  # fmt: skip
    return lines
