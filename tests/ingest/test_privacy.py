"""Privacy at the door: nothing that reaches a person gets into a workspace."""

from __future__ import annotations

import hashlib
import hmac
import re

import polars as pl
import pytest
from footprint.ingest.privacy import is_personal_heading, masked, pseudonyms
from hypothesis import given, settings
from hypothesis import strategies as st

KEY = b"one workspace"
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
EMAILS = st.from_regex(r"[a-z]{1,8}\.?[a-z0-9]{1,8}@[a-z]{2,8}\.(com|cn|com\.cn)", fullmatch=True)
IDENTITIES = st.from_regex(
    r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9X]",
    fullmatch=True,
)
PERSONAL = st.one_of(PHONES, EMAILS, IDENTITIES)
WORDS = st.text("我要退货电话请回拨 ,，。!a b", max_size=8)


@settings(deadline=None)
@given(st.lists(PERSONAL, min_size=1, max_size=20, unique=True))
def test_people_become_pseudonyms_equal_within_a_workspace(people: list[str]) -> None:
    once = pseudonyms(pl.Series(people), "user_id", KEY).to_list()
    assert once == pseudonyms(pl.Series(people), "买家", KEY).to_list()
    assert len(set(once)) == len({person.lower() for person in people})
    assert all(re.fullmatch(r"u_[0-9a-f]{20}", name) for name in once)
    other = pseudonyms(pl.Series(people), "user_id", b"another").to_list()
    assert not set(once) & set(other)
    assert pseudonyms(pl.Series(once), "手机号", KEY).to_list() == once


def test_plain_ids_stay_but_a_personal_heading_replaces_all() -> None:
    ids = pl.Series(["u1", "6912345678901234567", "tb_12345", None])
    assert pseudonyms(ids, "user_id", KEY).to_list() == ids.to_list()
    hidden = pseudonyms(ids, "收货人姓名", KEY).to_list()
    assert hidden[3] is None
    assert all(name.startswith("u_") for name in hidden[:3])


@settings(deadline=None)
@given(WORDS, PERSONAL, WORDS, PERSONAL, st.sampled_from([" ", ",", "，", "和", "/"]))
def test_contacts_in_text_are_masked(a: str, one: str, b: str, two: str, joint: str) -> None:
    (text,) = masked(pl.Series([f"{a} {one}{joint}{two} {b}"])).to_list()
    assert one not in text
    assert two not in text
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("打13800138000退款", "打138****8000退款"),
        ("+86 138-0013-8000", "+86 138****8000"),
        ("电话１３８００１３８０００", "电话１３８****８０００"),
        ("13800138000,13900139000", "138****8000,139****9000"),
        ("写信给 li.ming@shop.com.cn 吧", "写信给 l***@*** 吧"),
        ("身份证110101199003071233", "身份证110***************"),
    ],
)
def test_masks(text: str, hidden: str) -> None:
    assert masked(pl.Series([text])).to_list() == [hidden]


@pytest.mark.parametrize(
    "text", ["订单6912345678901234567", "12315投诉", "价格1380元", "2026-11-10 13:08:00", "好评"]
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert masked(pl.Series([text])).to_list() == [text]


def test_headings() -> None:
    personal = ["手机号", "收货人", "Email", "联系电话", "身份证号", "详细地址"]
    assert all(map(is_personal_heading, personal))
    assert not any(map(is_personal_heading, ["用户ID", "user_id", "商品SKU", "地区"]))


def test_nothing_personal_is_left_of_a_file(take) -> None:
    phone, mail = "13800138000", "a.b@shop.cn"
    text = (
        "order_id,order_ts,user_id,sku_id,qty,paid_amount,退款原因,收货人,手机号,地址\n"
        f"1,2026-11-10,{phone},s,1,5,call {phone},王小明,{phone},某路1号\n"
        f"2,2026-11-10,{mail},s,1,-5,mail {mail},王小明,{phone},某路1号\n"
        f"3,2026-11-10,{phone},s,王小明\n"
    )
    sheet = take("orders.csv", text)
    assert sheet.plan.personal == ("user_id", "收货人", "手机号", "地址")
    assert sheet.plan.dropped == ("收货人", "手机号", "地址")
    kept = str(sheet.good.rows()) + str(sheet.aside.rows())
    kept += str([reason.example for reason in sheet.reasons])
    assert phone not in kept
    assert mail not in kept
    assert "某路1号" not in kept
    assert "王小明" not in kept
    assert sheet.aside.height == 2


@given(st.text(max_size=12), st.binary(max_size=100))
def test_pseudonyms_are_hmac_sha256(person: str, key: bytes) -> None:
    (name,) = pseudonyms(pl.Series([person]), "手机号", key).to_list()
    same = person.strip().lower().encode()
    assert name == f"u_{hmac.new(key, same, hashlib.sha256).hexdigest()[:20]}"
