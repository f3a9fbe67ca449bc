"""The one XML parser: what it reads, what it refuses, and how soon."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from engine.workflow.xml import (
    BPMN,
    DMN,
    DiagramEmpty,
    DiagramNotText,
    DiagramRefused,
    DiagramTooDeep,
    DiagramTooLarge,
    DoctypeRefused,
    NotXml,
    WrongRoot,
    parse,
)

OPEN = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
CLOSE = b"</definitions>"
DIAGRAM = OPEN + '<process id="p" name="装修"/>'.encode() + CLOSE


def test_a_diagram_is_read():
    root = parse(DIAGRAM)
    assert etree.QName(root).localname == "definitions"
    assert root[0].get("name") == "装修"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + DIAGRAM,
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + DIAGRAM,
        b"<?xml version='1.0' encoding='utf-8' standalone='yes'?>" + DIAGRAM,
    ],
)
def test_usual_beginnings_are_accepted(data):
    assert len(parse(data)) == 1


def test_a_decision_of_every_version_is_read():
    for root in DMN:
        namespace = etree.QName(root).namespace
        data = f'<definitions xmlns="{namespace}"/>'.encode()
        assert parse(data, roots=DMN).tag == root


def test_stylesheets_and_comments_are_dropped():
    head = b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><!-- note -->'
    root = parse(head + OPEN + b"<?a b?><!-- note --><process/>" + CLOSE)
    assert [etree.QName(child).localname for child in root] == ["process"]
    assert root.getprevious() is None


def test_an_inclusion_stays_unread(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}"/>'
    root = parse(OPEN + include.encode() + CLOSE)
    assert b"secret</" not in etree.tostring(root) and len(root) == 1


DEEP = b"<a>" * 10_000 + b"</a>" * 10_000
ENTITIES = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "refusal", "words"),
    [
        (b"", DiagramEmpty, "空的"),
        (b" \n\t", DiagramEmpty, "空的"),
        ("你好".encode(), NotXml, "第 1 行不是正确的 XML"),
        (OPEN + b"\n<process>\n" + CLOSE, NotXml, "第 3 行"),
        (DIAGRAM + b"<x/>", NotXml, "第 1 行"),
        (OPEN, NotXml, "第 1 行"),
        (OPEN + b"\n&name;" + CLOSE, NotXml, "第 2 行不是正确的 XML:Entity 'name'"),
        (OPEN + b"&#0;" + CLOSE, NotXml, "第 1 行"),
        (b"\n<!DOCTYPE d>" + DIAGRAM, DoctypeRefused, "第 2 行有 DOCTYPE"),
        (ENTITIES + OPEN + b"&b;" + CLOSE, DoctypeRefused, "第 1 行有 DOCTYPE"),
        (
            b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">' + DIAGRAM,
            DoctypeRefused,
            "DOCTYPE",
        ),
        (b"\xef\xbb\xbf<!DOCTYPE d>" + DIAGRAM, DoctypeRefused, "DOCTYPE"),
        (OPEN + b'<!ENTITY a "b">' + CLOSE, DoctypeRefused, "ENTITY"),
        (DEEP, DiagramTooDeep, "嵌套超过 200 层"),
        (b"<a>" * 1_600_000, DiagramTooDeep, "嵌套超过 200 层"),
        (OPEN + b"\n" + DEEP[:750], DiagramTooDeep, "第 2 行"),
        (b"<x/>", WrongRoot, "根元素是“x”"),
        (OPEN.replace(b"MODEL", b"MODE") + CLOSE, WrongRoot, "“definitions”"),
        (DIAGRAM.decode().encode("utf-16"), DiagramNotText, "UTF-8"),
        (DIAGRAM.decode().encode("utf-16-le"), DiagramNotText, "UTF-8"),
        (DIAGRAM.decode().encode("utf-32"), DiagramNotText, "UTF-8"),
        (DIAGRAM.decode().encode("gb18030"), DiagramNotText, "第 1 行"),
        (OPEN + b"\n\0" + CLOSE, DiagramNotText, "第 2 行"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + OPEN + CLOSE, DiagramNotText, ""),
        (b"<?xml version='1.0' encoding = 'utf-16'?>" + DIAGRAM, DiagramNotText, ""),
        (b'<?xml version="1.0" encoding="GBK"?>' + OPEN + CLOSE, DiagramNotText, ""),
        (OPEN + b" " * 5_000_000 + CLOSE, DiagramTooLarge, "上限 5000000 字节"),
    ],
)
def test_a_refusal_says_what_and_where_and_costs_nothing(data, refusal, words):
    started = time.process_time()
    with pytest.raises(refusal) as refused:
        parse(data)
    assert time.process_time() - started < 0.5
    assert isinstance(refused.value, DiagramRefused) and refused.value.status == 422
    assert words in str(refused.value)


def test_nesting_up_to_the_limit_is_read():
    inner = b"<a>" * 199 + b"</a>" * 199
    assert len(parse(OPEN + inner + CLOSE)) == 1
    with pytest.raises(DiagramTooDeep):
        parse(OPEN + b"<a>" + inner + b"</a>" + CLOSE)


def test_the_caller_may_ask_for_one_root_and_a_smaller_file():
    with pytest.raises(WrongRoot):
        parse(DIAGRAM, roots=DMN)
    with pytest.raises(DiagramTooLarge):
        parse(DIAGRAM, roots=BPMN, max_bytes=50)
