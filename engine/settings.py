"""Where things are and how big they may be: the only reader of the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "web" / "static" / "build"  # the built front end


@dataclass(frozen=True)
class Settings:
    """What one installation is told from outside; sizes in bytes."""

    var: Path
    database_url: str
    processes: Path
    forms: Path
    secret: str
    max_upload: int = 20 * 1024 * 1024
    zone: str = "Asia/Shanghai"
    secure_cookies: bool = False
    chromium: str | None = None
    webhook_hosts: frozenset[str] = frozenset()
    mail: str | None = None

    @property
    def files(self) -> Path:
        return self.var / "files"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        env = os.environ if environ is None else environ
        var = Path(env.get("STEWARD_VAR", ROOT / "var")).resolve()
        var.mkdir(parents=True, exist_ok=True)
        url = env.get("DATABASE_URL") or f"sqlite:///{var / 'steward.sqlite3'}"
        return cls(
            var=var,
            database_url=_with_driver(url),
            processes=Path(env.get("STEWARD_PROCESSES", ROOT / "processes")),
            forms=Path(env.get("STEWARD_FORMS", ROOT / "forms")),
            secret=env.get("STEWARD_SECRET") or _kept_secret(var),
            secure_cookies=env.get("STEWARD_HTTPS") == "1",
            chromium=env.get("STEWARD_CHROMIUM"),
            webhook_hosts=frozenset(env.get("STEWARD_WEBHOOK_HOSTS", "").split()),
            mail=env.get("STEWARD_MAIL"),
        )


def _with_driver(url: str) -> str:
    """PostgreSQL addresses as hosting services write them, made to name psycopg."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kept_secret(var: Path) -> str:
    """The secret of this installation: made once, readable by its owner alone."""
    path = var / "secret"
    if not path.exists():
        fresh = var / f"secret.{secrets.token_hex(4)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whole or not at all, also when two start at once
        fresh.unlink()
    return path.read_text().strip()
