"""Who writes which variable: names that cannot be, multi-instance, parallel branches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from engine.expressions import FUNCTIONS, ExpressionRefused, names_assigned
from engine.workflow.check.drawing import (
    SUBPROCESSES,
    Drawing,
    Node,
    error,
    extension,
    tag,
    warning,
)
from engine.workflow.check.findings import Catalogue, Finding
from engine.workflow.check.services import decision_of, operator_of
from engine.workflow.check.soundness.net import net_of, scopes_inside_out
from engine.workflow.check.soundness.together import together
from engine.workflow.check.tables import Decision
from engine.workflow.elements import BPMN, properties

_LOOP = f"{{{BPMN}}}multiInstanceLoopCharacteristics"


@dataclass(frozen=True)
class Writes:
    """The variables each element writes: by scripts and results, and by its form."""

    by_texts: Mapping[str, frozenset[str]]
    by_forms: Mapping[str, frozenset[str]]

    def of(self, element: str) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return self.by_texts.get(element, none) | self.by_forms.get(element, none)


def read_writes(
    drawing: Drawing, forms: Mapping[str, object], decisions: list[Decision]
) -> Writes:
    outputs = {
        decision.id: {column.text for column in decision.outputs}
        for decision in decisions
    }
    texts, filled = {}, {}
    for node in drawing.nodes.values():
        decided = outputs.get(decision_of(node), set())
        names = {*_assigned(node), *_results(node), *decided}
        texts[node.id] = frozenset(name for name in names if name)
        if node.kind == "userTask":
            form = properties(node.xml).get("form", node.id)
            filled[node.id] = _fields(forms.get(form))
        elif node.kind == "startEvent":
            filled[node.id] = _fields(forms.get("start"))
    return Writes(texts, filled)


def _assigned(node: Node) -> Iterator[str]:
    scripts = [extension(node.xml, "preScript"), extension(node.xml, "postScript")]
    scripts += [child for child in node.xml if tag(child) == "script"]
    for script in scripts:
        try:
            yield from names_assigned(
                "" if script is None or not script.text else script.text
            )
        except ExpressionRefused:
            continue  # texts.py says what is wrong with it


def _results(node: Node) -> Iterator[str]:
    operator = operator_of(node)
    if operator is not None:
        yield operator.get("resultVariable") or ""
    for holder in (node.xml, *node.definitions):
        for name in ("messageVariable", "variableName"):
            found = extension(holder, name)
            yield "" if found is None else (found.text or "").strip()
    loop = _loop(node)
    if loop is not None:
        yield _item(loop, "loopDataOutputRef")


def _fields(form: Any) -> frozenset[str]:
    """What a form writes; a field only to be read brings what the case has now."""
    schema = form.get("schema") if isinstance(form, Mapping) else None
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(found, Mapping):
        return frozenset()
    looks = form.get("ui")
    return frozenset(str(name) for name in found if not _only_read(looks, name))


def _only_read(looks: Any, name: Any) -> bool:
    look = looks.get(name) if isinstance(looks, Mapping) else None
    if not isinstance(look, Mapping) or look.get("compute") or look.get("prefill"):
        return False
    return look.get("readonly") is True


def variables(
    drawing: Drawing, writes: Writes, catalogue: Catalogue
) -> Iterator[Finding]:
    for node in drawing.nodes.values():
        items = [] if (loop := _loop(node)) is None else list(_items(loop))
        for name in sorted(writes.by_texts[node.id].union(items)):
            yield from _name(node, name, catalogue)
        if loop is not None:
            yield from _multi_instance(drawing, node, loop, writes)


def _name(node: Node, name: str, catalogue: Catalogue) -> Iterator[Finding]:
    if name == "typename":
        sentence = "变量不能叫 typename，请换一个名称。"
        yield error(node.xml, "variable.typename", sentence)
    elif name in FUNCTIONS or name in catalogue.functions:
        sentence = f"变量“{name}”和函数同名，请换一个名称。"
        yield error(node.xml, "variable.hides", sentence)
    elif not name.isidentifier() or name.startswith("_"):
        yield error(node.xml, "variable.name", f"“{name}”不能作变量名。")


def _loop(node: Node) -> Any:
    return node.xml.find(_LOOP)


def _item(loop: Any, name: str) -> str:
    """The variable of a data item (its id) or of a reference to a collection."""
    found = loop.find(f"{{{BPMN}}}{name}")
    if found is None:
        return ""
    return (found.get("id") or found.text or "").strip()


def _items(loop: Any) -> Iterator[str]:
    for name in ("inputDataItem", "outputDataItem"):
        if _item(loop, name):
            yield _item(loop, name)


def _multi_instance(
    drawing: Drawing, node: Node, loop: Any, writes: Writes
) -> Iterator[Finding]:
    collection, count = _item(loop, "loopDataInputRef"), _item(loop, "loopCardinality")
    if bool(collection) == bool(count):
        sentence = "多实例要么写集合，要么写次数，二者必须有一个。"
        yield error(node.xml, "mi.collection", sentence)
    output, item = _item(loop, "loopDataOutputRef"), _item(loop, "outputDataItem")
    if not output or not item:
        sentence = "多实例没有写结果项和结果集合，各份的结果会丢失或互相覆盖。"
        yield error(node.xml, "mi.no_output", sentence)
    inside = _inside(drawing, node)
    known = _known_before(drawing, node, inside, writes)
    for name in dict.fromkeys(_items(loop)):
        if name in known:
            sentence = (
                f"多实例的变量“{name}”在“{drawing.label(known[name])}”已经用过，"
                "到这里会报错，请换一个名称。"
            )
            yield error(node.xml, "mi.item_taken", sentence)
    yield from _result(drawing, node, item, inside, writes)
    yield from _again(drawing, node, output, collection, writes)


def _known_before(
    drawing: Drawing, node: Node, inside: set[str], writes: Writes
) -> dict[str, str]:
    """Variables that elements outside write, with who does. What the turns of another
    multi-instance write stays in those turns."""
    found: dict[str, str] = {}
    turns = [
        _inside(drawing, n) for n in drawing.nodes.values() if _loop(n) is not None
    ]
    elsewhere: set[str] = set().union(*(turn for turn in turns if node.id not in turn))
    for other in drawing.nodes.values():
        names = writes.of(other.id)
        if other.id in elsewhere:
            loops = _loop(other) is not None
            names = writes.by_texts[other.id] if loops else frozenset()
        if other.id not in inside:
            found |= dict.fromkeys(sorted(names), other.id)
    return found


def _result(
    drawing: Drawing, node: Node, item: str, inside: set[str], writes: Writes
) -> Iterator[Finding]:
    """The result of a turn must be there when the turn ends."""
    calls = any(drawing.nodes[other].kind == "callActivity" for other in inside)
    given = _item(_loop(node), "inputDataItem") == item
    if item and not calls and not given:
        if not any(item in writes.of(other) for other in inside):
            sentence = f"多实例的结果项“{item}”在里面没有谁填写，办完时会报错。"
            yield error(node.xml, "mi.output_unset", sentence)


def _again(
    drawing: Drawing, node: Node, output: str, collection: str, writes: Writes
) -> Iterator[Finding]:
    """The library refuses to fill a collection of results that is not empty."""
    if not output or output == collection or not drawing.comes_back(node.id):
        return
    others = writes.by_texts.keys() - {node.id}
    emptied = output in _assigned(node) or any(
        output in writes.of(other) for other in others
    )
    if not emptied:
        sentence = (
            f"绕回来再办时结果集合“{output}”里还有上次的结果，会报错；"
            f"请在前脚本里写 {output} = []。"
        )
        yield warning(node.xml, "mi.again", sentence)


def _inside(drawing: Drawing, node: Node) -> set[str]:
    """An activity and whatever stands in it."""
    found, stack = {node.id}, [node.id]
    while stack:
        inner = [other.id for other in drawing.inside(stack.pop())]
        found.update(inner)
        stack += inner
    return found


def parallel_writes(
    drawing: Drawing, process: str, writes: Writes
) -> Iterator[Finding]:
    """Variables that two branches write at the same time: one of the values is lost."""
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for scope in scopes_inside_out(drawing, process):
        found = together(net_of(drawing, scope, {}))
        for one, other in combinations(list(drawing.inside(scope)), 2):
            if other.id in _beside(found, one.id):
                for name in _common(drawing, writes, one, other):
                    told[name].add((one.id, other.id))
    for name, pairs in told.items():
        first, second = min(pairs, key=lambda pair: drawing.places[pair[0]])
        sentence = (
            f"变量“{name}”和同时办理的“{drawing.label(second)}”都要写，"
            "后写的会盖掉先写的，请各用各的名称。"
        )
        yield warning(drawing.nodes[first].xml, "variable.parallel", sentence)


def _beside(found: Mapping[str, frozenset[str]], node: str) -> set[str]:
    """Nodes waiting or at work while this one is; ``…`` marks one that is at work."""
    near: set[str] = set()
    for place in (node, f"{node}…"):
        near |= {other.removesuffix("…") for other in found.get(place, ())}
    return near


def _common(drawing: Drawing, writes: Writes, one: Node, other: Node) -> frozenset[str]:
    names = []
    for node in (one, other):
        inside = _inside(drawing, node) if node.kind in SUBPROCESSES else {node.id}
        loop = _loop(node)
        if loop is not None:  # what a turn writes stays in the turn
            inside = set()
        found: set[str] = set().union(*(writes.of(each) for each in inside))
        if loop is not None:
            found.add(_item(loop, "loopDataOutputRef"))
        names.append(frozenset(found - {""}))
    return names[0] & names[1]
