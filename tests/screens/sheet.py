"""One sheet with all pictures side by side, and the pictures of the README."""

from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.screens.camera import Picture

PAPER = "#f6f2ea"
INK = "#29231d"
GAP = 16
CAPTION = 28
THUMBNAILS = {360: (180, 520), 1280: (416, 520)}  # width of the page: the box in which the top of it stands


def contact_sheet(pictures: list[Picture], path: Path) -> None:
    """A row for each view, its eight pictures in it, each with a caption."""
    rows = [list(row) for _, row in groupby(sorted(pictures, key=order(pictures)), key=lambda one: one.view)]
    width = GAP + max(sum(THUMBNAILS[one.width][0] + GAP for one in row) for row in rows)
    height = GAP + sum(max(THUMBNAILS[one.width][1] for one in row) + CAPTION + GAP for row in rows)
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    top = GAP
    for row in rows:
        left = GAP
        for one in row:
            box = THUMBNAILS[one.width]
            caption = f"{one.view} · {one.language} {one.scheme}" if one.width > 360 else f"{one.view}, {one.language}"
            draw.text((left, top), caption, INK, font)
            sheet.paste(thumbnail(one.path, one.width, box), (left, top + CAPTION))
            left += box[0] + GAP
        top += max(THUMBNAILS[one.width][1] for one in row) + CAPTION + GAP
    sheet.save(path, optimize=True)


def order(pictures: list[Picture]):
    """By view, in the order in which they were first taken, then phones before laptops."""
    places: dict[str, int] = {}
    for one in pictures:
        places.setdefault(one.view, len(places))
    return lambda one: (places[one.view], one.width, one.language, one.scheme != "light")


def thumbnail(path: Path, width: int, box: tuple[int, int]) -> Image.Image:
    """The top of a page, as much as the box holds."""
    with Image.open(path) as whole:
        seen = whole.convert("RGB").crop((0, 0, width, min(whole.height, width * box[1] // box[0])))
    small = seen.resize((box[0], round(seen.height * box[0] / width)), Image.Resampling.LANCZOS)
    framed = Image.new("RGB", box, small.getpixel((0, small.height - 1)))
    framed.paste(small, (0, 0))
    return framed
