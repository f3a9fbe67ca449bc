"""Is this file safe to open as a workbook? Looked at before openpyxl sees a byte.

An .xlsx file is a ZIP of XML parts (ECMA-376 part 2); an OLE container ([MS-CFB]) is
either an old .xls or an encrypted .xlsx ([MS-OFFCRYPTO]).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.utils import range_boundaries

from engine.imports.refusals import (
    CorruptWorkbook,
    MacroWorkbook,
    NotAWorkbook,
    OldWorkbook,
    ProtectedWorkbook,
    WorkbookTooBig,
)

MEGABYTE = 1024 * 1024
MAX_UNPACKED = 200 * MEGABYTE
# Of parts read whole into memory. A sheet is read as a stream and may shrink to a
# thousandth honestly: a million empty rows do.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 20 * MEGABYTE
MAX_PARTS = 5_000
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CHUNK = 1 << 20
OVERLAP = 512  # longer than any tag looked for, so that none is cut in two unseen
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
MAX_MERGES = 100_000


@dataclass(frozen=True)
class Marks:
    """What a sheet's XML says beside its values. ``merges``: (column, first row) ->
    last row, of ranges one column wide; a wider one is a title, not data."""

    formulas: bool = False
    merges: dict[tuple[int, int], int] = field(default_factory=dict)


def check_archive(file: BinaryIO) -> None:
    """Raises the refusal that fits; leaves the file at its start."""
    file.seek(0)
    head = file.read(8)
    if head == OLE_MAGIC:
        raise ProtectedWorkbook() if _has(file, ENCRYPTED_STREAM) else OldWorkbook()
    if not head.startswith(b"PK\x03\x04"):
        raise NotAWorkbook()
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            _check_parts(archive)
    except (BadZipFile, EOFError, OSError, KeyError, zlib.error) as broken:
        raise CorruptWorkbook() from broken
    finally:
        file.seek(0)


def _check_parts(archive: ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise ProtectedWorkbook()
    # zipfile never unpacks past the size that is declared here
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS or any(map(_crammed, parts)):
        raise WorkbookTooBig(limit=MAX_UNPACKED // MEGABYTE)
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.bin" in names:
        raise OldWorkbook()
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise NotAWorkbook()
    if _has_macros(archive, names):
        raise MacroWorkbook()


def _crammed(part: ZipInfo) -> bool:
    if part.filename.startswith("xl/worksheets/") or part.file_size < RATIO_COUNTS_FROM:
        return False
    return part.file_size > MAX_RATIO * part.compress_size


def _has_macros(archive: ZipFile, names: set[str]) -> bool:
    if any(
        name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/")
        for name in names
    ):
        return True
    return b"macroEnabled" in archive.read("[Content_Types].xml")


def marks_of(archive: ZipFile, part: str) -> Marks:
    """One pass over a sheet's raw XML: openpyxl's read-only mode skips merged ranges, and
    shows a formula without its result as an empty cell."""
    formulas = False
    merges: dict[tuple[int, int], int] = {}
    with archive.open(part) as stream:
        for chunk in _chunks(stream):
            formulas = formulas or FORMULA.search(chunk) is not None
            for found in MERGE.finditer(chunk):
                left, top, right, bottom = range_boundaries(found[1].decode())
                if left == right and len(merges) < MAX_MERGES:
                    merges[int(left or 0), int(top or 0)] = int(bottom or 0)
    return Marks(formulas, merges)


def _has(file: BinaryIO, needle: bytes) -> bool:
    file.seek(0)
    return any(needle in chunk for chunk in _chunks(file))


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while chunk := stream.read(CHUNK):
        yield tail + chunk
        tail = chunk[-OVERLAP:]
