"""Pages."""

handlers: list[object] = []
