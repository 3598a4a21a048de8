"""The pages, the API and the live events of a node: one ASGI application."""
