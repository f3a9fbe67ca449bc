"""Pictures of identity papers carry, whenever they are shown, what they may be used for.

PIPL article 6 (no more than the purpose needs): the stamp runs slantwise over the whole
picture, so that a screenshot or a print of it is of no use elsewhere.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from engine.errors import Refused

LONGEST = 2000  # pixels of the longer side; larger pictures are made smaller
MOST_PIXELS = 60_000_000  # more is no photo of a card, and costs memory
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",  # fonts-noto-cjk
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",  # fonts-wqy-microhei
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class PictureBroken(Refused):
    """图片“{name}”打不开，可能已损坏，请重新拍照上传。"""

    status = 422


def stamped(content: bytes, name: str, words: str, plain: str) -> bytes:
    """The picture as a JPEG with ``words`` over it; ``plain``, in Latin letters, takes
    their place on a machine without a Chinese font. Raises ``PictureBroken``."""
    try:
        with Image.open(BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureBroken(name=name)
            opened.draft("RGB", (LONGEST, LONGEST))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as broken:
        raise PictureBroken(name=name) from broken
    except Image.DecompressionBombError as bomb:
        raise PictureBroken(name=name) from bomb
    picture.thumbnail((LONGEST, LONGEST))
    out = BytesIO()
    _overlaid(picture, words, plain).save(out, "JPEG", quality=85)
    return out.getvalue()


def _overlaid(picture: Image.Image, words: str, plain: str) -> Image.Image:
    size = max(12, round(max(picture.size) / 32))
    path = chinese_font()
    text = words if path else plain
    font = _font(path, size)
    side = round(1.5 * max(picture.size)) + 1  # turned by 30°, it still covers all
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    width = round(pen.textlength(text, font)) + 3 * size
    for row, y in enumerate(range(0, side, 5 * size)):
        for x in range(-(row % 2) * width // 2, side, width):
            place = (x, y)
            pen.text(
                place,
                text,
                (200, 0, 0, 120),
                font,
                stroke_width=1,
                stroke_fill=(255, 255, 255, 90),
            )
    layer = layer.rotate(30, resample=Image.Resampling.BICUBIC)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    cut = layer.crop((left, top, left + picture.width, top + picture.height))
    return Image.alpha_composite(picture.convert("RGBA"), cut).convert("RGB")


@cache
def chinese_font() -> str | None:
    return next((path for path in FONTS if Path(path).exists()), None)


def _font(path: str | None, size: int) -> Font:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
