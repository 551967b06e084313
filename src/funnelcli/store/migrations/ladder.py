"""The steps from schema to schema, the first of which leads to schema 2; only ever added to.

Loads alembic, so nobody comes here but for a file that is behind.
"""

import sqlite3

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from funnelcli.store.migrations import (
    m0002_undo,
    m0003_people,
    m0004_targets,
    m0005_statements,
)
from funnelcli.store.readable import READABLE

STEPS = (m0002_undo, m0003_people, m0004_targets, m0005_statements)


def climb(connection: sqlite3.Connection, version: int) -> None:
    """Take the file from schema `version` to the newest, within the connection's transaction.

    The connection's own commit and rollback must do nothing, since SQLAlchemy rolls back what it
    first sees and what it is done with. Raises sqlite3.Error; the caller rolls back.
    """
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    for (view,) in views:
        connection.execute(f'DROP VIEW "{view}"')
    try:
        with engine.connect() as bound:
            op = Operations(MigrationContext.configure(bound))
            for step in STEPS[version - 1 :]:
                step.upgrade(op)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
    for view in READABLE:
        connection.execute(view)
