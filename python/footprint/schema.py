"""The input tables and their columns, declared once.

Reading, heading match, template CSVs, docs and tests derive from this file; nothing else names a
column's type, unit or alias. Sources: the data model of the specification and the headings of real
exports. Money is CNY, rates are 0..1, timestamps are stored in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from footprint.text import Text

Kind = Literal["string", "int", "float", "timestamp", "date", "bool", "list"]

DTYPES: dict[Kind, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "timestamp": pl.Datetime("us", "UTC"),
    "date": pl.Date(),
    "bool": pl.Boolean(),
    "list": pl.List(pl.String()),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``aliases`` are further headings seen in exports, zh and en titles included."""

    name: str
    kind: Kind
    title: Text
    required: bool = False
    unit: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: float | None = None

    @property
    def dtype(self) -> pl.DataType:
        return DTYPES[self.kind]

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading that means this column."""
        return (self.name, self.title.zh, self.title.en, *self.aliases)


@dataclass(frozen=True, slots=True)
class Table:
    """One input table. ``key`` identifies a row on re-upload; ``clock`` is its time column."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    clock: str | None
    aliases: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def polars_schema(self) -> dict[str, pl.DataType]:
        return {column.name: column.dtype for column in self.columns}

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


EVENT_TYPES = (
    "impression", "click", "video_view", "video_complete", "stream_enter", "stream_exit",
    "heartbeat", "comment", "like", "share", "follow", "product_click", "add_cart", "order",
    "pay", "refund", "replay_view", "invite", "invite_accept", "coupon_use",
)  # fmt: skip
COST_CATEGORIES = (
    "host_commission", "slot_fee", "tech", "logistics", "ads", "reward", "content", "staff",
    "compliance", "insurance", "innovation", "other",
)  # fmt: skip


def _c(name: str, kind: Kind, zh: str, en: str, *aliases: str, req: bool = False, unit: str = "",
       choices: tuple[str, ...] = (), minimum: float | None = None) -> Column:  # fmt: skip
    return Column(name, kind, Text(zh, en), req, unit, aliases, choices, minimum)


_USER = ("用户id", "买家id", "会员id", "买家会员名", "uid", "customer_id", "user", "买家昵称")
_STREAM = ("直播间id", "场次id", "直播场次", "live_id", "room_id")
_SKU = ("商品编号", "商品编码", "商品ID", "SKU编码", "sku", "product_id", "Lineitem sku")
_PLATFORM = ("渠道平台", "来源平台", "source platform")
_CHANNEL = ("流量渠道", "流量来源", "来源渠道", "utm_source", "traffic channel")

_EVENTS = Table("events", Text("用户行为事件", "Viewer events"), (
    _c("event_ts", "timestamp", "事件时间", "Event time", "时间", "行为时间", "timestamp", req=True),
    _c("user_id", "string", "用户ID", "User id", *_USER, req=True),
    _c("event_type", "string", "事件类型", "Event type", "行为", "事件", "event", "event_name", req=True),
    _c("session_id", "string", "会话ID", "Session id", "session"),
    _c("platform", "string", "平台", "Platform", *_PLATFORM),
    _c("channel", "string", "渠道", "Channel", *_CHANNEL),
    _c("channel_class", "string", "渠道类别", "Channel class", "流量类别",
       choices=("platform", "kol", "private", "paid", "other")),
    _c("content_id", "string", "内容ID", "Content id", "视频id", "video_id"),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("sku_id", "string", "商品SKU", "SKU id", *_SKU),
    _c("campaign_id", "string", "计划ID", "Campaign id", "推广计划"),
    _c("experiment_id", "string", "实验ID", "Experiment id"),
    _c("variant", "string", "实验组", "Variant", "分组"),
    _c("referrer_id", "string", "邀请人ID", "Referrer id", "推荐人"),
    _c("wording_id", "string", "话术ID", "Wording id"),
    _c("region", "string", "地区", "Region", "省份", "province"),
    _c("age_band", "string", "年龄段", "Age band", "age"),
    _c("value", "float", "数值", "Value", "amount"),
), ("event_ts", "user_id", "event_type", "session_id", "content_id", "stream_id", "sku_id"),
    "event_ts", ("行为", "事件", "viewer_events", "event"))  # fmt: skip

_ORDERS = Table("orders", Text("订单", "Orders"), (
    _c("order_id", "string", "订单编号", "Order id", "订单号", "主订单编号", "Name", "order number", req=True),
    _c("order_ts", "timestamp", "下单时间", "Order time", "订单提交时间", "订单创建时间", "订单下单时间",
       "支付时间", "支付完成时间", "Created at", "Paid at", req=True),
    _c("user_id", "string", "用户ID", "User id", *_USER, "Email", req=True),
    _c("sku_id", "string", "商品SKU", "SKU id", *_SKU, req=True),
    _c("qty", "int", "数量", "Quantity", "商品数量", "成交数量", "件数", "Lineitem quantity", req=True,
       unit="count", minimum=0),
    _c("paid_amount", "float", "实付金额", "Paid amount", "实付款", "买家实际支付金额", "买家实付金额",
       "订单实际支付金额", "用户支付金额", "Total", req=True, unit="CNY", minimum=0),
    _c("line_no", "int", "行号", "Line number", "子订单序号"),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("host_id", "string", "主播ID", "Host id", "达人ID"),
    _c("platform", "string", "平台", "Platform", *_PLATFORM),
    _c("channel", "string", "渠道", "Channel", *_CHANNEL),
    _c("list_amount", "float", "原价金额", "List amount", "订单应付金额", unit="CNY"),
    _c("discount", "float", "店铺优惠", "Discount", "优惠金额", "Discount Amount", unit="CNY"),
    _c("platform_coupon", "float", "平台优惠", "Platform coupon", unit="CNY"),
    _c("shipping_fee", "float", "运费", "Shipping fee", "Shipping", unit="CNY"),
    _c("commission", "float", "佣金", "Commission", "预估推广佣金", "带货费用", unit="CNY"),
    _c("value_added_income", "float", "增值收入", "Value-added income", unit="CNY"),
    _c("refund_amount", "float", "退款金额", "Refund amount", "商品已退款金额", "Refunded Amount",
       unit="CNY", minimum=0),
    _c("refund_ts", "timestamp", "退款时间", "Refund time", "退款成功时间"),
    _c("refund_reason", "string", "退款原因", "Refund reason", "售后原因"),
    _c("ship_ts", "timestamp", "发货时间", "Ship time", "Fulfilled at"),
    _c("deliver_ts", "timestamp", "签收时间", "Delivery time", "送达时间"),
    _c("warehouse", "string", "仓库", "Warehouse", "发货仓"),
    _c("region", "string", "地区", "Region", "省份", "收货省份", "Shipping Province"),
    _c("is_complaint", "bool", "是否投诉", "Complaint", "投诉"),
    _c("referrer_id", "string", "邀请人ID", "Referrer id", "推荐人"),
), ("order_id", "line_no", "sku_id"), "order_ts", ("订单明细", "订单列表", "order"))  # fmt: skip

_STREAMS = Table("streams", Text("直播场次", "Streams"), (
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM, req=True),
    _c("start_ts", "timestamp", "开播时间", "Start time", "直播开始时间", req=True),
    _c("end_ts", "timestamp", "下播时间", "End time", "直播结束时间", req=True),
    _c("platform", "string", "平台", "Platform", *_PLATFORM, req=True),
    _c("host_id", "string", "主播ID", "Host id", "主播昵称", "主播抖音号", req=True),
    _c("category", "string", "品类", "Category", "类目", req=True),
    _c("series", "string", "系列", "Series", "栏目"),
    _c("stage", "string", "阶段", "Stage", choices=("trial", "test", "first", "regular", "member")),
    _c("layer", "string", "内容层级", "Layer"),
    _c("tags", "list", "标签", "Tags", "标签列表"),
    _c("script_id", "string", "脚本ID", "Script id"),
    _c("region_target", "string", "目标地区", "Target region"),
    _c("tz", "string", "时区", "Time zone"),
    _c("viewers", "int", "观看人数", "Viewers", "直播间观看人数", unit="count", minimum=0),
    _c("impressions", "int", "曝光次数", "Impressions", "直播间曝光次数", "直播间曝光人数",
       unit="count", minimum=0),
    _c("buyers", "int", "成交人数", "Buyers", "直播间成交人数", unit="count", minimum=0),
    _c("gmv", "float", "成交金额", "GMV", "直播间成交金额", "直播间用户支付金额", unit="CNY", minimum=0),
    _c("assistants", "int", "助播人数", "Assistants", unit="count", minimum=0),
    _c("interruption_s", "float", "中断秒数", "Interruption", unit="s", minimum=0),
    _c("bgm_tempo", "float", "音乐节奏", "Music tempo", "bpm", unit="bpm"),
    _c("slot_fee", "float", "坑位费", "Slot fee", unit="CNY", minimum=0),
    _c("planned_gmv", "float", "目标成交金额", "Planned GMV", unit="CNY", minimum=0),
), ("stream_id",), "start_ts", ("直播间列表", "直播列表", "直播", "stream", "lives"))  # fmt: skip

_MINUTES = Table("stream_minutes", Text("直播分钟数据", "Stream minutes"), (
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM, req=True),
    _c("minute_ts", "timestamp", "分钟", "Minute", "时间", req=True),
    _c("online", "int", "在线人数", "Online viewers", "实时在线人数", req=True, unit="count", minimum=0),
    _c("enters", "int", "进入人数", "Enters", "进房人数", unit="count", minimum=0),
    _c("exits", "int", "离开人数", "Exits", "离房人数", unit="count", minimum=0),
    _c("comments", "int", "评论数", "Comments", "评论次数", unit="count", minimum=0),
    _c("likes", "int", "点赞数", "Likes", "点赞次数", unit="count", minimum=0),
    _c("product_clicks", "int", "商品点击", "Product clicks", "商品点击次数", unit="count", minimum=0),
    _c("add_cart", "int", "加购数", "Add to cart", "加购", unit="count", minimum=0),
    _c("orders", "int", "订单数", "Orders", "成交订单数", unit="count", minimum=0),
    _c("gmv", "float", "成交金额", "GMV", unit="CNY", minimum=0),
    _c("latency_s", "float", "延迟秒数", "Latency", "延迟", unit="s", minimum=0),
    _c("stutter_rate", "float", "卡顿率", "Stutter rate", unit="rate", minimum=0),
    _c("segment", "string", "环节", "Segment"),
    _c("action_tag", "string", "动作", "Action"),
    _c("sku_on_air", "string", "在播商品", "SKU on air"),
    _c("reward_cost", "float", "福利成本", "Reward cost", unit="CNY", minimum=0),
), ("stream_id", "minute_ts"), "minute_ts", ("分钟", "minutes", "minute"))  # fmt: skip

_CONTENTS = Table("contents", Text("短视频内容", "Short videos"), (
    _c("content_id", "string", "内容ID", "Content id", "视频ID", "素材ID", req=True),
    _c("publish_ts", "timestamp", "发布时间", "Publish time", req=True),
    _c("platform", "string", "平台", "Platform", *_PLATFORM, req=True),
    _c("views", "int", "播放量", "Views", "播放次数", req=True, unit="count", minimum=0),
    _c("completes", "int", "完播数", "Completes", "完播次数", req=True, unit="count", minimum=0),
    _c("type", "string", "类型", "Type"),
    _c("tags", "list", "标签", "Tags"),
    _c("layer", "string", "内容层级", "Layer"),
    _c("author_id", "string", "作者ID", "Author id"),
    _c("is_ugc", "bool", "是否用户创作", "User-made"),
    _c("ugc_state", "string", "征集状态", "UGC state"),
    _c("clicks", "int", "点击量", "Clicks", unit="count", minimum=0),
), ("content_id",), "publish_ts", ("短视频", "视频", "content", "videos"))  # fmt: skip

_CHANNEL_DAILY = Table("channel_daily", Text("渠道日报", "Channel daily"), (
    _c("date", "date", "日期", "Date", req=True),
    _c("platform", "string", "平台", "Platform", *_PLATFORM, req=True),
    _c("channel", "string", "渠道", "Channel", *_CHANNEL, req=True),
    _c("slot", "string", "资源位", "Slot", "推荐位"),
    _c("impressions", "int", "曝光量", "Impressions", "曝光次数", unit="count", minimum=0),
    _c("clicks", "int", "点击量", "Clicks", "点击次数", unit="count", minimum=0),
    _c("cost", "float", "消耗", "Cost", "花费", "整体消耗", unit="CNY", minimum=0),
), ("date", "platform", "channel", "slot"), "date", ("渠道", "channels"))  # fmt: skip

_COSTS = Table("costs", Text("成本", "Costs"), (
    _c("cost_date", "date", "费用日期", "Cost date", "日期", "date", req=True),
    _c("category", "string", "费用类别", "Cost category", "费用类型", req=True, choices=COST_CATEGORIES),
    _c("amount", "float", "金额", "Amount", "费用金额", req=True, unit="CNY"),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("channel", "string", "渠道", "Channel", *_CHANNEL),
    _c("campaign_id", "string", "计划ID", "Campaign id"),
    _c("track", "string", "预算轨道", "Budget track", choices=("core", "elastic", "reserve")),
    _c("note", "string", "备注", "Note", "说明"),
), ("cost_date", "category", "stream_id", "channel", "campaign_id", "note"), "cost_date",
    ("费用", "cost", "支出"))  # fmt: skip

_COMMENTS = Table("comments", Text("评论与客服", "Comments and service"), (
    _c("ts", "timestamp", "时间", "Time", "评论时间", "发布时间", req=True),
    _c("text", "string", "内容", "Text", "评论内容", "comment", req=True),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("user_id", "string", "用户ID", "User id", *_USER),
    _c("host_id", "string", "主播ID", "Host id"),
    _c("sku_id", "string", "商品SKU", "SKU id", *_SKU),
    _c("source", "string", "来源", "Source", choices=("live", "review", "service", "social")),
    _c("rating", "int", "评分", "Rating", "星级", unit="stars"),
    _c("first_response_s", "float", "首次响应秒数", "First response", unit="s", minimum=0),
    _c("handled_by", "string", "处理方", "Handled by", choices=("human", "bot")),
    _c("is_complaint", "bool", "是否投诉", "Complaint", "投诉"),
), ("ts", "text", "stream_id", "user_id", "source"), "ts", ("评论", "comment", "客服", "弹幕"))  # fmt: skip

_PRODUCTS = Table("products", Text("商品", "Products"), (
    _c("sku_id", "string", "商品SKU", "SKU id", *_SKU, req=True),
    _c("name", "string", "商品名称", "Name", "商品标题", "宝贝标题", "title", req=True),
    _c("category", "string", "品类", "Category", "类目", req=True),
    _c("price", "float", "售价", "Price", "单价", req=True, unit="CNY", minimum=0),
    _c("unit_cost", "float", "单位成本", "Unit cost", "成本价", req=True, unit="CNY", minimum=0),
    _c("subcategory", "string", "子类目", "Subcategory"),
    _c("supply_mode", "string", "供货方式", "Supply mode", choices=("commission", "own")),
    _c("commission_rate", "float", "佣金率", "Commission rate", unit="rate", minimum=0),
    _c("brand", "string", "品牌", "Brand"),
    _c("supplier", "string", "供应商", "Supplier"),
    _c("auth_expiry", "date", "授权到期日", "Authorisation expiry"),
    _c("trace_id", "string", "溯源ID", "Trace id"),
    _c("required_licence", "string", "所需资质", "Required licence"),
    _c("trial_start", "date", "试播开始日", "Trial start"),
), ("sku_id",), None, ("商品列表", "sku", "product", "货品"))  # fmt: skip

_INVENTORY = Table("inventory", Text("库存", "Inventory"), (
    _c("date", "date", "日期", "Date", req=True),
    _c("sku_id", "string", "商品SKU", "SKU id", *_SKU, req=True),
    _c("warehouse", "string", "仓库", "Warehouse", req=True),
    _c("tier", "string", "仓库层级", "Warehouse tier", req=True, choices=("origin", "central", "live")),
    _c("on_hand", "int", "在库数量", "On hand", "库存", req=True, unit="count", minimum=0),
    _c("inbound", "int", "入库数量", "Inbound", unit="count", minimum=0),
    _c("outbound", "int", "出库数量", "Outbound", unit="count", minimum=0),
), ("date", "sku_id", "warehouse"), "date", ("库存", "stock"))  # fmt: skip

_HOSTS = Table("hosts", Text("主播与人员", "Hosts and people"), (
    _c("host_id", "string", "主播ID", "Host id", "人员ID", req=True),
    _c("name", "string", "姓名", "Name", "昵称", req=True),
    _c("role", "string", "角色", "Role", "岗位", req=True),
    _c("status", "string", "状态", "Status", req=True),
    _c("tier", "string", "等级", "Tier"),
    _c("stage", "string", "阶段", "Stage"),
    _c("fans", "int", "粉丝数", "Fans", unit="count", minimum=0),
    _c("category", "string", "品类", "Category"),
    _c("skills", "list", "技能", "Skills"),
    _c("licences", "list", "资质", "Licences"),
    _c("review_state", "string", "背书审核", "Review state"),
    _c("hire_channel", "string", "招聘渠道", "Hire channel"),
    _c("mentor", "string", "导师", "Mentor"),
    _c("hired", "date", "入职日期", "Hired"),
    _c("left", "date", "离职日期", "Left"),
    _c("solo", "date", "独立开播日", "Solo since"),
    _c("trained_modules", "list", "已训模块", "Trained modules"),
    _c("kind", "string", "类型", "Kind", choices=("own", "kol", "partner")),
), ("host_id",), None, ("主播", "达人", "host", "人员"))  # fmt: skip

_SCRIPTS = Table("scripts", Text("脚本话术", "Scripts"), (
    _c("script_id", "string", "脚本ID", "Script id", req=True),
    _c("text", "string", "脚本内容", "Text", "话术", "内容", req=True),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("template_id", "string", "模板ID", "Template id"),
    _c("segment", "string", "环节", "Segment"),
    _c("checked_ts", "timestamp", "审核时间", "Checked at"),
), ("script_id", "segment"), None, ("脚本", "话术", "script"))  # fmt: skip

_SURVEYS = Table("surveys", Text("问卷", "Surveys"), (
    _c("ts", "timestamp", "时间", "Time", req=True),
    _c("kind", "string", "问卷类型", "Kind", req=True,
       choices=("nps", "brand", "satisfaction", "360", "assessment")),
    _c("score", "float", "评分", "Score", "得分", req=True),
    _c("user_id", "string", "用户ID", "User id", *_USER),
    _c("subject_id", "string", "被评人ID", "Subject id"),
    _c("stream_id", "string", "直播场次ID", "Stream id", *_STREAM),
    _c("tag", "string", "标签", "Tag"),
    _c("rater", "string", "评价人", "Rater"),
), ("ts", "kind", "user_id", "subject_id", "stream_id", "tag"), "ts", ("问卷", "survey"))  # fmt: skip

_BENCHMARKS = Table("benchmarks", Text("行业基准", "Benchmarks"), (
    _c("metric", "string", "指标", "Metric", req=True),
    _c("scope", "string", "范围", "Scope", req=True),
    _c("mean", "float", "均值", "Mean", "平均值", req=True),
    _c("sd", "float", "标准差", "Standard deviation", req=True, minimum=0),
    _c("source", "string", "来源", "Source"),
    _c("year", "int", "年份", "Year"),
), ("metric", "scope", "year"), None, ("行业", "benchmark", "基准"))  # fmt: skip

_PLAN = Table("plan", Text("预算计划", "Plan"), (
    _c("period", "string", "周期", "Period", req=True),
    _c("line", "string", "计划项", "Line", "科目", req=True),
    _c("amount", "float", "金额", "Amount", "计划金额", req=True),
    _c("total_sales", "float", "全渠道销售额", "Total sales", unit="CNY", minimum=0),
), ("period", "line"), None, ("计划", "预算", "budget"))  # fmt: skip

_TARGETS = Table("targets", Text("目标", "Targets"), (
    _c("key", "string", "目标项", "Key", req=True),
    _c("value", "float", "目标值", "Value", req=True),
    _c("unit", "string", "单位", "Unit"),
    _c("direction", "string", "方向", "Direction", choices=("ge", "le", "gt", "lt", "eq", "range")),
    _c("scope", "string", "范围", "Scope"),
    _c("from", "date", "起始日期", "From"),
    _c("to", "date", "截止日期", "To"),
), ("key", "scope", "from"), None, ("目标", "target"))  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _EVENTS, _ORDERS, _STREAMS, _MINUTES, _CONTENTS, _CHANNEL_DAILY, _COSTS, _COMMENTS,
        _PRODUCTS, _INVENTORY, _HOSTS, _SCRIPTS, _SURVEYS, _BENCHMARKS, _PLAN, _TARGETS,
    )
}  # fmt: skip
