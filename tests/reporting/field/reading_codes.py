"""A drawn QR code read back: modules of the SVG, then format, mask, blocks and segments (ISO/IEC 18004).

Nothing is corrected: what is drawn here is never damaged. From the library that draws come only the tables of the norm.
"""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from qrcode.base import rs_blocks
from qrcode.util import mask_func, pattern_position

QUIET = 4
_SVG = "{http://www.w3.org/2000/svg}"
_MODULE = re.compile(r"M(\d+) (\d+)h1v1h-1z")
_FORMAT_MASK = 0b101010000010010
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

Modules = list[list[bool]]


def read_code(svg: str) -> str:
    """The text of the code; an AssertionError where the drawing is no code."""
    modules = modules_of(svg)
    version, odd = divmod(len(modules) - 17, 4)
    assert version > 0 and not odd, "no side of a code has so many modules"
    level, mask = divmod(_format(modules), 8)
    bits = list(_bits(modules, mask_func(mask), version))
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    blocks = rs_blocks(version, level)
    assert len(words) == sum(block.total_count for block in blocks)
    told: list[list[int]] = [[] for _block in blocks]
    stream = iter(words)
    for at in range(max(block.data_count for block in blocks)):
        for block, kept in zip(blocks, told, strict=True):
            if at < block.data_count:
                kept.append(next(stream))
    return _text("".join(f"{word:08b}" for kept in told for word in kept), version)


def modules_of(svg: str) -> Modules:
    """Which modules are dark, row by row, without the quiet zone, which must be empty."""
    drawing = ElementTree.fromstring(svg)  # noqa: S314 - our own
    left, top, width, height = map(int, drawing.attrib["viewBox"].split())
    assert (left, top, width) == (0, 0, height)
    path = drawing.findall(f"{_SVG}path")[0].attrib["d"]
    assert _MODULE.sub("", path) == "", "something else than squares is drawn"
    dark = {(int(y) - QUIET, int(x) - QUIET) for x, y in _MODULE.findall(path)}
    side = range(width - 2 * QUIET)
    assert all(row in side and column in side for row, column in dark), "the quiet zone is not quiet"
    return [[(row, column) in dark for column in side] for row in side]


def _format(modules: Modules) -> int:
    """Level and mask, which stand in the code twice."""
    side = len(modules)
    rows = [*range(6), 7, 8, *range(side - 7, side)]
    columns = [*range(side - 1, side - 9, -1), 7, *range(5, -1, -1)]
    down, along = [modules[row][8] for row in rows], [modules[8][column] for column in columns]
    assert down == along, "the two copies of the format differ"
    return (_number(down[::-1]) ^ _FORMAT_MASK) >> 10


def _bits(modules: Modules, mask: Callable[[int, int], bool], version: int) -> Iterator[bool]:
    """The bits as they were laid: two columns at a time from the right, up and down in turn."""
    side = len(modules)
    laid = _laid(side, version)
    for turn, right in enumerate([*range(side - 1, 6, -2), 5, 3, 1]):
        for row in range(side) if turn % 2 else reversed(range(side)):
            for column in (right, right - 1):
                if (row, column) not in laid:
                    yield modules[row][column] != mask(row, column)


def _laid(side: int, version: int) -> set[tuple[int, int]]:
    """Modules that carry no data: the three corners with the format, the lines between, small squares, the version."""
    near, far = range(9), range(side - 8, side)
    laid = {
        (row, column)
        for rows, columns in ((near, near), (near, far), (far, near))
        for row in rows
        for column in columns
    }
    laid |= {(6, at) for at in range(side)} | {(at, 6) for at in range(side)}
    places = pattern_position(version)
    for middle in places:
        for other in places:
            if (middle, other) not in {(6, 6), (6, side - 7), (side - 7, 6)}:
                laid |= {(middle + down, other + along) for down in range(-2, 3) for along in range(-2, 3)}
    if version >= 7:
        told = {(row, column) for row in range(6) for column in range(side - 11, side - 8)}
        laid |= told | {(column, row) for row, column in told}
    return laid


def _text(bits: str, version: int) -> str:
    at, text = 0, ""

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while len(bits) - at >= 4 and (mode := take(4)):
        if mode == 0b0100:
            text += bytes(take(8) for _ in range(take(8 if version < 10 else 16))).decode()
        elif mode == 0b0010:
            length = take(9 if version < 10 else 11)
            for _pair in range(length // 2):
                first, second = divmod(take(11), 45)
                text += _ALPHANUMERIC[first] + _ALPHANUMERIC[second]
            text += _ALPHANUMERIC[take(6)] if length % 2 else ""
        else:
            assert mode == 0b0001, f"mode {mode:04b} is not read here"
            length = take(10 if version < 10 else 12)
            for left in range(length, 0, -3):
                digits = min(left, 3)
                text += f"{take(3 * digits + 1):0{digits}d}"
    return text


def _number(bits: list[bool]) -> int:
    return int("".join("01"[bit] for bit in bits), 2)
