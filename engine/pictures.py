"""Pictures that come from phones and mails: whether they open, and a small one of each."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 60_000_000  # more is no photo, and costs memory
SMALL = (192, 192)
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
)


def opens(content: bytes) -> bool:
    """Whether the whole picture can be shown: half of one is found out here, not by who
    needs it a year later."""
    return _small(content) is not None


def thumbnail(content: bytes) -> bytes | None:
    """A JPEG of at most SMALL the right way up; None for what does not open."""
    picture = _small(content)
    if picture is None:
        return None
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail(SMALL)
    paper = Image.new("RGB", picture.size, "white")  # JPEG has no transparency
    seen = picture.convert("RGBA")
    paper.paste(seen, mask=seen)
    out = BytesIO()
    paper.save(out, "JPEG", quality=80)
    return out.getvalue()


def _small(content: bytes) -> Image.Image | None:
    """The picture read, a JPEG at no more than twice the size asked for."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content))
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.draft("RGB", SMALL)
        picture.load()
    except _BROKEN:
        return None
    return picture
