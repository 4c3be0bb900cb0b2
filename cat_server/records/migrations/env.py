"""Alembic's entry: runs the migrations on the connection that `records.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from cat_server.records import tables

_ = tables  # importing them registers them with the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
