"""Steward's engine: what a person, a clock or a message can do to a case."""
