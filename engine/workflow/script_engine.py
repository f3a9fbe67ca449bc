"""SpiffWorkflow's script engine over engine.expressions: nothing is eval'd or exec'd.

Conditions, timers, multi-instance counts, message payloads, service parameters, decision
cells, scripts: SpiffWorkflow 3.2 sends them all through the engine's environment (its
other eval/exec calls are listed in tests/workflow/test_script_engine.py). The engine is
not part of a saved state: set it after every load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.script_engine import (
    BasePythonScriptEngineEnvironment,
    PythonScriptEngine,
)
from SpiffWorkflow.task import Task

from engine.errors import Refused
from engine.expressions import (
    ExpressionRefused,
    check_expression,
    evaluate,
    run_script,
)

Functions = Mapping[str, Callable[..., Any]]
# call_service(task, operation_name=..., operation_params={name: {"value", "type"}})
# -> JSON text, or None where the answer comes later (see calls.py).
CallService = Callable[..., str | None]


class NoServiceCalls(Refused):
    """这里不能办理服务步骤“{operation}”。"""

    status = 422


class Environment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Where SpiffWorkflow's texts are evaluated. ``globals`` are this run's functions."""

    def __init__(
        self, functions: Functions | None, call_service: CallService | None
    ) -> None:
        super().__init__(dict(functions or {}))
        self._call_service = call_service

    def evaluate(
        self,
        expression: str,
        context: Mapping[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return evaluate(expression, _names(context, external_context), self.globals)

    def execute(
        self,
        script: str,
        context: dict[str, Any],
        external_context: Mapping[str, Any] | None = None,
    ) -> bool:
        names = _names(context, external_context)
        context.update(run_script(script, names, self.globals))
        return True

    def call_service(self, context: Task, **operation: Any) -> str | None:
        """Unlike the stock environment's, this ``context`` is the task itself."""
        if self._call_service is None:
            raise NoServiceCalls(operation=operation.get("operation_name", ""))
        return self._call_service(context, **operation)


class ScriptEngine(PythonScriptEngine):  # type: ignore[misc]
    """Raises WorkflowTaskException, which knows its task, where a text fails.

    Its ``__cause__`` is the refusal with the sentence: an ExpressionRefused, an
    ExpressionFailed, or what a function of ours refused.
    """

    def validate(self, expression: str) -> None:
        """Raises SyntaxError; decision tables use it to tell ``< 3`` from ``3``."""
        try:
            check_expression(expression, self.environment.globals)
        except ExpressionRefused as refusal:
            raise SyntaxError(str(refusal)) from refusal

    def evaluate(
        self,
        task: Task,
        expression: str,
        external_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return self.environment.evaluate(expression, task.data, external_context)
        except Refused as refusal:
            raise _at(task, refusal) from refusal

    def execute(
        self,
        task: Task,
        script: str,
        external_context: Mapping[str, Any] | None = None,
    ) -> bool:
        try:
            return bool(self.environment.execute(script, task.data, external_context))
        except Refused as refusal:
            raise _at(task, refusal) from refusal

    def call_service(self, task: Task, **operation: Any) -> str | None:
        """What our own call raises comes through untouched: its status is the answer.

        Overridden because the stock method hides every error behind a NameError.
        """
        answer: str | None = self.environment.call_service(task, **operation)
        return answer


def script_engine(
    functions: Functions | None = None, call_service: CallService | None = None
) -> ScriptEngine:
    """An engine for one run; ``functions`` come on top of expressions.FUNCTIONS."""
    return ScriptEngine(Environment(functions, call_service))


def _at(task: Task, refusal: Refused) -> WorkflowTaskException:
    # The stock engine's own wrapping stumbles over a refusal's arguments (not a text).
    return WorkflowTaskException(str(refusal), task=task, exception=refusal)


def _names(
    context: Mapping[str, Any], external: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    # Task data wins over data objects, as in the stock environment.
    return {**external, **context} if external else context
