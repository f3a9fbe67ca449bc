"""Every way an expression is refused (before it runs) or fails (while it runs)."""

from __future__ import annotations

from engine.errors import Refused


class ExpressionRefused(Refused):
    """表达式不能这样写。"""

    status = 422


class NotReadable(ExpressionRefused):
    """第 {line} 行第 {column} 个字附近写法不对：{reason}。"""


class ConstructRefused(ExpressionRefused):
    """第 {line} 行第 {column} 个字：这里不能用“{word}”，{reason}。"""


class FunctionUnknown(ExpressionRefused):
    """第 {line} 行第 {column} 个字：没有名为“{word}”的函数。"""


class ArgumentsRefused(ExpressionRefused):
    """第 {line} 行第 {column} 个字：函数“{word}”的参数个数或名称不对。"""


class SourceTooLong(ExpressionRefused):
    """表达式太长或太复杂（上限 {limit} 个字），请拆成几步。"""


class ExpressionFailed(Refused):
    """表达式没有算出结果。"""

    status = 422


class NameMissing(ExpressionFailed):
    """流程数据里没有“{name}”，请检查名称，或确认前面的步骤已经填写。"""


class KeyMissing(ExpressionFailed):
    """“{text}”里没有“{key}”。"""


class WrongType(ExpressionFailed):
    """“{text}”无法计算：{left}和{right}不能用“{operator}”。"""


class DividedByZero(ExpressionFailed):
    """“{text}”里的除数是 0。"""


class FunctionFailed(ExpressionFailed):
    """函数“{function}”没有算出结果：{reason}。"""


class LimitPassed(ExpressionFailed):
    """“{text}”超出了计算上限：{reason}。"""


class ResultRefused(ExpressionFailed):
    """“{text}”的结果不能保存：{reason}。"""


class Unfit(ValueError):
    """Internal: a value an operator or function cannot take; args[0] says why."""


class TooBig(Unfit):
    """Internal: a value that would pass a budget; args[0] says which."""
