"""Pictures of every page, as `make screens` takes them."""
