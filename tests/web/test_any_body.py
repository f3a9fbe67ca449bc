"""No posted body breaks a page or brings in a key that the form does not declare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.forms import Form
from engine.runtime import FUNCTION_NAMES
from engine.store.tables import Case, Task
from tests.cast import Office
from tests.web.browsing import BOUNDARY, MULTIPART, Visitor
from tests.web.patrol import CLERK, FORM, RIGHT, filled, open_patrol

Arrives = Callable[[str], Visitor]
Pairs = list[tuple[str, bytes]]
DECLARED = Form.parse(FORM, FUNCTION_NAMES)
NAMES = [own.name for own in DECLARED.fields]
COLUMNS = [column.name for own in DECLARED.fields for column in own.columns]
URLENCODED = "application/x-www-form-urlencoded"
KINDS = [
    URLENCODED,
    f"{URLENCODED}; charset=utf-16",
    MULTIPART,
    "multipart/form-data",
    "multipart/form-data; boundary=",
    f"multipart/form-data; boundary={'x' * 300}",
    "multipart/mixed; boundary=x",
    "application/json",
    "text/plain",
    "",
]
names = st.one_of(
    st.sampled_from([*NAMES, "_op", "_was.owner_name", "photos__upload", "_once"]),
    st.builds(
        "{}.{}.{}".format,
        st.sampled_from(["items", "kind", "sig_owner", "photos"]),
        st.integers(-2, 10**7) | st.just(10**30) | st.text(max_size=3),
        st.sampled_from(COLUMNS) | st.text(max_size=4),
    ),
    st.sampled_from(["sig_owner.name", "sig_owner.image", "items", "a.b.c.d.e.f", ""]),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20).map(str.encode),
    st.sampled_from([own.encode() for own in RIGHT.values() if isinstance(own, str)]),
    st.sampled_from(
        ["1e999", "9" * 5_000, "-" * 60, "٣", "add:items", "del:items:0"]
    ).map(str.encode),
    st.binary(max_size=12),
    st.sampled_from(["甲".encode("gb18030"), "甲".encode("utf-16"), b"\xed\xa0\x80"]),
)
pairs = st.lists(st.tuples(names, texts), max_size=8).flatmap(
    lambda some: st.just(some) | st.just(some * 3)
)
OPS = ["submit", "draft", "refresh", "add:items", "del:items:0", "add:kind", "nonsense"]


def urlencoded(sent: Pairs) -> bytes:
    return b"&".join(
        (quote_from_bytes(name.encode()) + "=" + quote_from_bytes(text)).encode()
        for name, text in sent
    )


def multipart(sent: Pairs, named: bytes) -> bytes:
    head = b'Content-Disposition: form-data; name="'
    parts = [
        b"--"
        + BOUNDARY.encode()
        + b"\r\n"
        + head
        + name.encode()
        + b'"'
        + named
        + b"\r\n\r\n"
        + text
        + b"\r\n"
        for name, text in sent
    ]
    return b"".join([*parts, b"--" + BOUNDARY.encode() + b"--\r\n"])


@pytest.fixture
def clerk(arrives: Arrives) -> Visitor:
    return arrives(CLERK)


def proved(office: Office, address: str) -> None:
    """The case holds what its form declares, and a draft is text by name."""
    with office.sessions() as session:
        task = session.get_one(Task, address.rsplit("/", 1)[1])
        case = session.scalars(select(Case).where(Case.id == task.case_id)).one()
        assert set(case.data) <= {*NAMES}
        for row in case.data.get("items") or ():
            assert set(row) == {*COLUMNS}
        for name, each in (task.draft or {}).items():
            assert isinstance(name, str) and isinstance(each, list)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    sent=pairs,
    kind=st.sampled_from(KINDS),
    op=st.sampled_from(OPS),
    place=st.sampled_from(["", "", "", "/draft", "/claim", "/files"]),
    named=st.sampled_from([b"", b'; filename="a.png"', b'; filename=""', b"\r\nX: y"]),
)
def test_no_body_breaks_a_form(
    office: Office,
    clerk: Visitor,
    address: str,
    sent: Pairs,
    kind: str,
    op: str,
    place: str,
    named: bytes,
) -> None:
    whole = [*sent, ("_op", op.encode())]
    body = multipart(whole, named) if kind == MULTIPART else urlencoded(whole)
    answer = clerk.client.post(
        address + place,
        data=body,
        content_type=kind,
        headers={"X-CSRFToken": clerk.token()},
    )
    assert answer.status_code < 500
    proved(office, address)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sent=pairs)
def test_a_right_form_with_anything_beside_it_brings_in_nothing_else(
    office: Office, clerk: Visitor, sent: Pairs
) -> None:
    address = open_patrol(office)
    form = filled(clerk, address)
    more = [(name, text.decode("utf-8", "replace")) for name, text in sent]
    right: list[Any] = [*form.pairs, ("_op", "submit")]
    answer = clerk.post(address, [*more, *right], multipart=True)
    assert answer.status_code in (303, 400, 422)  # 400: a part without a name
    proved(office, address)


@pytest.fixture
def address(office: Office) -> str:
    return open_patrol(office)
