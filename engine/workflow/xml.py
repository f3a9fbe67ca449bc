"""Reads BPMN and DMN files that anybody may upload.

One parser for every diagram: no DOCTYPE and so no entities, no network, no files, UTF-8
only, a cap on size and on nesting. Comments and processing instructions are dropped:
SpiffWorkflow's readers trip over both.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from engine.errors import Refused

MAX_BYTES = 5_000_000
MAX_DEPTH = 200
BPMN = frozenset({"{http://www.omg.org/spec/BPMN/20100524/MODEL}definitions"})
DMN = frozenset(
    # DMN 1.1 to 1.5 each have a namespace of their own (OMG DMN, clause 13).
    f"{{{namespace}}}definitions"
    for namespace in (
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    )
)

_CHUNK = 65_536
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,40})[\"']")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class DiagramRefused(Refused):
    """这个图文件不能使用。"""

    status = 422


class DiagramEmpty(DiagramRefused):
    """图文件是空的。"""


class DiagramTooLarge(DiagramRefused):
    """图文件有 {size} 字节，超过上限 {limit} 字节。"""


class DiagramNotText(DiagramRefused):
    """图文件第 {line} 行的文字编码不是 UTF-8，请另存为 UTF-8 再上传。"""


class DoctypeRefused(DiagramRefused):
    """图文件第 {line} 行有 DOCTYPE 或 ENTITY 声明，为安全起见不接受，请删去。"""


class DiagramTooDeep(DiagramRefused):
    """图文件第 {line} 行的元素嵌套超过 {limit} 层。"""


class NotXml(DiagramRefused):
    """图文件第 {line} 行不是正确的 XML:{reason}"""


class WrongRoot(DiagramRefused):
    """图文件的根元素是“{found}”，这里需要命名空间正确的“{wanted}”。"""


def parse(
    data: bytes,
    *,
    roots: Collection[str] = BPMN | DMN,
    max_bytes: int = MAX_BYTES,
) -> etree._Element:
    """The root element. ``roots`` are qualified names ("{namespace}name").

    Raises DiagramRefused: empty, larger than ``max_bytes``, not UTF-8, a DOCTYPE or
    entity declaration, nested deeper than MAX_DEPTH, not well-formed, another root.
    """
    _check_bytes(data, max_bytes)
    root = _build(data)
    if root.tag not in roots:
        wanted = "、".join(sorted({etree.QName(name).localname for name in roots}))
        raise WrongRoot(found=root.tag, wanted=wanted)
    return root


def _check_bytes(data: bytes, max_bytes: int) -> None:
    """Everything that can be told without a parser, so that a bomb costs nothing."""
    if len(data) > max_bytes:
        raise DiagramTooLarge(size=len(data), limit=max_bytes)
    if not data.strip():
        raise DiagramEmpty
    _check_encoding(data)
    # In UTF-8 markup these can only be declarations (in text, < is written &lt;);
    # inside a comment or CDATA they are refused too, which costs nobody anything.
    for declaration in (b"<!DOCTYPE", b"<!ENTITY"):
        at = data.find(declaration)
        if at >= 0:
            raise DoctypeRefused(line=_line(data, at))


def _check_encoding(data: bytes) -> None:
    """UTF-8 throughout, and declared so: what we search is what lxml will read."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise DiagramNotText(line=_line(data, error.start)) from None
    nul = data.find(b"\0")
    if nul >= 0:
        raise DiagramNotText(line=_line(data, nul))
    start = data.removeprefix(_BYTE_ORDER_MARK).lstrip()
    declared = _ENCODING.match(start)
    if declared and declared[1].strip().lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise DiagramNotText(line=1)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _build(data: bytes) -> etree._Element:
    """Feeds the file in pieces and counts the depth, to stop at the first excess."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
            depth = _descend(parser, depth)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        # libxml2 has a nesting limit of its own, which one chunk may reach first.
        _descend(parser, depth)
        raise _not_xml(parser, error) from None
    assert root is not None
    return root


def _not_xml(parser: etree.XMLPullParser, error: etree.XMLSyntaxError) -> NotXml:
    # The parser's own log names the cause; error.msg may only be what it led to.
    entry = parser.feed_error_log.last_error
    if entry is None:
        return NotXml(line=error.lineno or 1, reason=error.msg)
    return NotXml(line=entry.line or 1, reason=entry.message)


def _descend(parser: etree.XMLPullParser, depth: int) -> int:
    for event, element in parser.read_events():
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            assert isinstance(element, etree._Element)
            raise DiagramTooDeep(line=element.sourceline, limit=MAX_DEPTH)
    return depth
