"""A table laid out anew, its rows kept: SQLite cannot change a constraint in place.

The rows wait in a temporary table, so that nothing is renamed: a renamed table would take the
references of views and other tables with it.
"""

from collections.abc import Mapping

from alembic.operations import Operations
from sqlalchemy import text


def rebuild(op: Operations, table: str, layout: str, new: Mapping[str, str]) -> None:
    """Lay `table` out as `layout` says and copy its rows column by column.

    `new` gives columns that the table had not yet, each with the SQL of its value. The table's
    indexes go with the old layout. Foreign keys must not be enforced meanwhile.
    """
    op.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM main.{table}")
    asked = op.get_bind().execute(text("SELECT name FROM pragma_table_info('kept')"))
    columns = ", ".join([*asked.scalars(), *new])
    op.execute(f"DROP TABLE main.{table}")
    op.execute(layout)
    values = ", ".join(["kept.*", *new.values()])
    op.execute(f"INSERT INTO main.{table} ({columns}) SELECT {values} FROM kept ORDER BY rowid")
    op.execute("DROP TABLE kept")
