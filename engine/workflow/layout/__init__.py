"""Drawing a process: the picture (BPMN DI) of a model that has none, or an untidy one.

Drawn are pools, lanes, all nodes and flows, their names, notes and data objects; the
semantic part of the file is kept as it is. The steps, in ``arrange``: ``read`` the graph,
``placement`` into columns and rows, ``routing`` of the lines, ``room`` and ``place`` for
sizes in px, ``picture``; then ``write``.
"""

from __future__ import annotations

from lxml import etree

from engine.workflow.layout.arrange import arrange
from engine.workflow.layout.read import read, shown
from engine.workflow.layout.write import add_picture, indent, without_picture
from engine.workflow.xml import BPMN, DiagramRefused, parse

__all__ = ["NothingToDraw", "draw"]


_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'


class NothingToDraw(DiagramRefused):
    """这个图文件里没有流程，无法绘制。"""


def draw(xml: bytes) -> bytes:
    """A BPMN 2.0 model with a new picture; the same input gives the same bytes.

    Only the DI and the indentation change. Raises DiagramRefused: no sound BPMN, or
    (NothingToDraw) no process or pool in it.
    """
    parse(xml, roots=BPMN)
    # Once more with comments and CDATA: they belong to the author.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        strip_cdata=False,
    )
    root = without_picture(etree.fromstring(xml, parser))
    if shown(root) is None:
        raise NothingToDraw
    add_picture(root, arrange(read(root)))
    indent(root)
    before, after = root.itersiblings(preceding=True), root.itersiblings()
    parts = [*list(before)[::-1], root, *after]
    lines = [etree.tostring(p, encoding="utf-8", with_tail=False) for p in parts]
    return b"\n".join([_DECLARATION, *lines, b""])
