"""Did the test work, or is it noise? Split check, effect and verdict of each test in the data."""

from __future__ import annotations

import math
from dataclasses import asdict

import polars as pl

from footprint.analysis.exposures import control_of, first_exposures, with_conversion
from footprint.analysis.readout import Readout, read
from footprint.data import Data
from footprint.errors import unknown
from footprint.format import sentence
from footprint.planning.sample_size import per_group
from footprint.questions import Param, question
from footprint.result import Colour, Finding, Result, Scalar
from footprint.scope import Scope
from footprint.text import Text

VERDICTS = {
    "no_effect": Text("看不出效果", "no effect seen"),
    "effect_up": Text("有提升", "it went up"),
    "effect_down": Text("有下降", "it went down"),
    "srm_stop": Text("分组比例不对，结果不能用", "the split is broken, do not use the result"),
    "too_small": Text("人数太少，不作判断", "too few people to tell"),
}
_DEFINITION = Text(
    "每人按首次看到的组别计一次；曝光后设定天数内下单算转化。先查分组比例（卡方 p<0.001 即停），"
    "再比转化率；两组都见过的人、观察期未满的人不计入转化。",
    "Each person counts once, by the variant seen first; an order within the set days is a "
    "conversion. The split is checked first (chi-square p < 0.001 stops), then the rates. People "
    "who saw both variants or whose window is not over are left out of the rates.",
)
_SCHEMA = {
    "experiment_id": pl.String(), "variant": pl.String(), "n_control": pl.Int64(),
    "n_treat": pl.Int64(), "conv_control": pl.Int64(), "conv_treat": pl.Int64(),
    "rate_control": pl.Float64(), "rate_treat": pl.Float64(), "relative": pl.Float64(),
    "low": pl.Float64(), "high": pl.Float64(), "p_value": pl.Float64(), "srm_p": pl.Float64(),
    "verdict": pl.String(), "n_needed": pl.Int64(), "left_out": pl.Int64(),
    "start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC"),
}  # fmt: skip
_TEMPLATES = {
    "srm_stop": (
        Text(
            "实验 {id} 两组人数 {control} 对 {treat}，偏离计划比例，结果不能用。",
            "Test {id} has {control} people against {treat}, off the planned split; "
            "its result cannot be used.",
        ),
        Text("先查分流代码与日志丢失，修好后重跑。", "Check the assignment and lost logs, rerun."),
    ),
    "effect_up": (
        Text(
            "实验 {id} 转化率由 {from_} 升到 {to}（{relative}）。",
            "Test {id} raised conversion from {from_} to {to} ({relative}).",
        ),
        Text("按计划期限读数后推广。", "Roll it out once the planned run is over."),
    ),
    "effect_down": (
        Text(
            "实验 {id} 转化率由 {from_} 降到 {to}（{relative}）。",
            "Test {id} lowered conversion from {from_} to {to} ({relative}).",
        ),
        Text("停用这个做法，记下原因。", "Stop this variant and write down why."),
    ),
}
_COLOURS: dict[str, Colour] = {"srm_stop": "yellow", "effect_up": "grey", "effect_down": "yellow"}


def _findings(result: Result, data: Data, scope: Scope) -> list[Finding]:
    """Tests with a clear effect or a broken split."""
    rows = result.frames["experiments"].to_dicts()
    return [_finding(row, scope) for row in rows if row["verdict"] in _TEMPLATES]


def _finding(row: dict, scope: Scope) -> Finding:
    problem, suggestion = _TEMPLATES[row["verdict"]]
    name = row["experiment_id"]
    return Finding(
        id=f"experiment:{name}:{row['variant']}",
        kind="experiment",
        severity=2 if row["verdict"] == "srm_stop" else 1,
        colour=_COLOURS[row["verdict"]],
        problem=sentence(
            problem, id=name, control=(row["n_control"], "count"), treat=(row["n_treat"], "count"),
            from_=(row["rate_control"], "rate"), to=(row["rate_treat"], "rate"),
            relative=(row["relative"], "change"),
        ),
        suggestion=suggestion,
        confidence=0.95 if row["verdict"] == "srm_stop" else 1 - min(row["p_value"], 0.05),
        n=row["n_control"] + row["n_treat"],
        page="ASK",
        question="experiment",
        params={"id": name},
        scope=scope,
        evidence=pl.DataFrame([row], schema=_SCHEMA).drop("start", "end"),
    )  # fmt: skip


@question(
    "experiment",
    title=Text("实验有效吗，还是偶然？", "Did the test work, or is it noise?"),
    page="ASK",
    rows=("S9.1-c", "S3.2-b"),
    needs=("events", "orders"),
    params=(
        Param("id", str, None, Text("实验编号，缺省为全部", "Test id; all when empty")),
        Param("treat_share", float, 0.5, Text("计划中实验组占比", "Planned share of the treated")),
    ),
    findings=_findings,
)
def experiment(data: Data, scope: Scope, id: str | None, treat_share: float) -> Result:
    """Readout of every test in the data: one row per test and treated variant.

    Frame ``experiments``: n_control and n_treat (people assigned), conv_*, rate_*, relative with
    low and high, p_value, srm_p, verdict (no_effect, effect_up, effect_down, srm_stop, too_small),
    n_needed (people per group to see the set relative change), left_out. With one test the scalars
    say the same. Raises UsageError for an unknown id. Source: rows S9.1-c and S3.2-b, truths PT14,
    PT15, PT16.
    """
    days = int(data.settings.value("experiment_window_days"))
    people = with_conversion(first_exposures(data, scope), data, days)
    names = people["experiment_id"].unique().sort().to_list()
    if id is not None:
        if id not in names:
            raise unknown("experiment", "实验", id, dict.fromkeys(names))
        names = [id]
    rows = [
        row for name in names for row in _rows(people.filter(experiment_id=name), data, treat_share)
    ]
    table = pl.DataFrame(rows, schema=_SCHEMA)
    return Result(
        scalars={**_counts(table, data), **(_scalars(table) if table.height == 1 else {})},
        frames={"experiments": table},
        notes=_notes(table),
    )


def _rows(people: pl.DataFrame, data: Data, treat_share: float) -> list[dict]:
    """One readout row per treated variant of one test."""
    variants = people["variant"].unique().to_list()
    control = control_of(variants)
    settings = data.settings
    minimum = int(settings.value("experiment_min_users"))
    lift = float(settings.value("experiment_lift"))
    return [
        _row(people, control, treated, treat_share, minimum, lift)
        for treated in sorted(set(variants) - {control})
    ]


def _row(
    people: pl.DataFrame, control: str, treated: str, share: float, minimum: int, lift: float
) -> dict:
    groups = [people.filter(variant=name) for name in (control, treated)]
    clean = [group.filter(~pl.col("mixed"), pl.col("complete")) for group in groups]
    assigned = (groups[0].height, groups[1].height)
    (k0, n0), (k1, n1) = [(int(group["converted"].sum()), group.height) for group in clean]
    both = pl.concat(groups)
    row = {
        "experiment_id": both["experiment_id"][0],
        "variant": treated,
        "n_control": assigned[0],
        "n_treat": assigned[1],
        "conv_control": k0,
        "conv_treat": k1,
        "left_out": sum(assigned) - n0 - n1,
        "start": both["ts"].min(),
        "end": both["ts"].max(),
    }
    if not (n0 and n1):
        return {**row, "verdict": "too_small"}
    found = read((k0, n0), (k1, n1), assigned=assigned, treat_share=share, minimum=minimum)
    return {**row, **_named(found), "n_needed": _needed(found.rate_control, lift)}


def _named(found: Readout) -> dict:
    parts = asdict(found)
    kept = ("rate_control", "rate_treat", "relative", "low", "high", "srm_p", "verdict")
    return {**{name: parts[name] for name in kept}, "p_value": found.p}


def _needed(rate: float, lift: float) -> int | None:
    aim = rate * (1 + lift)
    return math.ceil(per_group(rate, aim)) if rate > 0 and aim < 1 and lift else None


def _counts(table: pl.DataFrame, data: Data) -> dict[str, Scalar]:
    goal = int(data.settings.value("experiments"))
    text = sentence(
        Text("最近一个季度开始的实验数，目标 {n}", "Tests begun in the latest quarter, goal {n}"),
        n=(goal, "count"),
    )
    starts = table["start"].dt.convert_time_zone(data.tz)
    latest = starts.dt.truncate("1q").max()
    quarter = table.filter(starts.dt.truncate("1q") == latest) if latest else table
    n = quarter["experiment_id"].n_unique()
    return {"tests_this_quarter": Scalar(n, "count", table.height, label=text)}


def _scalars(table: pl.DataFrame) -> dict[str, Scalar]:
    row = table.row(0, named=True)
    n0, n1 = row["n_control"], row["n_treat"]
    labels = {
        "rate_control": (Text("对照组转化率", "Control conversion"), "rate", n0),
        "rate_treat": (Text("实验组转化率", "Treated conversion"), "rate", n1),
        "relative": (Text("相对变化", "Relative change"), "change", n0 + n1),
        "p_value": (Text("偶然出现的概率", "p value"), "p", n0 + n1),
        "srm_p": (Text("分组比例检验", "Split check"), "p", n0 + n1),
        "verdict": (VERDICTS[row["verdict"]], "text", n0 + n1),
        "n_needed": (Text("每组需要人数", "People needed per group"), "count", n0),
    }
    found = {
        name: Scalar(row[name], unit, n, label=label, definition=_DEFINITION)
        for name, (label, unit, n) in labels.items()
    }
    found["relative"] = Scalar(
        row["relative"], "change", n0 + n1, row["low"], row["high"],
        label=labels["relative"][0], definition=_DEFINITION,
    )  # fmt: skip
    return found


def _notes(table: pl.DataFrame) -> tuple[Text, ...]:
    if table.is_empty():
        return (Text("数据里没有实验。", "The data holds no test."),)
    out = int(table["left_out"].sum())
    if not out:
        return ()
    return (
        sentence(
            Text(
                "{n} 人两组都见过或观察期未满，没有计入转化。",
                "{n} people saw both variants or are still in their window; not counted.",
            ),
            n=(out, "count"),
        ),
    )
