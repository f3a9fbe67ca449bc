"""Workbooks that are not read at all, each with the way out."""

from __future__ import annotations

from engine.errors import Refused


class WorkbookRefused(Refused):
    """这个文件不能导入。"""

    status = 422


class NotAWorkbook(WorkbookRefused):
    """这不是 Excel 工作簿（.xlsx），请用 Excel 或 WPS 另存为 .xlsx 后再导入。"""


class OldWorkbook(WorkbookRefused):
    """这是旧版或二进制格式（.xls、.xlsb），请另存为 .xlsx 后再导入。"""


class ProtectedWorkbook(WorkbookRefused):
    """文件设有打开密码，请先去掉密码再导入。"""


class MacroWorkbook(WorkbookRefused):
    """文件里带有宏（.xlsm），请另存为不带宏的 .xlsx 后再导入。"""


class CorruptWorkbook(WorkbookRefused):
    """文件已损坏，无法读取，请用 Excel 打开并重新保存后再导入。"""


class WorkbookTooBig(WorkbookRefused):
    """文件解压后太大（上限 {limit} MB），请删去多余的空行和工作表再导入。"""

    status = 413


class TooManyRows(WorkbookRefused):
    """表中数据超过 {limit} 行，请分成几个文件导入。"""

    status = 413


class NoHeader(WorkbookRefused):
    """没有找到{name}的表头：前 {depth} 行里应有一行写明 {expected}。"""


class MissingColumns(WorkbookRefused):
    """{name}的表头缺少这些列：{missing}。"""


class SeveralSheets(WorkbookRefused):
    """有几张工作表都像{name}（{sheets}），请合并成一张或只留一张再导入。"""


class NoRows(WorkbookRefused):
    """{name}只有表头，没有数据行。"""
