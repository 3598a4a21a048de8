"""One sheet with all pictures side by side, and the pictures of the README."""

from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.screens.camera import Picture

PAPER = "#f6f2ea"
INK = "#29231d"
GAP = 16
CAPTION = 28
TABLE, RING = "#ebe3d5", "#e3d9c8"
BETWEEN, ROUND = 44, 30
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


def side_by_side(paths: list[Path], target: Path) -> None:
    """The picture of the README: phones next to each other on a linen table, with the circle behind them."""
    phones = [Image.open(path).convert("RGB") for path in paths]
    width, height = phones[0].size
    canvas = Image.new("RGB", ((width + BETWEEN) * len(phones) + BETWEEN, height + 2 * BETWEEN), TABLE)
    draw = ImageDraw.Draw(canvas)
    for radius, line in ((330, 22), (430, 12), (530, 6)):
        middle = (canvas.width - 160, 60)
        draw.circle(middle, radius, outline=RING, width=line)
    shape = rounded((width, height))
    for number, phone in enumerate(phones):
        corner = (BETWEEN + number * (width + BETWEEN), BETWEEN)
        shadow = Image.new("L", canvas.size)
        shadow.paste(shape.point(lambda light: light // 5), (corner[0], corner[1] + 8))
        canvas.paste(INK, mask=shadow.filter(ImageFilter.GaussianBlur(14)))
        canvas.paste(phone, corner, shape)
    target.parent.mkdir(parents=True, exist_ok=True)
    canvas.quantize(255, dither=Image.Dither.NONE).save(target, optimize=True)


def rounded(size: tuple[int, int]) -> Image.Image:
    """A mask with round corners, drawn larger than it is so that its edge is smooth."""
    large = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), ROUND * 4, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


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
