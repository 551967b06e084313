"""A readable SQL view for each table that people open with other tools."""


def _at(column: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', {column}, 'unixepoch')"


READABLE = (
    f"""CREATE VIEW deals_readable AS
    SELECT d.id, d.ref, d.name, d.customer, m.name AS owner, p.name AS pipeline, s.name AS stage,
      d.status, d.amount AS amount_minor, s.probability / 100.0 AS probability_percent,
      d.expected_close, {_at("d.opened_at")} AS opened_at,
      {_at("d.stage_entered_at")} AS stage_entered_at, {_at("d.last_touch_at")} AS last_touch_at,
      d.next_step, d.next_step_due, d.held_until, {_at("d.closed_at")} AS closed_at,
      d.lost_reason, d.competitor, d.source
    FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
    LEFT JOIN member m ON m.id = d.owner_id WHERE d.status IS NOT NULL""",
    f"""CREATE VIEW stage_entries_readable AS
    SELECT e.id, e.deal_id, d.name AS deal, s.name AS stage,
      {_at("e.effective_at")} AS effective_at, {_at("e.recorded_at")} AS recorded_at
    FROM stage_entry e JOIN deal d ON d.id = e.deal_id JOIN stage s ON s.id = e.stage_id
    WHERE e.retracted_at IS NULL""",
    f"""CREATE VIEW logs_readable AS
    SELECT l.id, l.deal_id, d.name AS deal, l.happened_on, m.name AS "by", l.kind, l.text,
      l.with_whom, l.claim AS claim_percent, l.next_step, l.next_step_due,
      {_at("l.recorded_at")} AS recorded_at
    FROM log l JOIN deal d ON d.id = l.deal_id LEFT JOIN member m ON m.id = l.by_id
    WHERE l.retracted_at IS NULL""",
    f"""CREATE VIEW operations_readable AS
    SELECT o.id, {_at("o.entered_at")} AS entered_at, m.name AS "by", o.command, o.summary
    FROM operation o LEFT JOIN member m ON m.id = o.by_id""",
)
