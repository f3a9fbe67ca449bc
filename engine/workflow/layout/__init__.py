"""Drawing a process: the picture (BPMN DI) of a model that has none, or an untidy one.

What is drawn: pools, lanes, every node and flow, labels, notes. The semantic part of the
file is kept as it is. The steps: ``graph`` reads, ``columns`` and ``rows`` place, ``route``
finds the ways of the flows, ``tracks`` and ``place`` give them room, ``write`` writes.
"""

from __future__ import annotations

from lxml import etree

from engine.workflow.layout.arrange import arrange
from engine.workflow.layout.read import read
from engine.workflow.layout.write import add_picture, without_picture
from engine.workflow.xml import BPMN, parse

__all__ = ["draw"]


def draw(xml: bytes) -> bytes:
    """A BPMN 2.0 model with a new picture; the same input gives the same bytes.

    Raises DiagramRefused (``engine.workflow.xml``) when the file is no sound BPMN.
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
    add_picture(root, arrange(read(root)))
    etree.indent(root)
    text: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="UTF-8"
    )
    return text.rstrip() + b"\n"
