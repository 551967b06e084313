"""Schema 4: targets of people and of the team; limits and chances that were learned and adopted.

What backtests found is remembered beside them.
"""

from alembic.operations import Operations

from funnelcli.store.migrations.rebuilding import rebuild

STAGE = """CREATE TABLE stage (id INTEGER NOT NULL, pipeline_id INTEGER NOT NULL, position INTEGER,
      name VARCHAR NOT NULL, title VARCHAR NOT NULL, probability INTEGER NOT NULL, max_days INTEGER,
      silence_days INTEGER, phase VARCHAR, guidance VARCHAR NOT NULL, replaced_by INTEGER,
      learned_days INTEGER, learned_n INTEGER, learned_probability INTEGER, learned_closed
      INTEGER, learned_at INTEGER, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name)
      <= 200), CONSTRAINT title_length CHECK (length(title) <= 200), CONSTRAINT guidance_length
      CHECK (length(guidance) <= 10000), CONSTRAINT probability_range CHECK (probability BETWEEN
      0 AND 10000), CONSTRAINT limits_range CHECK (max_days > 0 AND silence_days > 0), CONSTRAINT
      learned_days_range CHECK (learned_days > 0), CONSTRAINT learned_probability_range CHECK
      (learned_probability BETWEEN 0 AND 10000), CONSTRAINT learned_from_range CHECK (learned_n
      >= 0 AND learned_closed >= 0), FOREIGN KEY(pipeline_id) REFERENCES pipeline (id), FOREIGN
      KEY(replaced_by) REFERENCES stage (id))"""

MADE = (
    """CREATE TABLE target (id INTEGER NOT NULL, effective_at INTEGER, recorded_at INTEGER NOT
      NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER, retracted_by INTEGER, member_id
      INTEGER, period_start DATE NOT NULL, period_end DATE NOT NULL, period VARCHAR NOT NULL,
      amount INTEGER, PRIMARY KEY (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS
      NULL) = (retracted_by IS NULL)), CONSTRAINT period_length CHECK (length(period) <= 200),
      CONSTRAINT amount_range CHECK (amount BETWEEN 0 AND 100000000000000), CONSTRAINT
      period_order CHECK (period_end > period_start), FOREIGN KEY(operation_id) REFERENCES
      operation (id), FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(member_id)
      REFERENCES member (id))""",
    """CREATE TABLE backtest_score (as_of INTEGER NOT NULL, scores VARCHAR NOT NULL, PRIMARY KEY
      (as_of))""",
)

INDEXES = (
    "CREATE INDEX stage_of_pipeline ON stage (pipeline_id, position)",
    "CREATE INDEX ix_target_operation_id ON target (operation_id)",
    "CREATE INDEX target_of_member ON target (member_id, period_start, period_end)",
    "CREATE INDEX target_retracted ON target (retracted_by) WHERE retracted_by IS NOT NULL",
)


def upgrade(op: Operations) -> None:
    """Lay the stages out anew, and the new tables beside them."""
    rebuild(op, "stage", STAGE, {})
    for made in (*MADE, *INDEXES):
        op.execute(made)
