"""Decision tables as the check looks at them."""

from engine.workflow.check.tables.check import check_decision
from engine.workflow.check.tables.read import Decision, read_decisions

__all__ = ["Decision", "check_decision", "read_decisions"]
