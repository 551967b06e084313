"""The layout of a new file, made of the rows that SQLModel knows, and what it is told of itself."""

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, create_engine

from funnelcli.store import facts  # noqa: F401  lays out their tables
from funnelcli.store.file import APPLICATION_ID, SCHEMA_VERSION
from funnelcli.store.founding import Founding
from funnelcli.store.readable import READABLE
from funnelcli.store.rows import Member, Setting


def lay_out(path: Path, founding: Founding) -> None:
    """Lay out every table and view in the empty file at `path`, with its settings and manager.

    Raises sqlite3.Error.
    """
    engine = create_engine(f"sqlite:///{path}")
    try:
        with Session(engine) as session:
            connection = session.connection()
            connection.exec_driver_sql("BEGIN")  # else each table is a transaction of its own
            SQLModel.metadata.create_all(connection)
            for view in READABLE:
                connection.exec_driver_sql(view)
            session.add_all(
                Setting(key=key, value=value) for key, value in founding.settings.items()
            )
            session.add(Member(name=founding.manager, login=founding.login, manager=True))
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
            session.commit()
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
    finally:
        engine.dispose()
