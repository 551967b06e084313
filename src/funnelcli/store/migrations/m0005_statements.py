"""Schema 5: bonus statements, the days on which people joined and left, make-up days.

What runs of the stalled list found is remembered beside them.
"""

from alembic.operations import Operations

from funnelcli.store.migrations.rebuilding import rebuild

MEMBER = """CREATE TABLE member (id INTEGER NOT NULL, name VARCHAR NOT NULL, login VARCHAR, manager
      BOOLEAN NOT NULL, away VARCHAR NOT NULL, career VARCHAR NOT NULL, gone BOOLEAN NOT NULL,
      joined_on DATE, left_on DATE, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name)
      <= 200), CONSTRAINT login_length CHECK (length(login) <= 200), CONSTRAINT away_length CHECK
      (length(away) <= 10000), CONSTRAINT career_length CHECK (length(career) <= 10000),
      CONSTRAINT stay_order CHECK (left_on > joined_on))"""

MADE = (
    """CREATE TABLE statement (id INTEGER NOT NULL, effective_at INTEGER, recorded_at INTEGER NOT
      NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER, retracted_by INTEGER, member_id
      INTEGER, period_start DATE NOT NULL, period_end DATE NOT NULL, period VARCHAR NOT NULL,
      as_of INTEGER NOT NULL, rules VARCHAR NOT NULL, lines VARCHAR NOT NULL, PRIMARY KEY (id),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT period_length CHECK (length(period) <= 200), CONSTRAINT rules_length CHECK
      (length(rules) <= 100000), CONSTRAINT period_order CHECK (period_end > period_start),
      FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(member_id) REFERENCES member (id))""",
    """CREATE TABLE stalled_run (name VARCHAR NOT NULL, as_of INTEGER NOT NULL, scope VARCHAR NOT
      NULL, findings VARCHAR NOT NULL, PRIMARY KEY (name, as_of), CONSTRAINT name_length CHECK
      (length(name) <= 200))""",
    "INSERT INTO setting (key, value) VALUES ('makeup', '')",
)

INDEXES = (
    "CREATE UNIQUE INDEX member_by_login ON member (login) WHERE gone = 0",
    "CREATE UNIQUE INDEX member_by_name ON member (name) WHERE gone = 0",
    "CREATE INDEX ix_statement_operation_id ON statement (operation_id)",
    "CREATE INDEX statement_of_member ON statement (member_id, period_start, period_end)",
    "CREATE INDEX statement_retracted ON statement (retracted_by) WHERE retracted_by IS NOT NULL",
)


def upgrade(op: Operations) -> None:
    """Lay the team out anew, and the new tables beside it; no day is made up for at first."""
    rebuild(op, "member", MEMBER, {})
    for made in (*MADE, *INDEXES):
        op.execute(made)
