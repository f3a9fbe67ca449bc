"""Which variables a checked tree reads and assigns."""

from __future__ import annotations

import ast


def assigned(body: list[ast.stmt]) -> frozenset[str]:
    stores = (node for statement in body for node in _targets(statement))
    return frozenset(stores)


def _targets(statement: ast.stmt) -> frozenset[str]:
    if isinstance(statement, ast.If):
        return assigned(statement.body) | assigned(statement.orelse)
    targets = getattr(statement, "targets", None) or [
        getattr(statement, "target", None)
    ]
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))


def read(node: ast.AST, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names looked up in the data: not functions, not what a comprehension binds."""
    if isinstance(node, ast.Name):
        return frozenset() if node.id in bound else frozenset({node.id})
    if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.DictComp)):
        return _read_comprehension(node, bound)
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        children.remove(node.func)
    return frozenset().union(*(read(child, bound) for child in children))


def _read_comprehension(
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp, bound: frozenset[str]
) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for generator in node.generators:
        found |= read(generator.iter, bound)
        bound |= read(generator.target)
        for condition in generator.ifs:
            found |= read(condition, bound)
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    return found.union(*(read(result, bound) for result in results))


def read_by_script(body: list[ast.stmt]) -> frozenset[str]:
    """Names read before the script has surely assigned them itself."""
    return _follow(body, frozenset())[0]


def _follow(
    body: list[ast.stmt], known: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    found: frozenset[str] = frozenset()
    for statement in body:
        if isinstance(statement, ast.If):
            yes, after_yes = _follow(statement.body, known)
            no, after_no = _follow(statement.orelse, known)
            found |= read(statement.test, known) | yes | no
            known = after_yes & after_no
            continue
        if isinstance(statement, ast.AugAssign):
            found |= read(statement.target, known)
        if isinstance(statement, (ast.Assign, ast.AugAssign)):
            found |= read(statement.value, known)
        known |= _targets(statement)
    return found, known
