"""What a site allows itself with fit-out deposits (parameter ``deposit_policy``): pure.

Local law differs (context.md, Renovation deposit), so without a legal basis no site can
have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.errors import Refused

PARAMETER = "deposit_policy"
KIND = "fitout"  # the kind of deposit that the policy is about
LONGEST_BASIS = 200
MOST_FEN = 10_000_000_00
PAYERS = ("owner", "company", "any")


class PolicyRefused(Refused):
    """押金政策不对：{reason}"""

    status = 422


@dataclass(frozen=True)
class DepositPolicy:
    """``cap_fen`` most of one household, ``payer`` owner, company or any."""

    enabled: bool = False
    cap_fen: int = 0
    legal_basis: str = ""
    payer: str = "any"
    refund_within_workdays: int = 5
    observation_months: int = 3
    deduction_needs_photo: bool = True

    @classmethod
    def of(cls, value: object) -> DepositPolicy:
        """The policy of a parameter's value. Raises ``PolicyRefused``."""
        if not isinstance(value, Mapping):
            raise PolicyRefused(reason="应是一组设置。")
        unknown = value.keys() - asdict(cls()).keys()
        if unknown:
            raise PolicyRefused(reason=f"没有“{sorted(map(str, unknown))[0]}”这一项。")
        policy = cls(**value)
        for name, default in asdict(cls()).items():
            if type(getattr(policy, name)) is not type(default):
                raise PolicyRefused(reason=f"“{name}”的值不对。")
        policy._check()
        return policy

    def as_value(self) -> dict[str, Any]:
        return asdict(self)

    def _check(self) -> None:
        if self.enabled and not self.legal_basis.strip():
            raise PolicyRefused(reason="启用押金必须写明法律依据。")
        if len(self.legal_basis) > LONGEST_BASIS or "\x00" in self.legal_basis:
            raise PolicyRefused(reason=f"法律依据最多 {LONGEST_BASIS} 个字。")
        if not 0 <= self.cap_fen <= MOST_FEN or (self.enabled and not self.cap_fen):
            raise PolicyRefused(reason="每户押金上限应大于 0，最多 1000 万元。")
        if self.payer not in PAYERS:
            raise PolicyRefused(reason="交款人只能是业主、装修公司或不限。")
        if not 0 < self.refund_within_workdays <= 60:
            raise PolicyRefused(reason="退还时限应是 1 至 60 个工作日。")
        if not 0 <= self.observation_months <= 24:
            raise PolicyRefused(reason="观察期应是 0 至 24 个月。")
