"""Sample papers of every kind that has a layout: full, sparse, very long and hostile."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import select

from engine.settings import ROOT
from engine.store.records import next_numbers
from engine.store.tables import Record, StoredFile
from tests.cast import Office
from tests.pictures import PNG

KINDS = sorted(path.stem for path in (ROOT / "forms" / "prints").glob("*.json"))
DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()
HOSTILE = "<script>alert(1)</script>\"'}}{{7*7}}{% raw %}</style>\u202e😀𠮷"
LONG = "很长的说明" * 120


def signed(name: str, image: str | None = None) -> dict[str, Any]:
    return {"name": name, "image": image, "at": "2026-03-10T09:30+08:00", "by": "lusy"}


FULL: dict[str, dict[str, Any]] = {
    "R04": {
        "unit_no": "1-1-0101",
        "owner_name": "张依诺",
        "area_m2": 98.5,
        "rate_per_m2": 2.4,
        "fee_start": "2026-03-10",
        "fee_end": "2026-09-09",
        "fee_total": 141840,
        "keys_total": 5,
        "key_retained": 1,
        "sig_owner": signed("张依诺"),
    },
    "R09": {
        "docs": [
            {"doc_name": "业主手册", "qty": 1},
            {"doc_name": "装修手册", "qty": 1},
        ],
        "qty": 2,
        "date": "2026-03-10",
        "docs_received": True,
        "receiver": signed("张依诺"),
    },
    "R12": {
        "unit_no": "1-1-0101",
        "owner_name": "张依诺",
        "company_name": "示范装饰工程有限公司",
        "responsible_person": "冯工",
        "phone": "15400000681",
        "scope": "厨房、卫生间防水，客厅地面",
        "involves_fire": False,
        "involves_structure": False,
        "involves_gas": True,
        "commercial_or_key": False,
        "start": "2026-04-01",
        "end": "2026-06-30",
        "fees": [{"deposit": 200000, "waste": 35000, "worker_pass": 3000}],
        "approval": "conditional",
        "conditions": "燃气改管须由燃气公司施工",
        "sig_owner": signed("张依诺"),
        "sig_engineering": signed("石长林"),
        "sig_customer_dept": signed("苏婉清"),
    },
    "R18": {
        "unit_no": "1-1-0101",
        "valid_from": "2026-04-01",
        "valid_to": "2026-06-30",
        "company_name": "示范装饰工程有限公司",
        "responsible_person": "冯工",
        "work_hours": "8:00–12:00、14:00–18:00",
        "service_phone": "0000-12345678",
    },
    "R20": {
        "worker_name": "陈小工",
        "pass_no": "LS-0012",
        "id_no": "990101198012258795",
        "unit_no": "1-1-0101",
        "valid_to": "2026-06-30",
    },
    "R23": {
        "unit_no": "1-1-0101",
        "stage": "施工中",
        "patrol_days": 12,
        "patrols_missed": 1,
        "patrols": [
            {"date": "2026-04-11", "dept": "customer", "level": "none"},
            {"date": "2026-04-12", "dept": "security", "level": "serious"},
        ],
        "violations": [{"facts": "未办动火审批，在阳台使用电焊。"}],
        "open_needs": [
            {
                "on": "2026-04-13",
                "need_from": "owner",
                "need": "周末搬沙发上楼",
                "result": "已安排专梯",
            }
        ],
    },
    "R26": {
        "unit_no": "1-1-0101",
        "owner_name": "张依诺",
        "company_name": "示范装饰工程有限公司",
        "responsible_person": "冯工",
        "violation_level": "serious",
        "found_at": "2026-04-12T10:20+08:00",
        "facts": "未办动火审批，在阳台使用电焊。",
        "requirement": "立即停工，补办动火审批，配备灭火器。",
        "rectify_by": "2026-04-14",
        "owner_called_at": "2026-04-12T10:40+08:00",
        "company_told_at": "2026-04-12T10:55+08:00",
        "penalty": 50000,
        "penalty_basis": "装修管理协议第八条",
        "sig_owner": signed("张依诺"),
        "sig_company": signed("冯工"),
        "sig_pm": signed("韩文川"),
    },
    "R29": {
        "unit_no": "1-1-0101",
        "owner_name": "张依诺",
        "applied_at": "2026-06-28T09:00+08:00",
        "inspect_at": "2026-06-30T14:00+08:00",
        "problems": [
            {"problem": "卫生间地漏返水", "measure": "重做坡度"},
            "门槛石松动",
        ],
        "accept_result": "fail",
        "accepted_on": None,
        "sig_owner": signed("张依诺"),
        "sig_engineering": signed("石长林"),
    },
    "R30": {
        "unit_no": "1-1-0101",
        "owner_name": "张依诺",
        "accepted_on": "2026-07-02",
        "requested_by": "company",
        "owner_consent": True,
        "harm_found": False,
        "deposit": 200000,
        "penalties_total": 50000,
        "utilities_due": 3550,
        "refund": 146450,
        "sig_owner": signed("张依诺"),
        "sig_company": signed("冯工"),
        "sig_centre_head": signed("苏婉清"),
        "sig_pm": signed("韩文川"),
    },
    "R31": {
        "unit_no": "1-1-0101",
        "payee": "张依诺",
        "paid_at": "2026-10-09T10:00+08:00",
        "pay_method": "transfer",
        "receipt_no": "R67-2026-00012",
        "receipt_returned": True,
        "refund": 146450,
        "sig_cashier": signed("贾惠玲"),
        "sig_payee": signed("张依诺"),
    },
    "R38": {
        "unit_no": "1-1-0101",
        "carrier_name": "李师傅",
        "carrier_id_last4": "8795",
        "carrier_type": "labourer",
        "reason": "move_out",
        "fees_settled": True,
        "items": [
            {"name": "双开门冰箱", "qty": 1, "kind": "appliance"},
            {"name": "三人沙发", "qty": 1, "kind": "furniture"},
            {"name": "纸箱", "qty": 12, "kind": "carton"},
        ],
        "authoriser": "owner",
        "called_at": "2026-03-10T09:12+08:00",
        "call_result": "consent",
        "sig_handler": signed("陆思远"),
        "sig_carrier": signed("李师傅"),
    },
    "R41": {
        "unit_no": "1-1-0201",
        "customer": "陈晓芸",
        "phone": "15400000106",
        "received_at": "2026-05-02T19:40+08:00",
        "channel": "call",
        "content": "夜间水泵房噪声影响休息。",
        "valid": True,
        "complaint_class": "important",
        "repeat_count": 2,
        "responsible_dept": "engineering",
        "manager_opinion": "请工程部当晚到场测量。",
        "opinion_manager": "苏婉清",
        "collected_by": "石长林",
        "process": "更换减振垫并复测。",
        "result": "复测为38分贝，已恢复正常。",
        "first_answer_at": "2026-05-03T09:00+08:00",
        "resolved_at": "2026-05-04T22:00+08:00",
        "replied_at": "2026-05-05T09:00+08:00",
        "customer_comment": "处理及时。",
        "sig_customer": signed("陈晓芸"),
    },
    "R42": {
        "unit_no": "1-1-0201",
        "customer": "陈晓芸",
        "complaint_no": "R41-2026-00007",
        "received_at": "2026-05-02T19:40+08:00",
        "content": "夜间水泵房噪声影响休息。",
        "result": "已更换减振垫，5月4日22时复测为38分贝。",
        "replied_at": "2026-05-05T09:00+08:00",
        "channel": "call",
        "approved_by": signed("苏婉清"),
    },
    "R67": {
        "unit_no": "1-1-0101",
        "payer": "张依诺",
        "paid_for": "物业服务费",
        "period": "2026年3月10日至2026年9月9日",
        "amount": 1640902,
        "pay_method": "wechat",
        "at": "2026-03-10T09:41+08:00",
        "sig_cashier": signed("贾惠玲"),
    },
}


def spoiled(value: Any, text: str) -> Any:
    """The same data with every text replaced: very long, or meant to do harm."""
    if isinstance(value, dict):
        return {name: spoiled(each, text) for name, each in value.items()}
    if isinstance(value, list):
        return [spoiled(each, text) for each in value]
    return text if isinstance(value, str) else value


def misfits(value: dict[str, Any]) -> dict[str, Any]:
    """The same names with values of quite other types."""
    odd: list[Any] = [None, 10**18, -1.5, [], {}, [[["x"]]], {"name": 1}, True, "x"]
    return {name: odd[place % len(odd)] for place, name in enumerate(value)}


def file_record(
    office: Office, kind: str, data: dict[str, Any], case_id: int | None, **more: Any
) -> int:
    """A record as some form of a process to come will write it; its id."""
    with office.sessions.begin() as session:
        serial = next_numbers(session, office.site_id, 2026, {kind: 1})[kind]
        record = Record(
            site_id=office.site_id,
            kind=kind,
            year=2026,
            serial=serial,
            number=f"{kind}-2026-{serial:05d}",
            case_id=case_id,
            house_code="1-1-0101",
            title=more.pop("title", kind),
            data=data,
            **more,
        )
        session.add(record)
        session.flush()
        return record.id


def keep_picture(office: Office, case_id: int) -> str:
    """A stored picture of a case; its id."""
    with office.sessions.begin() as session:
        count = len(list(session.scalars(select(StoredFile.id))))
        file_id = f"picture-{count}"
        session.add(
            StoredFile(
                id=file_id,
                case_id=case_id,
                name="照片.png",
                type="image/png",
                size=len(PNG),
                sha256="0" * 64,
            )
        )
    path = office.runtime.file_path(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PNG)
    return file_id
