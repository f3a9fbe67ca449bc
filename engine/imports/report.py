"""An import's result in words, for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from engine.imports.result import Finding, ImportResult, Tally

SHOWN_FINDINGS = 200


def describe(result: ImportResult) -> str:
    """Counts, changes, findings as a table, and whether anything was written."""
    return "\n".join(
        [result.title, *_findings(result.findings), *_plan(result), _end(result)]
    )


def _plan(result: ImportResult) -> Iterator[str]:
    for tally in result.tallies:
        yield f"  {tally.title}：{_counts(tally)}"
    yield from (f"  提示：{notice}" for notice in result.notices)
    if result.changes:
        yield f"变动 {result.change_count} 项："
        yield from (f"  {change}" for change in result.changes)
    if result.change_count > len(result.changes):
        yield f"  ……另有 {result.change_count - len(result.changes)} 项"


def _counts(tally: Tally) -> str:
    ended = f"、终止 {tally.ended}" if tally.ended else ""
    return f"新增 {tally.new}、变更 {tally.changed}{ended}、不变 {tally.same}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield f"有 {len(findings)} 处需要改正："
    shown = findings[:SHOWN_FINDINGS]
    cells = [
        ("行", "列", "说明"),
        *((str(f.row), f"{f.column} {f.title}".strip(), f.sentence) for f in shown),
    ]
    widths = [max(_width(line[i]) for line in cells) for i in (0, 1)]
    for row, column, sentence in cells:
        before, after = (
            " " * (width - _width(text)) for width, text in zip(widths, (row, column))
        )
        yield f"  {before}{row}  {column}{after}  {sentence}"
    if len(findings) > len(shown):
        yield f"  ……另有 {len(findings) - len(shown)} 处"


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _end(result: ImportResult) -> str:
    if result.findings:
        return "未写入：请改正以上各处后再导入。"
    if result.written:
        return "已写入。"
    return "试运行，未写入。加 --confirm 写入。"
