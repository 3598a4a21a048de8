"""The pages of the groceries."""

from cercle.modules.groceries import (
    web_files,
    web_list,
    web_prices,
    web_product,
    web_product_forms,
    web_purchase,
    web_stock,
    web_things,
    web_waste,
)

_PAGES = (
    web_list,
    web_stock,
    web_product,
    web_product_forms,
    web_purchase,
    web_prices,
    web_waste,
    web_things,
    web_files,
)
handlers = [handler for page in _PAGES for handler in page.handlers]
