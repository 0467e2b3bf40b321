"""Import one text as a file, without a workspace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from footprint.ingest.source import load

from .reading import Read, ingest

KEY = b"a secret of the tests"
Take = Callable[..., Read]


@pytest.fixture
def take() -> Take:
    """``take(name, content, table=..., mapping=..., tz=...)`` gives the one sheet of the file."""

    def run(name: str, content: str | bytes, *, tz: str = "Asia/Shanghai", **options) -> Read:
        data = content if isinstance(content, bytes) else content.encode()
        (sheet,), _ = ingest(load((name, data)), tz=tz, key=KEY, **options)
        return sheet

    return run


HEAD = "order_id,order_ts,user_id,sku_id,qty,paid_amount"


@pytest.fixture
def orders(take: Take) -> Take:
    """``orders(*rows)``: an orders file with the required headings and these lines."""

    def run(*rows: str, head: str = HEAD, **options) -> Read:
        return take("orders.csv", "\n".join((head, *rows)) + "\n", **options)

    return run
