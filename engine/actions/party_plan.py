"""The people of a register against the parties that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.actions.register_plan import RegisterPlan
from engine.actions.stored_owners import PartyMatcher, StoredOwners
from engine.imports.identity import PERSON, kind_of
from engine.imports.kinds.people import PartyEntry
from engine.sealing import Seal
from engine.store.estate import Party


class PartyPlan:
    """``relation``: how they belong to the houses of their rows; ``kind`` counts them."""

    def __init__(
        self,
        plan: RegisterPlan,
        stored: StoredOwners,
        seal: Seal,
        relation: str,
        kind: str,
    ) -> None:
        self._plan, self._stored, self._seal = plan, stored, seal
        self._relation, self._kind = relation, kind

    def take(self, codes: Mapping[PartyEntry, list[str]]) -> dict[PartyEntry, Party]:
        """``codes``: the houses of each. Those with a certificate first: they are the
        surest."""
        matcher = PartyMatcher(self._stored, self._seal, self._relation)
        order = sorted(codes, key=lambda entry: entry.id_no is None)
        return {
            entry: self._take(entry, matcher.match(entry, codes[entry]))
            for entry in order
        }

    def _take(self, entry: PartyEntry, party: Party | None) -> Party:
        facts: dict[str, Any] = {
            "kind": entry.party_kind,
            "name": entry.name,
            "gender": entry.gender,
            "phone": entry.phone,
            "other_phone": entry.other_phone,
            "emergency_contact": entry.emergency_contact,
            **self._certificate(entry.id_no, party),
        }
        if party is not None:
            self._plan.edits.compare(self._kind, party, facts, party.name)
            return party
        facts["kind"] = entry.party_kind or kind_of(entry.id_no or "") or PERSON
        party = Party(site_id=self._stored.site_id, **facts)
        self._plan.additions.add(party)
        self._plan.ledger.new(self._kind)
        return party

    def _certificate(self, number: str | None, party: Party | None) -> dict[str, Any]:
        if number is None:
            return {}
        digest = self._seal.digest(number)
        if party is not None and party.id_digest == digest:
            return {}  # sealed anew it would look changed
        return {
            "id_no": self._seal.close(number),
            "id_digest": digest,
            "id_tail": number[-4:],
        }
