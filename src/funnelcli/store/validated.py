"""Rows that are validated: a SQLModel session on the connection that an operation has open.

It is made when an operation has its first row to validate, since sqlmodel takes long to load.
"""

import sqlite3

from sqlalchemy.pool import StaticPool
from sqlmodel import Session, create_engine

from funnelcli.store import journal


def session_over(connection: sqlite3.Connection, operation_id: int) -> Session:
    """Return a session on an open connection that keeps a journal of the operation's plain rows.

    The transaction stays whose it is: the session only writes into it.
    """
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    session = Session(engine, expire_on_commit=False, autoflush=False)
    journal.keep(session, operation_id)
    return session
