"""Schema 3: contacts, who they are on deals and who knows them; replies and planned activities.

A log names the contact that it was with, a milestone's evidence the one whom it came from.
"""

from alembic.operations import Operations

from funnelcli.store.migrations.rebuilding import rebuild

TABLES = {
    "member": """CREATE TABLE member (id INTEGER NOT NULL, name VARCHAR NOT NULL, login VARCHAR,
      manager BOOLEAN NOT NULL, away VARCHAR NOT NULL, career VARCHAR NOT NULL, gone BOOLEAN NOT
      NULL, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name) <= 200), CONSTRAINT
      login_length CHECK (length(login) <= 200), CONSTRAINT away_length CHECK (length(away) <=
      10000), CONSTRAINT career_length CHECK (length(career) <= 10000))""",
    "deal": """CREATE TABLE deal (id INTEGER NOT NULL, ref VARCHAR, name VARCHAR, name_key VARCHAR,
      customer VARCHAR, owner_id INTEGER, amount INTEGER, expected_close DATE, source VARCHAR,
      competitor VARCHAR, members VARCHAR, archived BOOLEAN NOT NULL, opened_at INTEGER,
      stage_id INTEGER, stage_entered_at INTEGER, stage_clock_at INTEGER, stage_counts_from
      INTEGER, moved_back BOOLEAN NOT NULL, status VARCHAR, closed_at INTEGER, lost_reason
      VARCHAR, live BOOLEAN NOT NULL, last_touch_at INTEGER, touch_clock_at INTEGER,
      touch_counts_from INTEGER, next_step VARCHAR, next_step_due DATE, held_until DATE,
      hold_reason VARCHAR, ack_until DATE, ack_reason VARCHAR, pushes INTEGER NOT NULL, claim
      INTEGER, claim_at INTEGER, claim_by INTEGER, contact_changed_at INTEGER,
      changed_contact_id INTEGER, successor_id INTEGER, PRIMARY KEY (id), CONSTRAINT ref_length
      CHECK (length(ref) <= 200), UNIQUE (ref), FOREIGN KEY(owner_id) REFERENCES member (id),
      FOREIGN KEY(stage_id) REFERENCES stage (id), FOREIGN KEY(claim_by) REFERENCES member (id),
      FOREIGN KEY(changed_contact_id) REFERENCES contact (id), FOREIGN KEY(successor_id)
      REFERENCES contact (id))""",
    "log": """CREATE TABLE log (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, by_id INTEGER, happened_on DATE NOT NULL, kind VARCHAR NOT
      NULL, text VARCHAR NOT NULL, touch BOOLEAN NOT NULL, answered BOOLEAN NOT NULL, by_them
      BOOLEAN NOT NULL, with_whom VARCHAR, with_id INTEGER, claim INTEGER, close_claim DATE, ask
      BOOLEAN NOT NULL, next_step VARCHAR, next_step_due DATE, PRIMARY KEY (id), CONSTRAINT
      kind_known CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')),
      CONSTRAINT text_length CHECK (length(text) <= 10000), CONSTRAINT retraction_signed CHECK
      ((retracted_at IS NULL) = (retracted_by IS NULL)), CONSTRAINT next_step_length CHECK
      (length(next_step) <= 200), CONSTRAINT with_whom_length CHECK (length(with_whom) <= 200),
      CONSTRAINT claim_range CHECK (claim BETWEEN 0 AND 100), FOREIGN KEY(deal_id) REFERENCES
      deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by)
      REFERENCES operation (id), FOREIGN KEY(by_id) REFERENCES member (id), FOREIGN KEY(with_id)
      REFERENCES contact (id))""",
    "milestone_event": """CREATE TABLE milestone_event (id INTEGER NOT NULL, deal_id INTEGER NOT
      NULL, effective_at INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL,
      retracted_at INTEGER, retracted_by INTEGER, milestone_id INTEGER NOT NULL, state VARCHAR
      NOT NULL, evidence VARCHAR, from_id INTEGER, reason VARCHAR, PRIMARY KEY (id), CONSTRAINT
      evidence_length CHECK (length(evidence) <= 10000), CONSTRAINT reason_length CHECK
      (length(reason) <= 10000), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) =
      (retracted_by IS NULL)), CONSTRAINT state_known CHECK (state IN ('open', 'claimed',
      'accepted', 'rejected', 'waived')), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(milestone_id) REFERENCES milestone (id), FOREIGN KEY(from_id)
      REFERENCES contact (id))""",
}
NEW = {"member": {"career": "'[]'"}}
"""The columns that schema 2 lacks, with their value in every row of it, if they have one."""

MADE = (
    """CREATE TABLE contact (id INTEGER NOT NULL, name VARCHAR, name_key VARCHAR, company
      VARCHAR, title VARCHAR, career VARCHAR, places_key VARCHAR, note VARCHAR, PRIMARY KEY
      (id))""",
    """CREATE TABLE reply (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, log_id INTEGER NOT NULL, text VARCHAR NOT NULL, due DATE, PRIMARY
      KEY (id), CONSTRAINT text_length CHECK (length(text) <= 10000), CONSTRAINT
      retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), FOREIGN
      KEY(deal_id) REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(log_id) REFERENCES log
      (id))""",
    """CREATE TABLE "plan" (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, planned_on DATE NOT NULL, text VARCHAR NOT NULL, kind VARCHAR NOT
      NULL, owner_id INTEGER, with_whom VARCHAR, with_id INTEGER, PRIMARY KEY (id), CONSTRAINT
      kind_known CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')),
      CONSTRAINT text_length CHECK (length(text) <= 10000), CONSTRAINT retraction_signed CHECK
      ((retracted_at IS NULL) = (retracted_by IS NULL)), CONSTRAINT with_whom_length CHECK
      (length(with_whom) <= 200), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(owner_id) REFERENCES member (id), FOREIGN KEY(with_id)
      REFERENCES contact (id))""",
    """CREATE TABLE plan_end (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, plan_id INTEGER NOT NULL, state VARCHAR NOT NULL, log_id
      INTEGER, reason VARCHAR, PRIMARY KEY (id), CONSTRAINT reason_length CHECK (length(reason)
      <= 10000), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT state_known CHECK (state IN ('done', 'dropped')), FOREIGN KEY(deal_id)
      REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN
      KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(plan_id) REFERENCES "plan" (id),
      FOREIGN KEY(log_id) REFERENCES log (id))""",
    """CREATE TABLE deal_role (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, contact_id INTEGER NOT NULL, role VARCHAR, stance VARCHAR
      NOT NULL, stance_on DATE, ended BOOLEAN NOT NULL, PRIMARY KEY (id), CONSTRAINT
      retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), CONSTRAINT
      role_known CHECK (role IN ('decision-maker', 'champion', 'evaluator', 'influencer',
      'user', 'blocker')), CONSTRAINT stance_known CHECK (stance IN ('for', 'neutral',
      'against', 'unknown')), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(contact_id) REFERENCES contact (id))""",
    """CREATE TABLE contact_change (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, contact_id INTEGER NOT NULL, successor_id INTEGER, PRIMARY
      KEY (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT somebody_else CHECK (successor_id <> contact_id), FOREIGN KEY(deal_id)
      REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN
      KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(contact_id) REFERENCES contact
      (id), FOREIGN KEY(successor_id) REFERENCES contact (id))""",
    """CREATE TABLE contact_fact (id INTEGER NOT NULL, contact_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, terms INTEGER NOT NULL, name VARCHAR, company VARCHAR,
      title VARCHAR, career VARCHAR, note VARCHAR, PRIMARY KEY (id), CONSTRAINT career_length
      CHECK (length(career) <= 10000), CONSTRAINT note_length CHECK (length(note) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT name_length CHECK (length(name) <= 200), CONSTRAINT company_length CHECK
      (length(company) <= 200), CONSTRAINT title_length CHECK (length(title) <= 200), FOREIGN
      KEY(contact_id) REFERENCES contact (id), FOREIGN KEY(operation_id) REFERENCES operation
      (id), FOREIGN KEY(retracted_by) REFERENCES operation (id))""",
    """CREATE TABLE tie (id INTEGER NOT NULL, contact_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, member_id INTEGER NOT NULL, relation VARCHAR NOT NULL, PRIMARY KEY
      (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT relation_length CHECK (length(relation) <= 200), FOREIGN
      KEY(contact_id) REFERENCES contact (id), FOREIGN KEY(operation_id) REFERENCES operation
      (id), FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(member_id)
      REFERENCES member (id))""",
    """CREATE TABLE seen (log_id INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log_id),
      FOREIGN KEY(log_id) REFERENCES log (id))""",
    """CREATE TABLE brief_mark (as_of INTEGER NOT NULL, questions VARCHAR NOT NULL, PRIMARY KEY
      (as_of))""",
)

INDEXES = (
    """CREATE INDEX deal_alarmed ON deal (stage_id, live) WHERE live = 1 AND changed_contact_id IS
      NOT NULL""",
    "CREATE UNIQUE INDEX member_by_login ON member (login) WHERE gone = 0",
    "CREATE UNIQUE INDEX member_by_name ON member (name) WHERE gone = 0",
    """CREATE INDEX deal_acknowledged ON deal (ack_until, live) WHERE live = 1 AND ack_until IS
      NOT NULL""",
    "CREATE INDEX deal_by_name ON deal (name_key)",
    "CREATE INDEX deal_claimed ON deal (stage_id, live) WHERE live = 1 AND claim IS NOT NULL",
    """CREATE INDEX deal_held ON deal (held_until, amount, live) WHERE live = 1 AND held_until IS
      NOT NULL""",
    """CREATE INDEX deal_live_by_amount ON deal (amount DESC, id, stage_id, stage_counts_from,
      touch_counts_from, held_until, ack_until, live) WHERE live = 1""",
    """CREATE INDEX deal_live_by_stage ON deal (stage_id, stage_clock_at, stage_counts_from,
      touch_counts_from, amount, held_until, ack_until, live) WHERE live = 1""",
    "CREATE INDEX ix_deal_owner_id ON deal (owner_id)",
    "CREATE INDEX claim_of_deal ON log (deal_id, effective_at) WHERE claim IS NOT NULL",
    "CREATE INDEX ix_log_operation_id ON log (operation_id)",
    "CREATE INDEX log_of_deal ON log (deal_id, effective_at)",
    "CREATE INDEX log_retracted ON log (retracted_by) WHERE retracted_by IS NOT NULL",
    "CREATE INDEX log_with ON log (with_id, effective_at) WHERE with_id IS NOT NULL",
    "CREATE INDEX step_of_deal ON log (deal_id, effective_at) WHERE next_step IS NOT NULL",
    "CREATE INDEX touch_of_deal ON log (deal_id, effective_at, happened_on) WHERE touch = 1",
    "CREATE INDEX ix_milestone_event_operation_id ON milestone_event (operation_id)",
    """CREATE INDEX milestone_event_of_deal ON milestone_event (deal_id, milestone_id,
      effective_at)""",
    """CREATE INDEX milestone_event_retracted ON milestone_event (retracted_by) WHERE
      retracted_by IS NOT NULL""",
    "CREATE INDEX contact_by_key ON contact (name_key, places_key)",
    "CREATE INDEX ix_reply_operation_id ON reply (operation_id)",
    "CREATE INDEX reply_of_deal ON reply (deal_id, effective_at)",
    "CREATE INDEX reply_retracted ON reply (retracted_by) WHERE retracted_by IS NOT NULL",
    "CREATE INDEX reply_to_log ON reply (log_id, effective_at)",
    'CREATE INDEX ix_plan_operation_id ON "plan" (operation_id)',
    'CREATE INDEX plan_of_deal ON "plan" (deal_id, planned_on)',
    'CREATE INDEX plan_retracted ON "plan" (retracted_by) WHERE retracted_by IS NOT NULL',
    "CREATE INDEX ix_plan_end_operation_id ON plan_end (operation_id)",
    "CREATE INDEX plan_end_of_deal ON plan_end (deal_id, effective_at)",
    "CREATE INDEX plan_end_of_plan ON plan_end (plan_id)",
    "CREATE INDEX plan_end_retracted ON plan_end (retracted_by) WHERE retracted_by IS NOT NULL",
    """CREATE INDEX deal_role_retracted ON deal_role (retracted_by) WHERE retracted_by IS NOT
      NULL""",
    "CREATE INDEX ix_deal_role_operation_id ON deal_role (operation_id)",
    "CREATE INDEX role_of_contact ON deal_role (contact_id, deal_id)",
    "CREATE INDEX role_of_deal ON deal_role (deal_id, contact_id, effective_at)",
    "CREATE INDEX contact_change_of_deal ON contact_change (deal_id, effective_at)",
    """CREATE INDEX contact_change_retracted ON contact_change (retracted_by) WHERE retracted_by
      IS NOT NULL""",
    "CREATE INDEX ix_contact_change_operation_id ON contact_change (operation_id)",
    "CREATE INDEX contact_fact_of_contact ON contact_fact (contact_id, effective_at)",
    """CREATE INDEX contact_fact_retracted ON contact_fact (retracted_by) WHERE retracted_by IS
      NOT NULL""",
    "CREATE INDEX ix_contact_fact_operation_id ON contact_fact (operation_id)",
    "CREATE INDEX ix_tie_operation_id ON tie (operation_id)",
    "CREATE INDEX tie_of_contact ON tie (contact_id, member_id)",
    "CREATE INDEX tie_retracted ON tie (retracted_by) WHERE retracted_by IS NOT NULL",
)


def upgrade(op: Operations) -> None:
    """Lay the tables out anew that have new columns, and the new ones beside them."""
    for table, layout in TABLES.items():
        rebuild(op, table, layout, NEW.get(table, {}))
    for made in (*MADE, *INDEXES):
        op.execute(made)
