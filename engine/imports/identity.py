"""Numbers that know a person (GB 11643), an organisation (GB 32100), a telephone."""

from __future__ import annotations

import re
from datetime import datetime

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

PERSON, COMPANY = "person", "company"
LENGTH = 18
MOBILE = re.compile(r"1[3-9][0-9]{9}")
OTHER_PHONES = re.compile(
    r"(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(?:-[0-9]{1,6})?"  # landline, extension
    r"|[48]00-?[0-9]{3,4}-?[0-9]{3,4}"
    r"|\+(?!86)[0-9]{6,15}"  # abroad
)


def kind_of(number: str) -> str | None:
    """What a valid number is of. The region is not looked up: no demo person has one."""
    if wrong_person(number) is None:
        return PERSON
    return COMPANY if wrong_company(number) is None else None


def wrong_person(number: str) -> str | None:
    """What is wrong with a resident identity number, as a sentence."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return f"身份证号须为 {LENGTH} 位（现在 {len(number)} 位）；其他证件请记在备注"
    try:
        datetime.strptime(number[6:14], "%Y%m%d")
    except ValueError:
        return "身份证号第 7 至 14 位不是出生日期"
    if ric.calc_check_digit(number) != number[-1]:
        return "身份证号第 18 位校验码与前 17 位不符"
    return None


def wrong_company(number: str) -> str | None:
    """What is wrong with a unified social credit code, as a sentence."""
    try:
        uscc.validate(number)
    except InvalidChecksum:
        return "统一社会信用代码第 18 位校验码与前 17 位不符"
    except ValidationError:
        return (
            f"统一社会信用代码须为 {LENGTH} 位数字和字母（不含 I、O、Z、S、V），"
            f"现在 {len(number)} 位"
        )
    return None


def telephone(text: str) -> str | None:
    """A mobile number bare, a landline with its hyphens, one abroad with its plus; None
    where it is none of them. ``text`` is half-width, without blanks."""
    bare = re.sub(r"^(?:\+86|0086|86(?=1[0-9]{10}$))", "", text.replace("-", ""))
    if MOBILE.fullmatch(bare):
        return bare
    local = re.sub(r"^\((0[0-9]{2,3})\)", r"\1-", text.removeprefix("+86"))
    return local if OTHER_PHONES.fullmatch(local) else None
