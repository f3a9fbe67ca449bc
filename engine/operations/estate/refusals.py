"""Why the registry is not changed."""

from __future__ import annotations

from engine.errors import Refused


class HouseMissing(Refused):
    """登记中没有房号“{unit_no}”。"""

    status = 422


class HouseStateUnknown(Refused):
    """没有名为“{state}”的房屋状态。"""

    status = 422


class KeyMissing(Refused):
    """钥匙清册里没有编号为“{key}”的钥匙。"""

    status = 422


class KeyThere(Refused):
    """钥匙“{key}”已在清册中（{state}），不能再次接收。"""

    status = 422


class KeyElsewhere(Refused):
    """钥匙“{key}”现在的状态是“{state}”，不能这样办理。"""

    status = 422


class KeyRefused(Refused):
    """钥匙登记不对：{reason}"""

    status = 422


class DayRefused(Refused):
    """“{day}”不是有效的日期。"""

    status = 422


class DayTooEarly(Refused):
    """日期 {day} 早于登记的起始日期 {since}。"""

    status = 422


class TenantMissing(Refused):
    """{unit_no} 没有登记在住的租户。"""

    status = 422


class TenantThere(Refused):
    """租户“{tenant}”已登记住在 {unit_no}。"""

    status = 422


class PersonRefused(Refused):
    """人员登记不对：{reason}"""

    status = 422


class SharesRefused(Refused):
    """产权份额合计 {total}%，不能超过 100%。"""

    status = 422


class MeterMissing(Refused):
    """{unit_no} 没有登记这只表，请填写表号。"""

    status = 422


class ReadingRefused(Refused):
    """表“{meter}”的读数不对：{reason}"""

    status = 422
