"""How hard a finished drawing is to follow: crossings, bends and length of its lines."""

from __future__ import annotations

from itertools import combinations

CROSSING, BEND, LENGTH = 14.0, 5.0, 0.01

Point = tuple[int, int]
Piece = tuple[Point, Point]


def of(lines: dict[str, list[Point]]) -> float:
    """The effort of all lines together; points in px."""
    pieces = {name: list(zip(line, line[1:])) for name, line in lines.items()}
    total = sum(BEND * (len(line) - 2) for line in lines.values())
    for line in pieces.values():
        total += sum(LENGTH * (abs(a[0] - b[0]) + abs(a[1] - b[1])) for a, b in line)
    for one, other in combinations(pieces.values(), 2):
        total += CROSSING * sum(cross(a, b) or cross(b, a) for a in one for b in other)
    return total


def cross(level: Piece, upright: Piece) -> bool:
    """Does a level piece cross an upright one, not merely touch it?"""
    (x1, y), (x2, y2) = level
    (x, y3), (x4, y4) = upright
    if y != y2 or x != x4:
        return False
    return min(x1, x2) < x < max(x1, x2) and min(y3, y4) < y < max(y3, y4)
