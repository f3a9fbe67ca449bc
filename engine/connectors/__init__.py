"""The world outside: one connector a file, found by its file's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from engine.errors import Refused
from engine.settings import Settings


class ConnectorFailed(Refused):
    """外部服务“{operation}”没有成功：{reason}"""

    status = 502


@dataclass(frozen=True)
class Request:
    """One call: ``id`` is its idempotency key, ``values`` JSON types."""

    id: str
    operation: str
    values: Mapping[str, Any]


class Connector(Protocol):
    def __call__(self, settings: Settings, request: Request) -> Any: ...


@cache  # files are looked for once a process
def connector_names() -> frozenset[str]:
    return frozenset(module.name for module in iter_modules(__path__))


def connect(settings: Settings, request: Request) -> Any:
    """Make a call; its answer in JSON types. Raises ``ConnectorFailed``."""
    if request.operation not in connector_names():
        raise ConnectorFailed(operation=request.operation, reason="没有这个连接")
    connector = cast(Connector, import_module(f"{__name__}.{request.operation}").run)
    return connector(settings, request)


def sample_answer(operation: str) -> Any:
    """What the connector answers when all went well: a model for answers by hand."""
    if operation not in connector_names():
        return {}
    return import_module(f"{__name__}.{operation}").SAMPLE_ANSWER
