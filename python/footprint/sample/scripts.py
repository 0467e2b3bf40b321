"""Scripts: most of them bargain and gift talk, some near copies (PT33); two with absolute claims, one
on a stream with many returns (PT06) and one on a stream without (its null twin)."""

from __future__ import annotations

import polars as pl

from footprint.sample.world import World

CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN = "SC-49", "SC-50"

# One row per theme: goods, where they come from, how they are made, a scene, a question to viewers.
_THEMES: tuple[tuple[str, str, str, str, str], ...] = (
    ("五常大米", "黑龙江稻田", "晚熟一季慢慢长成", "早上煮一锅满屋都是米香", "大家平时爱吃软一点还是有嚼劲的"),
    ("阿克苏苹果", "天山雪水浇灌的果园", "霜降之后才动手采摘", "切开能看见糖心纹路", "评论区说说孩子喜欢脆的还是面的"),
    ("赣南脐橙", "红土丘陵", "人工分拣大小均匀", "榨汁前先闻闻果皮的清香", "有没有试过用橙皮泡茶的朋友"),
    ("丹东草莓", "鸭绿江边的暖棚", "清晨带露水装箱", "洗净就能配酸奶做早餐", "想看冷链怎么打包的扣个想字"),
    ("洗衣凝珠", "本地工厂", "一颗对应一桶衣服", "滚筒里直接丢进去就行", "家里机洗多还是手洗多"),
    ("抽纸整箱", "南方竹浆基地", "三层压花不掉屑", "沾水擦桌子试给大家看", "一个月你家要用掉几包"),
    ("厨房湿巾", "无尘车间", "加厚珍珠纹路", "抽油烟机上的老油渍现场擦", "最难清理的角落在哪里"),
    ("浓缩洗洁精", "老牌日化厂", "泡沫细腻容易冲净", "用它洗一盘葡萄给大家瞧", "水温对去油的影响谁知道"),
    ("保湿精华", "实验室小批量灌装", "质地像水一样轻", "手背推开三秒看吸收", "你是晨间用还是睡前用"),
    ("修护面霜", "植物提取工艺", "膏体挖取不粘勺", "换季脸颊起皮时厚敷一层", "干皮和油皮分别举个手"),
    ("洁面乳", "氨基酸配方线", "打泡网揉搓出绵密泡沫", "卸完妆再洗一遍脸不紧绷", "大家洗脸用温水还是冷水"),
    ("防晒乳", "户外测试场", "成膜快不搓泥", "骑车通勤之前先涂好", "补涂的频率有人了解吗"),
    ("亚麻衬衫", "北纬四十五度的亚麻田", "水洗之后越穿越柔", "下摆塞进去显得利落", "肩宽的姐妹先报身高体重"),
    ("针织开衫", "羊绒小镇的老师傅", "罗纹收口不易变形", "空调房里披一件正好", "你衣柜里缺哪种颜色"),
    ("直筒牛仔裤", "水洗工坊", "面料带一点弹力", "坐下弯腰都不勒肚子", "裤长要九分还是盖住鞋面"),
    ("风衣", "老裁缝的版房", "袖口可以翻折两道", "走几步看衣摆的垂感", "秋天通勤怎么搭鞋子"),
    ("牛肉干", "内蒙古草原", "慢火烘足六小时", "追剧的时候撕着吃", "辣度选几级告诉主播"),
    ("坚果", "新疆与云南两处产区", "低温烘烤保住油润", "拌进沙拉里口感丰富", "一天一小把够不够"),
    ("藜麦脆", "青海高原", "非油炸薄片", "下午茶配无糖乌龙", "减脂期的朋友有没有问题"),
    ("海苔卷", "渤海湾养殖场", "头水紫菜两次焙烤", "孩子放学垫垫肚子", "海苔你爱原味还是芝麻夹心"),
    ("果干", "广西芒果园", "切片后冷冻脱水", "泡水喝也有果味", "猜猜几斤鲜果出一斤干"),
    ("燕麦片", "坝上草原", "整粒压片没有碎渣", "隔夜泡牛奶第二天带走", "早餐你能接受几分钟"),
    ("酸辣粉", "重庆老街铺子", "红薯粉条手工漏制", "深夜加班泡一碗冒汗", "醋多还是辣多投个票"),
    ("手撕面包", "中央厨房当天出炉", "七十二层起酥", "微波炉加热十秒更松软", "家里谁是面包控"),
    ("四件套", "长绒棉产地", "四十支纱贡缎织法", "铺上床像酒店一样平整", "床是一米五还是一米八"),
    ("收纳箱", "注塑车间", "承重六十公斤不塌", "换季羽绒服全装进去", "阳台还是衣柜里缺箱子"),
    ("香薰灯", "设计师工作室", "暖光三挡调节", "睡前滴两滴薰衣草", "你卧室的灯是什么色温"),
    ("记忆枕", "睡眠研究所", "慢回弹托住颈椎", "侧睡仰睡各示范一次", "落枕过的朋友有多少"),
    ("益生菌", "十万级洁净车间", "独立小条方便携带", "出差路上随时冲一杯", "胃口不规律的举手"),
    ("蛋白粉", "进口乳清原料", "摇匀没有结块", "运动结束半小时内喝", "健身房和在家练各占多少"),
    ("护眼仪", "深圳智造园区", "热敷温度可控", "午休戴上听首歌", "一天对着屏幕几个钟头"),
    ("养生壶", "佛山小家电基地", "高硼硅玻璃壶身", "枸杞红枣炖煮演示", "办公室能不能用电壶"),
    ("卤蛋", "山东蛋品厂", "老汤浸足一夜", "配泡面或者当早点", "蛋黄流心你吃得惯吗"),
    ("冻干莓", "云南高原莓园", "零下四十度锁色", "撒在冰淇淋上拍照", "莓果里最喜欢哪一种"),
    ("辣酱", "湖南剁椒坊", "坛子封存三个月", "拌饭拌面都来一勺", "能吃辣的省份报到"),
    ("核桃酥", "徽州糕点铺", "猪油换成植物黄油", "老人配热茶慢慢品", "小时候吃过这个味道吗"),
    ("芝麻丸", "河南芝麻乡", "九蒸九晒古法揉制", "办公抽屉里常备一罐", "黑发养护有什么心得"),
    ("豆腐干", "四川小镇作坊", "卤制之后再烘香", "爬山背包里塞几包", "五香麻辣怎么选"),
    ("虾片", "舟山渔港", "鲜虾打浆切片", "油温六成看它鼓起来", "过年家里会炸吗"),
    ("米线", "云南蒙自", "陈米发酵压丝", "浇头自己搭配", "过桥的吃法谁会"),
)  # fmt: skip
_BARGAIN = (
    "来跟主播砍价，喊到大家满意为止，再加送一份赠品。",
    "这一轮我跟厂家砍价砍了两小时，下单都有赠品带走。",
    "砍价环节开始，刷到一百个赞，赠品直接翻倍。",
    "老板在旁边，我们当场砍价，赠品名额看手速。",
)
_PLAIN_END = ("有疑问打在公屏上，主播逐条回答。", "详情页写清了规格和产地，慢慢看不着急。")
_CLAIMS = "这款{goods}全网最低价，品质国家级，效果百分之百有效，放心闭眼入。"


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
        "script_id": [f"SC-{n + 1:02d}" for n in range(rows - 2)] + [CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN],
        "text": texts,
        "segment": ["全场"] * rows,
    })  # fmt: skip


def ordinary_ids(world: World) -> list[str]:
    """Scripts without claims, for the streams that have no script of their own."""
    return [
        one for one in scripts(world)["script_id"] if one not in (CLAIM_SCRIPT, CLAIM_SCRIPT_TWIN)
    ]


def _theme(number: int) -> tuple[str, str, str, str, str]:
    return _THEMES[number % len(_THEMES)]


def _bargain(theme: int, copy: int) -> str:
    goods, origin, craft, scene, ask = _theme(theme)
    opening = "家人们晚上好" if not copy else "家人们中午好"
    return (
        f"{opening}，今天带来{goods}，来自{origin}，{craft}。{scene}，{ask}？"
        f"{_BARGAIN[theme % len(_BARGAIN)]}"
    )


def _plain(theme: int) -> str:
    goods, origin, craft, scene, ask = _theme(theme)
    return f"这一段讲{goods}。它出自{origin}，{craft}。{scene}。{ask}？{_PLAIN_END[theme % 2]}"


def _claim(theme: int) -> str:
    goods, origin, craft, scene, _ = _theme(theme)
    return f"朋友们看过来，{origin}的{goods}，{craft}，{scene}。{_CLAIMS.format(goods=goods)}"
