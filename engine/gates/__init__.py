"""What a procedure may ask before it goes on, one gate a file, found by name.

Each answers ok, not_ok or unknown, with a sentence, the rows it saw and the time they
hold for. A gate only reads.
"""

from engine.gates.ask import ask, gate_names
from engine.gates.question import Answer, GateAsked, Question, UnknownGate

__all__ = ["Answer", "GateAsked", "Question", "UnknownGate", "ask", "gate_names"]
