"""Service tasks: an operation on our own tables at once, a call to the outside as a wait."""

from __future__ import annotations

import json
from typing import Any

from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser
from SpiffWorkflow.spiff.specs.defaults import ServiceTask

from engine.workflow.decisions import DecisionTask, DecisionTaskParser


def keeps_result(spec: Any) -> bool:
    """Whether a service task names the variable that its answer is kept under."""
    return not spec.result_variable.startswith("spiff__")


class CallTask(ServiceTask):  # type: ignore[misc]
    """Waits (STARTED) where the script engine answers None: the call is then in the
    outbox, and its answer completes the task."""

    def _execute(self, task: Any) -> bool | None:
        answer = task.workflow.script_engine.call_service(
            task,
            operation_name=self.operation_name,
            operation_params=self.evaluate_params(task),
        )
        if answer is None:
            return None
        if keeps_result(self):
            task.data[self.result_variable] = json.loads(answer)
        return True

    def take(self, task: Any, answer: Any) -> None:
        """The outside has answered: keep it under the result variable, go on."""
        if keeps_result(self):
            task.data[self.result_variable] = answer
        task.complete()


class Parser(SpiffBpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (ServiceTaskParser, CallTask),
        full_tag("businessRuleTask"): (DecisionTaskParser, DecisionTask),
    }
