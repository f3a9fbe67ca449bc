"""Pictures of processes: what Chromium draws, and every way it can be refused."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import zlib
from pathlib import Path

import pytest

from engine.chromium import NAMES, ChromiumMissing
from engine.workflow import render
from engine.workflow.layout import draw
from engine.workflow.render import (
    NothingDrawn,
    PictureFailed,
    ViewerMissing,
    picture_size,
    render_png,
)
from tests.workflow.random_models import BPMN

BUILD = Path(__file__).parents[2] / "web" / "static" / "build"
MODEL = (
    f'<definitions xmlns="{BPMN}" id="d" targetNamespace="t"><process id="p">'
    '<startEvent id="begun" name="已受理"/>'
    '<scriptTask id="a" name="核对材料"><script>a = 1</script></scriptTask>'
    '<endEvent id="done" name="已办结"/>'
    '<sequenceFlow id="f1" sourceRef="begun" targetRef="a"/>'
    '<sequenceFlow id="f2" sourceRef="a" targetRef="done"/></process></definitions>'
).encode()


def require(present: object, reason: str) -> None:
    """Skips where something is not installed, but never in CI."""
    if not present:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def pixels(png: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the colours of an eight-bit PNG without interlacing (RFC 2083)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and colour in (2, 6)
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    size = 3 if colour == 2 else 4
    rows = zlib.decompress(data)
    line = 1 + width * size
    # Filtered rows: an all-white picture has one sort of row, a drawn one has many.
    return width, height, {rows[n * line : (n + 1) * line] for n in range(height)}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / render.SCRIPT).write_text("")
    (folder / render.STYLES).write_text("")
    return folder


def program(tmp_path: Path, *lines: str) -> str:
    """A program that stands in for a broken browser."""
    path = tmp_path / "browser"
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.browser
def test_a_model_becomes_a_picture_of_its_size(tmp_path: Path):
    require(any(map(shutil.which, NAMES)), "Chromium is not installed")
    require((BUILD / render.SCRIPT).is_file(), "the viewer is not built (make run)")
    xml, out = draw(MODEL), tmp_path / "a.png"
    render_png(xml, out, bundle=BUILD, state={"a": "open"})
    width, height, rows = pixels(out.read_bytes())
    assert (width, height) == picture_size(xml)
    assert len(rows) > 60, "the picture is blank"


def test_the_size_is_that_of_the_drawing_with_a_margin():
    width, height = picture_size(draw(MODEL))
    assert 300 < width <= 500 and height == render.SMALLEST[1]


def test_a_model_cannot_end_the_script_it_is_embedded_in(bundle: Path, tmp_path: Path):
    shown = tmp_path / "page.html"
    browser = program(
        tmp_path, f'for last; do :; done; cp "${{last#file://}}" {shown}; exit 1'
    )
    with pytest.raises(PictureFailed):
        render_png(draw(MODEL), tmp_path / "a.png", bundle=bundle, chromium=browser)
    page = shown.read_text(encoding="utf-8")
    assert "a = 1\\u003c/script>" in page and page.count("</script>") == 3


def test_without_chromium_it_says_what_to_install(bundle: Path, tmp_path: Path):
    with pytest.raises(ChromiumMissing) as refusal:
        render_png(draw(MODEL), tmp_path / "a.png", bundle=bundle, chromium="no-such")
    assert refusal.value.status == 503 and "chromium" in str(refusal.value)


def test_without_the_built_viewer_it_says_what_to_run(tmp_path: Path):
    browser = program(tmp_path, "exit 0")
    with pytest.raises(ViewerMissing) as refusal:
        render_png(draw(MODEL), tmp_path / "a.png", bundle=tmp_path, chromium=browser)
    assert refusal.value.status == 503 and "make run" in str(refusal.value)


def test_a_failing_browser_is_quoted(bundle: Path, tmp_path: Path):
    browser = program(tmp_path, "echo out of memory >&2", "exit 3")
    with pytest.raises(PictureFailed) as refusal:
        render_png(draw(MODEL), tmp_path / "a.png", bundle=bundle, chromium=browser)
    assert refusal.value.status == 502 and "out of memory" in str(refusal.value)


def test_a_browser_that_draws_nothing_is_a_failure(bundle: Path, tmp_path: Path):
    out = tmp_path / "a.png"
    out.write_bytes(b"an older picture")
    with pytest.raises(PictureFailed):
        browser = program(tmp_path, "exit 0")
        render_png(draw(MODEL), out, bundle=bundle, chromium=browser)
    assert not out.exists()


def test_a_browser_that_hangs_is_stopped(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(render, "SECONDS", 0.2)
    browser = program(tmp_path, "exec sleep 30")
    with pytest.raises(PictureFailed) as refusal:
        render_png(draw(MODEL), tmp_path / "a.png", bundle=bundle, chromium=browser)
    assert "0.2 秒" in str(refusal.value)


def test_a_model_without_a_drawing_is_refused(bundle: Path, tmp_path: Path):
    browser = program(tmp_path, "exit 0")
    with pytest.raises(NothingDrawn) as refusal:
        render_png(MODEL, tmp_path / "a.png", bundle=bundle, chromium=browser)
    assert refusal.value.status == 422 and "steward layout" in str(refusal.value)
