"""Runs the scripts on the connection that `upgrading` hands over, inside the transaction that it began."""

from alembic import context

from evidence.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column only by rebuilding the table
)
with context.begin_transaction():
    context.run_migrations()
