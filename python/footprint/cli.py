"""The command line: the same questions as the app and the library, for scripts.

Exit codes: 0 answered, 2 wrong use, 3 data missing (names the file), 4 input rejected. Errors are
one or two lines on stderr; with ``--json`` stdout holds exactly one JSON object.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from footprint.terminal.failing import failing_well, language
from footprint.terminal.output import chosen, emit, pairs, write_csv, write_file, write_json
from footprint.text import Text

if TYPE_CHECKING:
    from footprint.sample.chance import Noise
    from footprint.sample.world import Scale
    from footprint.workspace import Workspace

app = typer.Typer(
    name="footprint",
    help="Self-service insight for live-commerce shops · 直播电商自助分析",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Dir = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder (default: your own). 工作区目录"),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout. 输出 JSON")]
LangOption = Annotated[str | None, typer.Option("--lang", help="zh or en. 语言")]
Files = Annotated[list[Path], typer.Argument(help="CSV or Excel files. 要导入的文件")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port. 端口")]


@app.command("import")
@failing_well
def import_(
    files: Files,
    workspace: Dir = None,
    table: Annotated[str | None, typer.Option(help="Table of the files. 指定表")] = None,
    map: Annotated[
        list[str] | None, typer.Option("--map", help="HEADING=COLUMN, repeatable. 列名=字段")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", help="QUESTION=OPTION, repeatable. 回答")
    ] = None,
    heading: Annotated[
        int | None, typer.Option("--heading", min=0, help="Line of the headings, 0: none. 表头行")
    ] = None,
    keep_raw: Annotated[
        bool, typer.Option("--keep-raw", help="Keep a copy of the files. 保留原文件")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing. 只预览")
    ] = False,
    as_json: Json = False,
    lang: LangOption = None,
) -> None:
    """Take files in; each is reported on its own. 导入文件"""
    from footprint.ingest.choices import Answers, Choice
    from footprint.terminal.previewing import preview_text
    from footprint.terminal.printing import file_text, warning_text

    words = language(lang)
    choice = Choice(table, pairs(map, "--map"), heading, pairs(answer, "--answer"))
    opened, paths, answers = _open(workspace), list(files), Answers(choice, keep_raw=keep_raw)
    if dry_run:
        preview = opened.preview(paths, answers)
        if as_json:
            write_json(preview.to_dict(words))
        else:
            typer.echo(preview_text(preview, words))
        return
    report = opened.import_files(paths, answers=answers)
    report.raise_if_nothing()
    if as_json:
        write_json(report.to_dict(words))
    else:
        typer.echo("\n".join(file_text(file, words) for file in report.files if not file.refused))
    for file in report.files:
        if warning := warning_text(file, words):
            typer.echo(warning, err=True)


@app.command()
@failing_well
def tables(workspace: Dir = None, as_json: Json = False, lang: LangOption = None) -> None:
    """What the workspace holds. 已有的表"""
    from footprint.terminal.printing import moment, table

    opened, words = _open(workspace), language(lang)
    held = opened.tables()
    if as_json:
        rows = [
            {"name": t.name, "title": t.title(words), "rows": t.rows, "first": t.first,
             "last": t.last} for t in held
        ]  # fmt: skip
        write_json({"tables": rows, "data_version": opened.data_version})
        return
    tz = opened.data().tz
    lines = [
        [t.name, t.title(words), f"{t.rows:,}", *(moment(m, words, tz) for m in (t.first, t.last))]
        for t in held
    ]
    headings = (Text("行数", "rows"), Text("最早", "first"), Text("最晚", "last"))
    typer.echo(table(["", "", *(heading(words) for heading in headings)], lines))


@app.command()
@failing_well
def questions(workspace: Dir = None, as_json: Json = False, lang: LangOption = None) -> None:
    """What can be asked, and which file would unlock the rest. 可以问的问题"""
    from footprint.terminal.printing import questions_text

    opened, words = _open(workspace), language(lang)
    known, data = opened.questions(), opened.data()
    if as_json:
        rows = [
            {
                "id": q.id,
                "title": q.title(words),
                "page": q.page,
                "needs": list(q.needs),
                "missing": [name for name in q.needs if not data.has(name)],
                "params": {p.name: p.default for p in q.params},
            }
            for q in known.values()
        ]
        write_json({"questions": rows})
        return
    typer.echo(questions_text(known, set(data.tables), words))


@app.command()
@failing_well
def ask(
    question: Annotated[str, typer.Argument(help="Id of the question. 问题编号")],
    set: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, repeatable. 参数")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day. 开始日期")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day. 结束日期")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="column=value, repeatable. 筛选")
    ] = None,
    workspace: Dir = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A frame as CSV. 输出 CSV")] = False,
    frame: Annotated[
        str | None, typer.Option("--frame", help="Which frame for --csv. 哪张表")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Answer one question. 回答一个问题"""
    from footprint.terminal.printing import result_text

    opened, words = _open(workspace), language(lang)
    scope = opened.scope(where or (), from_, to)
    result = opened.ask(question, scope, **pairs(set, "--set"))
    if as_json:
        write_json(result.to_dict(words))
    elif as_csv:
        write_csv(chosen(result.frames, frame))
    else:
        typer.echo(result_text(result, words))


@app.command()
@failing_well
def brief(
    week: Annotated[
        str | None, typer.Option("--week", help="ISO week such as 2026-W46. 周")
    ] = None,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write one web page. 网页")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write a PDF. PDF")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a workbook. Excel")] = None,
    md: Annotated[Path | None, typer.Option("--md", help="Write Markdown. Markdown")] = None,
    charts: Annotated[
        Path | None, typer.Option("--charts", help="Write all charts, SVG and PNG, as ZIP. 图")
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Keep this report for good. 定稿")
    ] = False,
    workspace: Dir = None,
    lang: LangOption = None,
) -> None:
    """The weekly brief: problem, impact, suggestion. 周报"""
    from footprint.terminal.reporting import brief_text, write_files

    words, opened = language(lang), _open(workspace)
    written = opened.brief(week)
    files = {"html": html, "pdf": pdf, "xlsx": xlsx, "md": md, "charts": charts}
    made = write_files(opened, written, files, words)
    if freeze:
        typer.echo(opened.review.freeze(written).id, err=as_json)
    if as_json:
        write_json(written.to_dict(words))
    elif not made and not freeze:
        typer.echo(brief_text(written, words))


@app.command()
@failing_well
def reports(
    html: Annotated[Path | None, typer.Option("--html", help="Write one web page. 网页")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Which report, for --html. 编号")] = None,
    workspace: Dir = None,
    as_json: Json = False,
    lang: LangOption = None,
) -> None:
    """Frozen reports, newest first; --html writes one as it was frozen. 定稿的周报"""
    from footprint.terminal.reporting import reports_text

    words, opened = language(lang), _open(workspace)
    kept = opened.review.reports()
    if html is not None:
        write_file(html, opened.review.page(id or (kept[0].id if kept else ""), words))
    elif as_json:
        write_json({"reports": [asdict(report) for report in kept]})
    else:
        typer.echo(reports_text(kept, words, opened.data().tz))


@app.command("set-aside")
@failing_well
def set_aside(
    upload: Annotated[int, typer.Argument(help="Number of the upload. 上传编号")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write. 输出文件")] = None,
    workspace: Dir = None,
    lang: LangOption = None,
) -> None:
    """The rows an upload set aside, with reason and mend, as CSV. 被搁置的行"""
    emit(_open(workspace).set_aside_csv(upload, language(lang)), out)


@app.command()
@failing_well
def mappings(
    export: Annotated[
        Path | None, typer.Option("--export", help="Write them as JSON. 导出到文件")
    ] = None,
    take: Annotated[
        Path | None, typer.Option("--import", help="Take in such a file. 从文件导入")
    ] = None,
    forget: Annotated[
        list[str] | None, typer.Option("--forget", help="Id, repeatable. 忘掉")
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option("--rename", help="ID=NAME, repeatable. 命名")
    ] = None,
    workspace: Dir = None,
    as_json: Json = False,
    lang: LangOption = None,
) -> None:
    """What was said of headings with --map and --table. 记住的表头对应"""
    from footprint.terminal.output import read_file
    from footprint.terminal.printing import table

    opened, words = _open(workspace), language(lang)
    if take is not None:
        opened.import_mappings(read_file(take))
    for id in forget or ():
        opened.forget_mapping(id)
    for id, name in pairs(rename, "--rename").items():
        opened.rename_mapping(id, name)
    if export is not None:
        write_file(export, opened.export_mappings())
    kept = opened.mappings()
    if as_json:
        write_json({"mappings": [profile.to_dict() for profile in kept]})
        return
    lines = [
        [one.id, one.name, one.table, ", ".join(f"{h}={word}" for h, word in one.mapping.items())]
        for one in kept
    ]
    heads = (Text("编号", "id"), Text("名称", "name"), Text("表", "table"), Text("对应", "mapping"))
    typer.echo(table([head(words) for head in heads], lines))


@app.command()
@failing_well
def undo(workspace: Dir = None, as_json: Json = False, lang: LangOption = None) -> None:
    """Take the last import back. 撤销最近一次导入"""
    opened = _open(workspace)
    files = opened.undo()
    if as_json:
        write_json({"undone": files, "data_version": opened.data_version})
        return
    said = Text("已撤销：{files}", "taken back: {files}")
    typer.echo(said(language(lang), files=", ".join(files)))


@app.command()
@failing_well
def template(
    table: Annotated[str, typer.Argument(help="Table, e.g. orders. 表")],
    out: Annotated[Path | None, typer.Option("--out", help="File to write. 输出文件")] = None,
    lang: LangOption = None,
) -> None:
    """An empty CSV with the headings of a table. 模板"""
    from footprint.templates import template_csv

    emit(template_csv(table, language(lang)), out)


@app.command()
@failing_well
def settings(
    set: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, repeatable. 修改")
    ] = None,
    reset: Annotated[
        list[str] | None, typer.Option("--reset", help="key, repeatable. 恢复默认")
    ] = None,
    workspace: Dir = None,
    as_json: Json = False,
    lang: LangOption = None,
) -> None:
    """Targets, thresholds and rules; edit them. 目标、阈值与规则"""
    from footprint.terminal.printing import settings_text

    opened, words = _open(workspace), language(lang)
    edits = pairs(set, "--set")
    opened.settings.with_(**edits)
    for key, value in edits.items():
        opened.set_setting(key, value)
    for key in reset or ():
        opened.reset_setting(key)
    if as_json:
        rows = [
            {"key": s.key, "value": s.value, "unit": s.unit, "direction": s.direction,
             "kind": s.kind, "label": s.label(words), "default": s.default, "edited": s.edited}
            for s in opened.settings
        ]  # fmt: skip
        write_json({"settings": rows, "data_version": opened.data_version})
    else:
        typer.echo(settings_text(opened.settings, words))


@app.command()
@failing_well
def sample(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to. 输出目录")],
    scale: Annotated[
        str, typer.Option("--scale", help="tiny, demo, large or a number of users. 规模")
    ] = "demo",
    salt: Annotated[int, typer.Option("--salt", help="Another shop of the same kind. 种子")] = 0,
    noise: Annotated[str, typer.Option("--noise", help="quota or binomial. 噪声")] = "quota",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="ID.key=value, repeatable. 改动")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the sample shop with its known truths as CSV files. 生成示例数据"""
    from footprint.sample import write

    # The sample checks the words itself and says what is allowed.
    size, way = cast("Scale", scale), cast("Noise", noise)
    written = write(out, size, salt, way, pairs(param, "--param"))
    typer.echo(Text("已写入 {out}", "written to {out}")(language(lang), out=written or out))


@app.command()
@failing_well
def demo(
    port: Port = 8501,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser. 不打开浏览器")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Open the app on the sample shop. 用示例数据试用"""
    from footprint.terminal.serving import demo_workspace, run_app, sample_files

    typer.echo(Text("正在导入示例数据…", "Importing the sample shop …")(language(lang)))
    path, _ = demo_workspace(sample_files())
    typer.echo(f"http://127.0.0.1:{port}")
    raise typer.Exit(run_app(path, port, open_browser=not no_browser))


@app.command()
@failing_well
def serve(
    workspace: Dir = None,
    port: Port = 8501,
    access: Annotated[
        Path | None, typer.Option("--access", help="File that names the team. 团队名单")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Where to listen (with --access). 监听地址")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Open the app on your own data. 打开应用"""
    from footprint.terminal.serving import run_app
    from footprint.visitors import visitors

    visitors(access)
    path = _open(workspace).path
    typer.echo(f"http://{address or '127.0.0.1'}:{port}")
    raise typer.Exit(run_app(path, port, open_browser=False, access=access, address=address))


def main() -> None:
    """Run the command line."""
    app()


def _open(folder: Path | None) -> Workspace:
    from footprint.workspace import open

    return open(folder)


if __name__ == "__main__":
    main()
