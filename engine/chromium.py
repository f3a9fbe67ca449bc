"""The machine's Chromium, headless: it turns pages into pictures and into PDF."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.errors import Refused

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--lang=zh-CN",
    "--virtual-time-budget=10000",
)


class ChromiumMissing(Refused):
    """没有找到 Chromium 浏览器，无法生成流程图片。请先安装(Debian:apt install chromium fonts-noto-cjk)。"""

    status = 503


class PdfNotMade(Refused):
    """这台服务器暂时不能生成 PDF。请改用“打印”，在打印窗口里也可以另存为 PDF。"""

    status = 503


def find_chromium(wanted: str | None) -> str:
    """The browser's program. Raises ``ChromiumMissing``."""
    for name in (wanted,) if wanted else NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise ChromiumMissing()


def make_pdf(page: str, chromium: str | None = None) -> bytes:
    """A page that holds all it shows, as PDF; it decides its own paper (``@page``).

    Nothing is asked of the network. Raises ``PdfNotMade``.
    """
    try:
        program = find_chromium(chromium)
    except ChromiumMissing as missing:
        raise PdfNotMade() from missing
    with tempfile.TemporaryDirectory(prefix="steward-pdf-") as folder:
        source, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, encoding="utf-8")
        command = [
            program,
            *FLAGS,
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={out}",
            source.as_uri(),
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
            return out.read_bytes()
        except (subprocess.SubprocessError, OSError) as failed:
            raise PdfNotMade() from failed
