"""The registry of an estate: houses and who belongs to them, vehicles and spaces, keys,
meters, balances, and what every import changed."""

from engine.store.estate.balances import Balance, BalanceSheet, newest_sheet
from engine.store.estate.house_keys import KEY_STATES, HouseKey, KeyMove
from engine.store.estate.house_places import houses_meant
from engine.store.estate.houses import (
    HOUSE_STATES,
    RELATIONS,
    House,
    HouseParty,
    Party,
    house_facts,
    house_list,
    party_facts,
    residents,
)
from engine.store.estate.import_runs import (
    AT_WORK,
    PENDING,
    ImportChange,
    ImportRun,
    import_run,
    last_import,
)
from engine.store.estate.meters import Meter, MeterReading
from engine.store.estate.of_house import (
    imported_states,
    keys_at,
    meters_at,
    people_of,
    spaces_of,
    vehicles_of,
)
from engine.store.estate.of_party import homes_of, keys_lent_to, party_vehicles
from engine.store.estate.standing import (
    balances_of,
    keys_of,
    links_of,
    meters_of,
    tenants_of,
)
from engine.store.estate.tenancies import Tenancy
from engine.store.estate.vehicles import ParkingSpace, SpaceLease, Vehicle

__all__ = [
    "AT_WORK",
    "Balance",
    "BalanceSheet",
    "HOUSE_STATES",
    "House",
    "HouseKey",
    "HouseParty",
    "ImportChange",
    "ImportRun",
    "KEY_STATES",
    "KeyMove",
    "Meter",
    "MeterReading",
    "ParkingSpace",
    "PENDING",
    "Party",
    "RELATIONS",
    "SpaceLease",
    "Tenancy",
    "Vehicle",
    "balances_of",
    "homes_of",
    "houses_meant",
    "house_facts",
    "house_list",
    "keys_of",
    "links_of",
    "meters_at",
    "meters_of",
    "newest_sheet",
    "import_run",
    "imported_states",
    "keys_at",
    "keys_lent_to",
    "last_import",
    "party_facts",
    "party_vehicles",
    "people_of",
    "residents",
    "spaces_of",
    "tenants_of",
    "vehicles_of",
]
