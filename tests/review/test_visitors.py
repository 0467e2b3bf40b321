"""Who may use a server: the access file, the roles, and the gate that no header talks round."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from footprint.access import Person, acting, person, require, resolve_by
from footprint.errors import Forbidden, UsageError
from footprint.visitors import SECRET_HEADER, Visitors, visitors

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from app.gate import PERSON_HEADER, admitted, name_in  # noqa: E402

SECRET = "s" * 40
PROXY = Visitors(
    "proxy", "x-forwarded-user", SECRET, ("10.0.0.1",),
    {"owner": ("wang@shop",), "editor": ("li@shop",), "viewer": ("*@shop",)},
)  # fmt: skip
Pairs = list[tuple[bytes, bytes]]


def sent(**headers: str) -> Pairs:
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]


def named(pairs: Pairs | None) -> str:
    assert pairs is not None
    return name_in((k.decode(), v.decode()) for k, v in pairs)


def test_the_highest_role_that_names_a_person_counts() -> None:
    roles = {name: PROXY.person(name).role for name in ("wang@shop", "li@shop", "zhao@shop", "x")}
    assert list(roles.values()) == ["owner", "editor", "viewer", "none"]
    assert PROXY.person("").role == PROXY.person("a\nb@shop").role == "none"
    assert PROXY.person("WANG@Shop").role == "owner"


def test_only_the_proxy_comes_in() -> None:
    good = sent(x_footprint_secret=SECRET, x_forwarded_user="li@shop")
    assert named(admitted(PROXY, good, ("10.0.0.1", 1), "/")) == "li@shop"
    assert admitted(PROXY, good, ("10.0.0.2", 1), "/") is None
    assert admitted(PROXY, good, None, "/") is None
    for bad in (
        sent(x_forwarded_user="wang@shop"),
        sent(x_footprint_secret="s" * 39, x_forwarded_user="wang@shop"),
        sent(x_footprint_secret="", x_forwarded_user="wang@shop"),
        sent(x_footprint_secret="密" * 40),
        [*good, (b"x-footprint-secret", b"guess")],
    ):
        assert admitted(PROXY, bad, ("10.0.0.1", 1), "/") is None


@pytest.mark.parametrize("name", [PERSON_HEADER, "X-Footprint-Person", "x_footprint_person"])
@pytest.mark.parametrize("mode", ["local", "proxy", "oidc"])
def test_nobody_names_himself(mode: str, name: str) -> None:
    people = Visitors(mode, "x-forwarded-user", SECRET, (), PROXY.roles)  # type: ignore[arg-type]
    pairs = [*sent(host="localhost", x_footprint_secret=SECRET, x_forwarded_user="zhao@shop"),
             (name.encode(), b"wang@shop")]  # fmt: skip
    assert named(admitted(people, pairs, ("127.0.0.1", 1), "/")) in ("", "zhao@shop")


def test_two_names_are_no_name_and_the_secret_goes_no_further() -> None:
    pairs = [*sent(x_footprint_secret=SECRET, x_forwarded_user="zhao@shop"),
             (b"X-Forwarded_User", b"wang@shop")]  # fmt: skip
    passed = admitted(PROXY, pairs, ("10.0.0.1", 1), "/")
    assert named(passed) == ""
    assert passed is not None and SECRET.encode() not in [value for _, value in passed]


def test_a_person_reaches_the_app_whatever_letters_the_name_has() -> None:
    pairs = sent(x_footprint_secret=SECRET, x_forwarded_user="王芳@shop")
    assert named(admitted(PROXY, pairs, ("10.0.0.1", 1), "/")) == "王芳@shop"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8501", "", "localhost@x"])
def test_alone_only_local_names_are_answered(host: str) -> None:
    assert admitted(Visitors(), sent(host=host), ("127.0.0.1", 1), "/") is None
    for fine in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"):
        assert admitted(Visitors(), sent(host=fine), ("127.0.0.1", 1), "/") is not None


def test_a_name_without_the_seal_of_the_gate_is_no_name() -> None:
    for forged in ("li%40shop", ".li%40shop", "x.li%40shop", "密.li%40shop"):
        assert name_in([("X-Footprint-Person", forged)]) == ""


def test_health_is_open_and_carries_no_name() -> None:
    pairs = sent(x_forwarded_user="wang@shop", host="probe")
    for people in (PROXY, Visitors()):
        assert named(admitted(people, pairs, ("10.9.9.9", 1), "/_stcore/health")) == ""


def test_whom_the_server_cannot_name_may_do_nothing() -> None:
    assert person().role == "owner"
    resolve_by(lambda: None)
    try:
        with pytest.raises(Forbidden):
            require("viewer")
        with acting(Person("job", "editor")):
            assert require("editor").name == "job"
    finally:
        resolve_by(None)


def test_an_access_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "access.toml"
    file.write_text(
        'mode = "proxy"\n[proxy]\nuser_header = "X-User"\naddresses = ["127.0.0.1"]\n'
        '[roles]\nowner = ["wang@shop"]\n'
    )
    monkeypatch.delenv("FOOTPRINT_PROXY_SECRET", raising=False)
    with pytest.raises(UsageError, match="secret"):
        visitors(file)
    monkeypatch.setenv("FOOTPRINT_PROXY_SECRET", SECRET)
    found = visitors(file)
    assert (found.mode, found.user_header, found.addresses) == ("proxy", "x-user", ("127.0.0.1",))
    assert found.is_proxy(SECRET, "127.0.0.1") and SECRET_HEADER == "x-footprint-secret"
    assert visitors(None).mode == "local"


@pytest.mark.parametrize(
    "text", ["mode = 'open'", "x = 1", "[roles]\nroot = ['a']", "mode = ", "mode = 'proxy' x"]
)
def test_an_access_file_that_is_not_in_order_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "access.toml"
    file.write_text(text)
    with pytest.raises(UsageError):
        visitors(file)
    with pytest.raises(UsageError):
        visitors(tmp_path / "none.toml")
