"""Why a row is set aside, in words, with the mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from footprint.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Why:
    """One kind of fault: what is wrong and how to mend it."""

    what: Text
    mend: Text


_RETYPE = Text("请改正后重新上传这一行。", "Correct it and upload the row again.")

WHYS: dict[str, Why] = {
    "required": Why(
        Text("必填的值是空的", "a required value is empty"),
        Text("请补上这个值。", "Fill in the value."),
    ),
    "not_a_number": Why(Text("不是数字", "not a number"), _RETYPE),
    "not_whole": Why(Text("不是整数", "not a whole number"), _RETYPE),
    "not_a_time": Why(
        Text("不是可读的时间", "not a readable time"),
        Text("请写成 2026-11-09 20:15:00。", "Write it as 2026-11-09 20:15:00."),
    ),
    "not_a_date": Why(
        Text("不是可读的日期", "not a readable date"),
        Text("请写成 2026-11-09。", "Write it as 2026-11-09."),
    ),
    "not_yes_no": Why(
        Text("不是“是”或“否”", "neither yes nor no"),
        Text("请写“是”或“否”。", "Write yes or no."),
    ),
    "not_a_choice": Why(
        Text("不在可选值之内", "not one of the allowed values"),
        Text("可选值见模板说明。", "The template lists the allowed values."),
    ),
    "negative": Why(
        Text("不能是负数", "must not be negative"),
        Text(
            "退款请写在退款列，金额写正数。",
            "Put refunds into the refund column, as positive amounts.",
        ),
    ),
    "rate_above_1": Why(
        Text("比率大于 100%", "a rate above 100 %"),
        Text("请写成 12.3% 或 0.123。", "Write it as 12.3% or 0.123."),
    ),
    "duplicate": Why(
        Text("与前面的一行完全重复", "repeats an earlier row"),
        Text("无需处理，第一行已保留。", "Nothing to do: the first one was kept."),
    ),
    "conflict": Why(
        Text("与前面一行的编号相同但内容不同", "same identity as an earlier row, other content"),
        Text(
            "已保留第一行；请核对后只留一行，或用其他列区分。",
            "The first one was kept: check them, keep one, or tell them apart by another column.",
        ),
    ),
    "wrong_cell_count": Why(
        Text("单元格个数与表头不符", "the number of cells differs from the headings"),
        Text("多为内容中含分隔符：请加引号。", "Often a delimiter inside a value: quote it."),
    ),
    "stray_quote": Why(
        Text("引号没有成对", "a quote is never closed"),
        Text("请去掉多余的引号。", "Remove the stray quote."),
    ),
    "total_row": Why(
        Text("这是合计行，不是数据", "a row of totals, not data"),
        Text("无需处理，合计不重复计入。", "Nothing to do: totals are not counted again."),
    ),
    "not_paid": Why(
        Text("这个订单没有付款", "nobody paid this order"),
        Text("无需处理，未付款的订单不计入。", "Nothing to do: unpaid orders do not count."),
    ),
    "ruined_id": Why(
        Text(
            "编号的末几位已被表格软件抹掉（如 5.43E+16）",
            "a spreadsheet has erased the last digits of this id (such as 5.43E+16)",
        ),
        Text(
            "请重新导出并直接上传，不要先用表格软件打开保存；或把该列设为文本后再粘贴。",
            "Export again and upload that file without saving it in a spreadsheet first.",
        ),
    ),
    "unreadable_letters": Why(
        Text("含无法识别的字符", "holds letters that cannot be read"),
        Text("请从源头重新导出这一行。", "Export the row again at its source."),
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """How many rows of one file were set aside for one fault in one column; the first is shown."""

    code: str
    column: str | None
    count: int
    first_row: int
    example: str

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        why = WHYS[self.code]
        return {
            "reason": self.code,
            "what": why.what(lang),
            "mend": why.mend(lang),
            "column": self.column,
            "count": self.count,
            "first_row": self.first_row,
            "example": self.example,
        }
