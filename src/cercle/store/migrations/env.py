"""How Alembic reaches the database: by the connection that `migrate` opened."""

from alembic import context

from cercle.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
