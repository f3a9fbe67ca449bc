"""What the expressions of a form see, and how they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.errors import Refused
from engine.expressions import evaluate

Functions = Mapping[str, Callable[..., Any]]


class Names(Mapping[str, Any]):
    """Names in layers, the first one that has it wins; None for any other name."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        self._layers = layers

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        return None

    def __iter__(self) -> Iterator[str]:
        return iter({name for layer in self._layers for name in layer})

    def __len__(self) -> int:
        return len({name for layer in self._layers for name in layer})


class Asking:
    """Evaluates expressions; asks a function of ours once for the same arguments.

    One form may name ``house(unit_no)`` in ten places, and each is a query.
    """

    def __init__(self, functions: Functions) -> None:
        self.functions = {name: _once(call) for name, call in functions.items()}

    def __call__(self, source: str | None, names: Mapping[str, Any]) -> Any:
        """The value, or None where there is none yet: half-filled forms are normal."""
        if source is None:
            return None
        try:
            return evaluate(source, names, self.functions)
        except Refused:
            return None


def _once(call: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def asked(*arguments: Any, **named: Any) -> Any:
        key = repr((arguments, sorted(named.items())))
        if key not in known:
            known[key] = call(*arguments, **named)
        return known[key]

    return asked
