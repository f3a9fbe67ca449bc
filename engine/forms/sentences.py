"""What a form says about an answer that is not right, in Chinese and in English.

A mistake is kept as a key with its values until somebody reads it: the same answers may
be shown to one person in Chinese and to another in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "required": ("请填写这一项。", "Please fill this in."),
        "required_choice": ("请选择一项。", "Please choose one."),
        "required_choices": ("请至少选择一项。", "Please choose at least one."),
        "required_file": ("请上传文件。", "Please upload a file."),
        "required_photo": ("请拍照或上传照片。", "Please take or upload a photo."),
        "required_signature": ("请签名。", "Please sign."),
        "required_table": ("请至少填写一行。", "Please fill in at least one row."),
        "required_computed": (
            "这一项还算不出来，请检查相关各项。",
            "This cannot be worked out yet; please check the fields it depends on.",
        ),
        "unknown": (
            "表单里没有这一项，请刷新页面后再试。",
            "The form has no such field; please reload the page.",
        ),
        "too_much": (
            "提交的内容太多，请分几次办理。",
            "That is too much at once; please split it.",
        ),
        "not_an_object": ("答案的格式不对。", "The answers must be an object."),
        "type": ("填写的内容类型不对。", "This is not the right kind of value."),
        "type_text": ("请填写文字。", "Please give text."),
        "type_list": ("请给出一个列表。", "Please give a list."),
        "type_row": ("这一行的格式不对。", "This row is not an object."),
        "too_long": ("最多 {limit} 个字。", "At most {limit} characters."),
        "characters": (
            "含有无法保存的字符，请重新输入。",
            "It contains characters that cannot be stored; please type it again.",
        ),
        "mobile": (
            "请填写 11 位手机号码，如 13800000001。",
            "Please give a mobile number of 11 digits.",
        ),
        "id_length": ("身份证号应为 18 位。", "An ID number has 18 characters."),
        "id_birth": (
            "身份证号中的出生日期不对，请核对。",
            "The birth date inside the ID number does not exist.",
        ),
        "id_check": (
            "身份证号的最后一位对不上，请核对。",
            "The check digit of the ID number is wrong.",
        ),
        "house": ("没有房号“{text}”。", "There is no house “{text}”."),
        "person": ("没有员工“{text}”。", "There is no staff member “{text}”."),
        "party": ("没有客户“{text}”。", "There is no party “{text}”."),
        "money": (
            "请填写金额，只用数字，如 1418.40。",
            "Please give an amount in digits, such as 1418.40.",
        ),
        "money_json": (
            '金额请写成以元为单位的字符串，如 "1418.40"。',
            'Money is yuan as a decimal string, such as "1418.40".',
        ),
        "money_decimals": (
            "金额最多到分（两位小数）。",
            "An amount has at most two decimals.",
        ),
        "money_negative": ("金额不能是负数。", "The amount cannot be negative."),
        "number": ("请填写数字。", "Please give a number."),
        "integer": ("请填写整数。", "Please give a whole number."),
        "number_size": ("数字太大或位数太多。", "The number is too large or too long."),
        "date": ("请填写日期，如 2026-02-13。", "Please give a date: 2026-02-13."),
        "date_missing": ("没有“{text}”这一天。", "There is no such day: “{text}”."),
        "datetime": (
            "请填写日期和时间，如 2026-02-13 09:30。",
            "Please give date and time: 2026-02-13 09:30.",
        ),
        "choice": ("请选择列表中的一项。", "Please choose from the list."),
        "boolean": ("请选择“是”或“否”。", "Please answer yes or no."),
        "file": (
            "找不到这个文件，请重新上传。",
            "This file cannot be found; please upload it again.",
        ),
        "file_count": ("最多 {limit} 个文件。", "At most {limit} files."),
        "file_type": (
            "“{text}”不是这里可以用的文件类型。",
            "“{text}” is not a file type that can be used here.",
        ),
        "signature": ("请写上签名人的姓名。", "Please type the name of the signer."),
        "signature_image": (
            "签名图片不对，请重签。",
            "Please draw the signature again.",
        ),
        "rows": ("最多 {limit} 行。", "At most {limit} rows."),
        "rows_fixed": (
            "这张表的行是固定的，不能增加。",
            "The rows of this table are fixed.",
        ),
        "minimum": ("不能小于 {limit}。", "Must be at least {limit}."),
        "maximum": ("不能大于 {limit}。", "Must be at most {limit}."),
        "exclusiveMinimum": ("必须大于 {limit}。", "Must be more than {limit}."),
        "exclusiveMaximum": ("必须小于 {limit}。", "Must be less than {limit}."),
        "multipleOf": ("必须是 {limit} 的倍数。", "Must be a multiple of {limit}."),
        "minLength": ("至少 {limit} 个字。", "At least {limit} characters."),
        "maxLength": ("最多 {limit} 个字。", "At most {limit} characters."),
        "pattern": ("格式不对，请核对。", "The format is not right."),
        "format": ("格式不对，请核对。", "The format is not right."),
        "enum": ("请选择列表中的一项。", "Please choose from the list."),
        "const": ("请选择“{limit}”。", "Please choose “{limit}”."),
        "const_true": ("请勾选。", "Please tick this."),
        "minItems": ("至少 {limit} 项。", "At least {limit}."),
        "maxItems": ("最多 {limit} 项。", "At most {limit}."),
        "uniqueItems": ("有重复的内容。", "There are duplicates."),
        "incorrect": (
            "填写的内容不对，请核对。",
            "This is not right, please check it.",
        ),
        "rule_failed": (
            "有一条规则无法判断，请联系管理员。",
            "A rule of this form cannot be worked out; please tell the administrator.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with one answer: a key of SENTENCES and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: str = "zh") -> str:
        """The sentence in ``lang`` ("zh" or "en")."""
        chinese, english = SENTENCES[self.key]
        return (english if lang == "en" else chinese).format(**self.values)


class Wrong(Exception):
    """An answer that a widget cannot read; caught where answers are converted."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.mistake = Mistake(key, values)
