from dataclasses import replace
from tests.workflow import build
from engine.workflow.check import Arguments

CATALOGUE = replace(
    build.CATALOGUE,
    arguments={"write_record": Arguments(frozenset({"title"}), None)},
    processes={"p": frozenset(), "other": frozenset(), "back": frozenset({"p"})},
)
