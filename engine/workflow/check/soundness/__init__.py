"""Whether every case of a drawing can come to an end: a search through all its runs."""

from engine.workflow.check.soundness.report import explore_drawing, soundness

__all__ = ["explore_drawing", "soundness"]
