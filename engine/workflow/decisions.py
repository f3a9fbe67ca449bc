"""Decision tables (DMN) as they run.

SpiffWorkflow's own engine takes the first match for UNIQUE and ANY, gives nothing where
no rule matches, and merges lists item by item (design/spiffworkflow.md 1.3; 6, #6).
Here the hit policies mean what OMG DMN 1.3, 8.2.8, says; cells are our expressions
(engine.expressions), not FEEL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.spiff.parser.task_spec import BusinessRuleTaskParser
from SpiffWorkflow.spiff.serializer.task_spec import BusinessRuleTaskConverter
from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask

from engine.errors import Refused

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT")
# What the "?" of a cell becomes; Chinese, since refusals quote it.
SUBJECT = "输入值"
# A business rule task says by this property, "yes", that no rule needs to match.
MAY_MATCH_NOTHING = "may_match_nothing"

_QUOTED_OR_ASKED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\?""")
_OPERATOR = re.compile(r"(?:==|!=|<=|>=|<|>|in\b|not\s+in\b)")


class DecisionFailed(Refused):
    """决策表“{decision}”没有得出结果。"""

    status = 422


class SeveralRulesMatch(DecisionFailed):
    """决策表“{decision}”只允许一条规则符合，现在第 {rules} 条都符合。"""


class RulesDisagree(DecisionFailed):
    """决策表“{decision}”第 {rules} 条规则都符合，得出的结果却不一样。"""


class NoRuleMatches(DecisionFailed):
    """决策表“{decision}”没有一条规则符合：{inputs}。"""


class InputMissing(DecisionFailed):
    """决策表“{decision}”的输入“{input}”没有值：{reason}"""


class RuleFailed(DecisionFailed):
    """决策表“{decision}”第 {rule} 条规则的“{column}”算不出来：{reason}"""


def condition_of(cell: str | None) -> str | None:
    """The expression over SUBJECT that a cell's text means; None where any value does.

    ``< 1000`` and ``in [...]`` have the input on their left, ``?`` stands for it
    anywhere, every other text is a value to be equal to.
    """
    text = (cell or "").strip()
    if text in ("", "-"):
        return None
    asked = _QUOTED_OR_ASKED.sub(lambda m: SUBJECT if m[0] == "?" else m[0], text)
    if asked != text:
        return asked
    if _OPERATOR.match(text):
        return f"{SUBJECT} {text}"
    return f"{SUBJECT} == ({text})"


class DecisionEngine(DMNEngine):  # type: ignore[misc]
    """One table. ``result`` raises DecisionFailed."""

    def result(self, task: Any) -> dict[str, Any]:
        table = self.decision_table
        values = [self._input(task, column) for column in table.inputs]
        matching = [rule for rule in table.rules if self._matches(task, rule, values)]
        if table.hit_policy == "COLLECT":
            answers = [self._answer(task, rule) for rule in matching]
            return {name: [a[name] for a in answers] for name in self._outputs()}
        if not matching:
            return self._nothing(task, values)
        if table.hit_policy == "UNIQUE" and len(matching) > 1:
            raise SeveralRulesMatch(decision=table.name, rules=_numbers(matching))
        answer = self._answer(task, matching[0])
        if table.hit_policy == "ANY":
            if any(self._answer(task, rule) != answer for rule in matching[1:]):
                raise RulesDisagree(decision=table.name, rules=_numbers(matching))
        return answer

    def _outputs(self) -> list[str]:
        return [output.name or output.label for output in self.decision_table.outputs]

    def _input(self, task: Any, column: Any) -> Any:
        try:
            return _evaluate(task, column.expression or column.label)
        except Refused as reason:
            raise InputMissing(
                decision=self.decision_table.name, input=_heading(column), reason=reason
            ) from reason

    def _matches(self, task: Any, rule: Any, values: Sequence[Any]) -> bool:
        for entry, value in zip(rule.inputEntries, values, strict=False):
            for cell in entry.lhs:
                test = condition_of(cell)
                if test is not None and not self._cell(
                    task, rule, entry.input, test, {SUBJECT: value}
                ):
                    return False
        return True

    def _answer(self, task: Any, rule: Any) -> dict[str, Any]:
        found: dict[str, Any] = dict.fromkeys(self._outputs())
        for entry in rule.outputEntries:
            if (entry.text or "").strip():
                name = entry.output.name or entry.output.label
                found[name] = self._cell(task, rule, entry.output, entry.text, {})
        return found

    def _cell(
        self, task: Any, rule: Any, column: Any, text: str, more: Mapping[str, Any]
    ) -> Any:
        try:
            return _evaluate(task, text, more)
        except Refused as reason:
            raise RuleFailed(
                decision=self.decision_table.name,
                rule=rule.row_number,
                column=_heading(column),
                reason=reason,
            ) from reason

    def _nothing(self, task: Any, values: Sequence[Any]) -> dict[str, Any]:
        found = (task.task_spec.extensions or {}).get("properties") or {}
        if found.get(MAY_MATCH_NOTHING) == "yes":
            return dict.fromkeys(self._outputs())
        columns = self.decision_table.inputs
        told = "，".join(
            f"“{_heading(column)}”是 {str(value)[:40]}"
            for column, value in zip(columns, values, strict=True)
        )
        raise NoRuleMatches(decision=self.decision_table.name, inputs=told)


def _evaluate(task: Any, text: str, more: Mapping[str, Any] | None = None) -> Any:
    environment = task.workflow.script_engine.environment
    names = {**task.data, **(more or {})}
    return environment.evaluate(text, names, task.workflow.data_objects)


def _heading(column: Any) -> str:
    return str(column.label or column.name or getattr(column, "expression", "") or "")


def _numbers(rules: Sequence[Any]) -> str:
    return "、".join(str(rule.row_number) for rule in rules)


class DecisionTask(BusinessRuleTask):  # type: ignore[misc]
    """Puts the answers into the data as they are; the stock one deep-merges lists."""

    def _run_hook(self, task: Any) -> bool:
        try:
            task.data.update(self.dmnEngine.result(task))
        except Refused as refusal:
            raise WorkflowTaskException(
                str(refusal), task=task, exception=refusal
            ) from refusal
        return True


class DecisionTaskParser(BusinessRuleTaskParser):  # type: ignore[misc]
    def create_task(self) -> DecisionTask:
        extensions = self.parse_extensions()
        parser = self.process_parser.parser
        reference = self.get_decision_ref(self.node)
        return DecisionTask(
            self.spec,
            self.bpmn_id,
            dmnEngine=decision_engine(parser, reference, self.node),
            prescript=extensions.get("preScript"),
            postscript=extensions.get("postScript"),
            **self.bpmn_attributes,
        )


def decision_engine(parser: Any, reference: str, node: Any) -> DecisionEngine:
    """The engine of a decision; its table keeps the decision's name, to be told by."""
    table = parser.get_engine(reference, node).decision_table
    table.name = parser.dmn_parsers[reference].decision.name or reference
    return DecisionEngine(table)


class DecisionTaskConverter(BusinessRuleTaskConverter):  # type: ignore[misc]
    def from_dict(self, saved: dict[str, Any]) -> DecisionTask:
        table = self.decision_table_from_dict(saved.pop("decision_table"))
        saved["dmnEngine"] = DecisionEngine(table)
        task: DecisionTask = self.task_spec_from_dict(saved)
        return task
