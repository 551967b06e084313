"""Schema 2: what undoing needs, and a limit to the length of every text.

A fact that is restored keeps the time in which it stood retracted; members and pipelines can be
gone without their names being taken.
"""

from alembic.operations import Operations

from funnelcli.store.migrations.rebuilding import rebuild

TABLES = {
    "operation": """CREATE TABLE operation (
      id INTEGER NOT NULL, entered_at INTEGER NOT NULL, by_id INTEGER, command VARCHAR NOT NULL,
      summary VARCHAR NOT NULL, undone_by INTEGER, PRIMARY KEY (id),
      CONSTRAINT command_length CHECK (length(command) <= 200),
      FOREIGN KEY(by_id) REFERENCES member (id),
      FOREIGN KEY(undone_by) REFERENCES operation (id))""",
    "member": """CREATE TABLE member (
      id INTEGER NOT NULL, name VARCHAR NOT NULL, login VARCHAR, manager BOOLEAN NOT NULL,
      away VARCHAR NOT NULL, gone BOOLEAN NOT NULL, PRIMARY KEY (id),
      CONSTRAINT name_length CHECK (length(name) <= 200),
      CONSTRAINT login_length CHECK (length(login) <= 200),
      CONSTRAINT away_length CHECK (length(away) <= 10000))""",
    "pipeline": """CREATE TABLE pipeline (
      id INTEGER NOT NULL, name VARCHAR NOT NULL, title VARCHAR NOT NULL,
      acceptance VARCHAR NOT NULL, won VARCHAR NOT NULL, lost VARCHAR NOT NULL,
      playbook VARCHAR NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER,
      gone BOOLEAN NOT NULL, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name) <= 200),
      CONSTRAINT title_length CHECK (length(title) <= 200),
      CONSTRAINT won_length CHECK (length(won) <= 200),
      CONSTRAINT lost_length CHECK (length(lost) <= 200),
      CONSTRAINT acceptance_known CHECK (acceptance IN ('manager', 'rep')))""",
    "stage": """CREATE TABLE stage (
      id INTEGER NOT NULL, pipeline_id INTEGER NOT NULL, position INTEGER, name VARCHAR NOT NULL,
      title VARCHAR NOT NULL, probability INTEGER NOT NULL, max_days INTEGER,
      silence_days INTEGER, phase VARCHAR, guidance VARCHAR NOT NULL, replaced_by INTEGER,
      PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name) <= 200),
      CONSTRAINT title_length CHECK (length(title) <= 200),
      CONSTRAINT guidance_length CHECK (length(guidance) <= 10000),
      CONSTRAINT probability_range CHECK (probability BETWEEN 0 AND 10000),
      CONSTRAINT limits_range CHECK (max_days > 0 AND silence_days > 0),
      FOREIGN KEY(pipeline_id) REFERENCES pipeline (id),
      FOREIGN KEY(replaced_by) REFERENCES stage (id))""",
    "deal": """CREATE TABLE deal (
      id INTEGER NOT NULL, ref VARCHAR, name VARCHAR, name_key VARCHAR, customer VARCHAR,
      owner_id INTEGER, amount INTEGER, expected_close DATE, source VARCHAR, competitor VARCHAR,
      members VARCHAR, archived BOOLEAN NOT NULL, opened_at INTEGER, stage_id INTEGER,
      stage_entered_at INTEGER, stage_clock_at INTEGER, stage_counts_from INTEGER,
      moved_back BOOLEAN NOT NULL, status VARCHAR, closed_at INTEGER, lost_reason VARCHAR,
      live BOOLEAN NOT NULL, last_touch_at INTEGER, touch_clock_at INTEGER,
      touch_counts_from INTEGER, next_step VARCHAR, next_step_due DATE, held_until DATE,
      hold_reason VARCHAR, ack_until DATE, ack_reason VARCHAR, pushes INTEGER NOT NULL,
      claim INTEGER, claim_at INTEGER, claim_by INTEGER, PRIMARY KEY (id),
      CONSTRAINT ref_length CHECK (length(ref) <= 200), UNIQUE (ref),
      FOREIGN KEY(owner_id) REFERENCES member (id), FOREIGN KEY(stage_id) REFERENCES stage (id),
      FOREIGN KEY(claim_by) REFERENCES member (id))""",
    "deal_fact": """CREATE TABLE deal_fact (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, terms INTEGER NOT NULL, name VARCHAR, customer VARCHAR,
      owner_id INTEGER, amount INTEGER, expected_close DATE, source VARCHAR, competitor VARCHAR,
      members VARCHAR, opened_at INTEGER, archived BOOLEAN, note VARCHAR, PRIMARY KEY (id),
      CONSTRAINT competitor_length CHECK (length(competitor) <= 10000),
      CONSTRAINT members_length CHECK (length(members) <= 10000),
      CONSTRAINT note_length CHECK (length(note) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT name_length CHECK (length(name) <= 200),
      CONSTRAINT customer_length CHECK (length(customer) <= 200),
      CONSTRAINT source_length CHECK (length(source) <= 200),
      CONSTRAINT amount_range CHECK (amount BETWEEN 0 AND 100000000000000),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(owner_id) REFERENCES member (id))""",
    "stage_entry": """CREATE TABLE stage_entry (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, stage_id INTEGER NOT NULL, by_id INTEGER, text VARCHAR,
      PRIMARY KEY (id), CONSTRAINT text_length CHECK (length(text) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(stage_id) REFERENCES stage (id), FOREIGN KEY(by_id) REFERENCES member (id))""",
    "outcome": """CREATE TABLE outcome (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, outcome VARCHAR NOT NULL, by_id INTEGER, reason VARCHAR,
      competitor VARCHAR, note VARCHAR, PRIMARY KEY (id),
      CONSTRAINT note_length CHECK (length(note) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT reason_length CHECK (length(reason) <= 200),
      CONSTRAINT competitor_length CHECK (length(competitor) <= 200),
      CONSTRAINT outcome_known CHECK (outcome IN ('won', 'lost', 'reopened')),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(by_id) REFERENCES member (id))""",
    "hold": """CREATE TABLE hold (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, from_on DATE NOT NULL, until DATE NOT NULL, reason VARCHAR,
      PRIMARY KEY (id), CONSTRAINT reason_length CHECK (length(reason) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT hold_order CHECK (until >= from_on), FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id))""",
    "log": """CREATE TABLE log (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, by_id INTEGER, happened_on DATE NOT NULL, kind VARCHAR NOT NULL,
      text VARCHAR NOT NULL, touch BOOLEAN NOT NULL, answered BOOLEAN NOT NULL,
      by_them BOOLEAN NOT NULL, with_whom VARCHAR, claim INTEGER, close_claim DATE,
      ask BOOLEAN NOT NULL, next_step VARCHAR, next_step_due DATE, PRIMARY KEY (id),
      CONSTRAINT kind_known
      CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')),
      CONSTRAINT text_length CHECK (length(text) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT next_step_length CHECK (length(next_step) <= 200),
      CONSTRAINT with_whom_length CHECK (length(with_whom) <= 200),
      CONSTRAINT claim_range CHECK (claim BETWEEN 0 AND 100),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(by_id) REFERENCES member (id))""",
    "milestone_event": """CREATE TABLE milestone_event (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, milestone_id INTEGER NOT NULL, state VARCHAR NOT NULL,
      evidence VARCHAR, reason VARCHAR, PRIMARY KEY (id),
      CONSTRAINT evidence_length CHECK (length(evidence) <= 10000),
      CONSTRAINT reason_length CHECK (length(reason) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT state_known CHECK (state IN ('open', 'claimed', 'accepted', 'rejected', 'waived')),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(milestone_id) REFERENCES milestone (id))""",
    "ack": """CREATE TABLE ack (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, until DATE NOT NULL, reason VARCHAR NOT NULL, PRIMARY KEY (id),
      CONSTRAINT reason_length CHECK (length(reason) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id))""",
}
GONE = {"gone": "0"}
NEW = {"member": GONE, "pipeline": GONE}
"""The columns that schema 1 lacks, with their value in every row of it."""

LAPSE = """CREATE TABLE lapse (
      id INTEGER NOT NULL, fact VARCHAR NOT NULL, fact_id INTEGER NOT NULL,
      from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, retracted_by INTEGER NOT NULL,
      restored_by INTEGER NOT NULL, PRIMARY KEY (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(restored_by) REFERENCES operation (id))"""

INDEXES = (
    "CREATE UNIQUE INDEX member_by_login ON member (login) WHERE gone = 0",
    "CREATE UNIQUE INDEX member_by_name ON member (name) WHERE gone = 0",
    "CREATE UNIQUE INDEX pipeline_by_name ON pipeline (name) WHERE gone = 0",
    "CREATE INDEX operation_undone ON operation (undone_by) WHERE undone_by IS NOT NULL",
    "CREATE INDEX stage_of_pipeline ON stage (pipeline_id, position)",
    """CREATE INDEX deal_held ON deal (held_until, amount, live) WHERE live = 1 AND held_until IS
      NOT NULL""",
    """CREATE INDEX deal_acknowledged ON deal (ack_until, live) WHERE live = 1 AND ack_until IS
      NOT NULL""",
    "CREATE INDEX deal_claimed ON deal (stage_id, live) WHERE live = 1 AND claim IS NOT NULL",
    "CREATE INDEX deal_by_name ON deal (name_key)",
    """CREATE INDEX deal_live_by_amount ON deal (amount DESC, id, stage_id, stage_counts_from,
      touch_counts_from, held_until, ack_until, live) WHERE live = 1""",
    "CREATE INDEX ix_deal_owner_id ON deal (owner_id)",
    """CREATE INDEX deal_live_by_stage ON deal (stage_id, stage_clock_at, stage_counts_from,
      touch_counts_from, amount, held_until, ack_until, live) WHERE live = 1""",
    "CREATE INDEX lapse_in_time ON lapse (fact, until_at, from_at, fact_id)",
    "CREATE INDEX lapse_of_fact ON lapse (fact, fact_id)",
    "CREATE INDEX lapse_by_retractor ON lapse (retracted_by)",
    "CREATE INDEX lapse_by_restorer ON lapse (restored_by)",
    "CREATE INDEX deal_fact_of_deal ON deal_fact (deal_id, effective_at)",
    "CREATE INDEX ix_deal_fact_operation_id ON deal_fact (operation_id)",
    """CREATE INDEX deal_fact_retracted ON deal_fact (retracted_by) WHERE retracted_by IS NOT
      NULL""",
    "CREATE INDEX ix_stage_entry_operation_id ON stage_entry (operation_id)",
    """CREATE INDEX stage_entry_retracted ON stage_entry (retracted_by) WHERE retracted_by IS NOT
      NULL""",
    "CREATE INDEX stage_entry_of_deal ON stage_entry (deal_id, effective_at, stage_id)",
    "CREATE INDEX ix_outcome_operation_id ON outcome (operation_id)",
    "CREATE INDEX outcome_of_deal ON outcome (deal_id, effective_at)",
    "CREATE INDEX outcome_retracted ON outcome (retracted_by) WHERE retracted_by IS NOT NULL",
    "CREATE INDEX hold_retracted ON hold (retracted_by) WHERE retracted_by IS NOT NULL",
    "CREATE INDEX ix_hold_operation_id ON hold (operation_id)",
    "CREATE INDEX hold_of_deal ON hold (deal_id, effective_at)",
    "CREATE INDEX claim_of_deal ON log (deal_id, effective_at) WHERE claim IS NOT NULL",
    "CREATE INDEX touch_of_deal ON log (deal_id, effective_at, happened_on) WHERE touch = 1",
    "CREATE INDEX log_of_deal ON log (deal_id, effective_at)",
    "CREATE INDEX ix_log_operation_id ON log (operation_id)",
    "CREATE INDEX step_of_deal ON log (deal_id, effective_at) WHERE next_step IS NOT NULL",
    "CREATE INDEX log_retracted ON log (retracted_by) WHERE retracted_by IS NOT NULL",
    """CREATE INDEX milestone_event_retracted ON milestone_event (retracted_by) WHERE
      retracted_by IS NOT NULL""",
    "CREATE INDEX ix_milestone_event_operation_id ON milestone_event (operation_id)",
    """CREATE INDEX milestone_event_of_deal ON milestone_event (deal_id, milestone_id,
      effective_at)""",
    "CREATE INDEX ack_of_deal ON ack (deal_id, effective_at)",
    "CREATE INDEX ack_retracted ON ack (retracted_by) WHERE retracted_by IS NOT NULL",
    "CREATE INDEX ix_ack_operation_id ON ack (operation_id)",
)


def upgrade(op: Operations) -> None:
    """Lay the tables out anew, and the lapses beside them."""
    for table, layout in TABLES.items():
        rebuild(op, table, layout, NEW.get(table, {}))
    for made in (LAPSE, *INDEXES):
        op.execute(made)
