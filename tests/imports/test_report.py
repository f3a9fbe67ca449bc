from __future__ import annotations

from dataclasses import replace

from engine.imports.report import describe
from engine.imports.result import Finding, ImportResult, Ledger, Tally


def planned() -> ImportResult:
    ledger = Ledger("业主清册", "房屋", "业主")
    ledger.new("房屋", "新增房屋 1-1-0101：甲")
    ledger.changed("房屋", "1-1-0102 房屋状态：空置 → 自住")
    ledger.ended("业主", "1-1-0102 原业主 乙 至 2026-11-20 止")
    ledger.same("业主")
    return ledger.result(["有一点要看"], written=False)


def test_a_dry_run() -> None:
    assert describe(planned()).splitlines() == [
        "业主清册",
        "  房屋：新增 1、变更 1、不变 0",
        "  业主：新增 0、变更 0、终止 1、不变 1",
        "  提示：有一点要看",
        "变动 3 项：",
        "  1-1-0102 房屋状态：空置 → 自住",
        "  1-1-0102 原业主 乙 至 2026-11-20 止",
        "  新增房屋 1-1-0101：甲",
        "试运行，未写入。加 --confirm 写入。",
    ]


def test_written() -> None:
    assert describe(replace(planned(), written=True)).endswith("\n已写入。")


def test_sums() -> None:
    assert (planned().to_add, planned().to_change) == (1, 2)


def test_findings_as_a_table() -> None:
    findings = (
        Finding(3, "A", "楼号", "缺少楼号"),
        Finding(12, "", "房间", "缺少房间号"),
    )
    text = describe(ImportResult("业主清册", findings=findings))
    assert text.splitlines() == [
        "业主清册",
        "有 2 处需要改正：",
        "  行  列      说明",
        "   3  A 楼号  缺少楼号",
        "  12  房间    缺少房间号",
        "未写入：请改正以上各处后再导入。",
    ]


def test_long_lists_are_cut() -> None:
    ledger = Ledger("业主清册", "房屋")
    for number in range(201):
        ledger.new("房屋", f"新增房屋 {number}")
    result = ledger.result([], written=False)
    assert (len(result.changes), result.change_count) == (200, 201)
    assert "另有 1 项" in describe(result)
    findings = tuple(Finding(n, "A", "楼号", "缺少楼号") for n in range(203))
    assert "另有 3 处" in describe(ImportResult("业主清册", findings=findings))


def test_a_tally_starts_at_nothing() -> None:
    assert Tally("房屋") == Tally("房屋", 0, 0, 0, 0)
