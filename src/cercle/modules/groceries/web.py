"""The pages of the groceries."""

from cercle.modules.groceries import web_list

handlers = [*web_list.handlers]
