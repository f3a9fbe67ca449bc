"""Why money is not moved."""

from __future__ import annotations

from engine.errors import Refused


class AmountRefused(Refused):
    """押金的金额应大于 0，最多 1000 万元。"""

    status = 422


class DepositNotAllowed(Refused):
    """本小区没有启用装修押金（需先写明法律依据），不能收取。"""

    status = 422


class DepositOverCap(Refused):
    """装修押金不能超过本小区每户上限 {cap} 元，这一户已在账 {held} 元。"""

    status = 422


class DepositNotHere(Refused):
    """这里没有编号为“{deposit}”的押金。"""

    status = 422


class DepositEmpty(Refused):
    """这笔押金在账 {held} 元，不够 {amount} 元。"""

    status = 422


class DepositGone(Refused):
    """这笔押金已经退完，没有可退的金额。"""

    status = 422


class RefundStarted(Refused):
    """这笔押金已开始退还，不能再扣款。"""

    status = 422


class EntryReversed(Refused):
    """这笔收付已经冲正，或不能冲正。"""

    status = 422


class EvidenceMissing(Refused):
    """扣款要有依据：本案的文件，或记录的编号。"""

    status = 422


class EvidenceUnknown(Refused):
    """扣款的依据“{evidence}”不是本案的文件，也不是有效的记录。"""

    status = 422


class PhotoMissing(Refused):
    """本小区规定扣款要附现场照片。"""

    status = 422


class ReasonMissing(Refused):
    """请写明原因，最多 500 个字。"""

    status = 422


class MoneyNeedsPerson(Refused):
    """收付押金要由人经手，不能由系统自动办理。"""

    status = 422


class PayerRefused(Refused):
    """本小区规定装修押金只能由{payer}交付。"""

    status = 422


class HouseUnknown(Refused):
    """登记中没有房号“{unit_no}”，不能收取押金。"""

    status = 422
