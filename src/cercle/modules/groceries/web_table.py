"""The tables of the groceries' files: columns in both languages, and cells that no spreadsheet takes for a formula."""

from cercle.modules.groceries.catalogue import folded

COLUMNS = {
    "list": ("product", "amount", "unit", "shop", "note"),
    "products": ("product", "aisle", "unit", "minimum", "place", "shop", "barcodes", "note"),
    "stock": ("product", "amount", "unit", "place", "best_before", "price"),
}
# column: its heading in English and French, then what else it may be called in a file that comes in.
_HEADINGS = {
    "product": ("product", "produit", "name", "nom", "item", "article"),
    "amount": ("amount", "quantité", "quantity", "qty", "qté"),
    "unit": ("unit", "unité"),
    "shop": ("shop", "magasin", "store"),
    "note": ("note", "note", "notes", "comment", "commentaire"),
    "aisle": ("aisle", "rayon", "category", "catégorie", "group", "groupe"),
    "minimum": ("minimum", "minimum", "min"),
    "place": ("place", "endroit", "location", "emplacement", "lieu"),
    "barcodes": ("barcodes", "codes-barres", "barcode", "code-barres"),
    "best_before": ("best before", "à consommer avant", "expiry", "péremption", "best before date"),
    "price": ("price", "prix"),
}
_CALLED = {folded(name): column for column, names in _HEADINGS.items() for name in names}
# How a formula begins, in one spreadsheet or another. Source: OWASP, CSV Injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def header(column: str, language: str) -> str:
    return _HEADINGS[column][language == "fr"]


def column_called(heading: str) -> str | None:
    """The column that a heading of a file names, in either language."""
    return _CALLED.get(folded(heading[:60]))


def one_line(text: str) -> str:
    return " ".join(text.split())


def safe(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unsafe(cell: str) -> str:
    """What `safe` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
