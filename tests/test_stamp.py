"""Pictures of identity papers under their stamp."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from engine import stamp
from engine.stamp import PictureBroken, stamped

WORDS, PLAIN = "仅供办理示范里小区房屋交接业务使用 陆思远 2026-03-10", "ONLY FOR CASE 1"


def picture(width: int, height: int, kind: str = "PNG", **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("L")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(860, 540), (540, 860), (120, 80)])
def test_no_quarter_of_the_picture_is_without_it(
    kind: str, size: tuple[int, int]
) -> None:
    found = opened(stamped(picture(*size, kind), "身份证.png", WORDS, PLAIN))
    assert found.size == size
    half = (size[0] // 2, size[1] // 2)
    for left in (0, half[0]):
        for top in (0, half[1]):
            part = found.crop((left, top, left + half[0], top + half[1]))
            assert part.getextrema()[0] < 250, (left, top)


def test_without_a_chinese_font_it_is_in_latin_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chinese = opened(stamped(picture(860, 540), "a.png", WORDS, PLAIN))
    monkeypatch.setattr(stamp, "FONTS", ())
    stamp.chinese_font.cache_clear()
    latin = opened(stamped(picture(860, 540), "a.png", WORDS, PLAIN))
    stamp.chinese_font.cache_clear()
    assert latin.getextrema()[0] < 250
    assert ImageChops.difference(chinese, latin).getbbox() is not None


def test_a_photo_is_turned_upright_and_made_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    content = picture(4000, 3000, "JPEG", exif=exif)
    assert opened(stamped(content, "a.jpg", WORDS, PLAIN)).size == (1500, 2000)


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", picture(200, 200)[:60], b"\x89PNG\r\n\x1a\n" + b"\0" * 90],
)
def test_what_cannot_be_opened_is_refused(content: bytes) -> None:
    with pytest.raises(PictureBroken, match="身份证.png"):
        stamped(content, "身份证.png", WORDS, PLAIN)


def test_what_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    with pytest.raises(PictureBroken):
        stamped(out.getvalue(), "a.png", WORDS, PLAIN)
