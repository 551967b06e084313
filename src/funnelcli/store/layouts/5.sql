CREATE TABLE ack (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	until DATE NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT reason_length CHECK (length(reason) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id)
);
CREATE TABLE backtest_score (
	as_of INTEGER NOT NULL, 
	scores VARCHAR NOT NULL, 
	PRIMARY KEY (as_of)
);
CREATE TABLE brief_mark (
	as_of INTEGER NOT NULL, 
	questions VARCHAR NOT NULL, 
	PRIMARY KEY (as_of)
);
CREATE TABLE contact (
	id INTEGER NOT NULL, 
	name VARCHAR, 
	name_key VARCHAR, 
	company VARCHAR, 
	title VARCHAR, 
	career VARCHAR, 
	places_key VARCHAR, 
	note VARCHAR, 
	PRIMARY KEY (id)
);
CREATE TABLE contact_change (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	contact_id INTEGER NOT NULL, 
	successor_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT somebody_else CHECK (successor_id <> contact_id), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(contact_id) REFERENCES contact (id), 
	FOREIGN KEY(successor_id) REFERENCES contact (id)
);
CREATE TABLE contact_fact (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	terms INTEGER NOT NULL, 
	name VARCHAR, 
	company VARCHAR, 
	title VARCHAR, 
	career VARCHAR, 
	note VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT career_length CHECK (length(career) <= 10000), 
	CONSTRAINT note_length CHECK (length(note) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT name_length CHECK (length(name) <= 200), 
	CONSTRAINT company_length CHECK (length(company) <= 200), 
	CONSTRAINT title_length CHECK (length(title) <= 200), 
	FOREIGN KEY(contact_id) REFERENCES contact (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id)
);
CREATE TABLE deal (
	id INTEGER NOT NULL, 
	ref VARCHAR, 
	name VARCHAR, 
	name_key VARCHAR, 
	customer VARCHAR, 
	owner_id INTEGER, 
	amount INTEGER, 
	expected_close DATE, 
	source VARCHAR, 
	competitor VARCHAR, 
	members VARCHAR, 
	archived BOOLEAN NOT NULL, 
	opened_at INTEGER, 
	stage_id INTEGER, 
	stage_entered_at INTEGER, 
	stage_clock_at INTEGER, 
	stage_counts_from INTEGER, 
	moved_back BOOLEAN NOT NULL, 
	status VARCHAR, 
	closed_at INTEGER, 
	lost_reason VARCHAR, 
	live BOOLEAN NOT NULL, 
	last_touch_at INTEGER, 
	touch_clock_at INTEGER, 
	touch_counts_from INTEGER, 
	next_step VARCHAR, 
	next_step_due DATE, 
	held_until DATE, 
	hold_reason VARCHAR, 
	ack_until DATE, 
	ack_reason VARCHAR, 
	pushes INTEGER NOT NULL, 
	claim INTEGER, 
	claim_at INTEGER, 
	claim_by INTEGER, 
	contact_changed_at INTEGER, 
	changed_contact_id INTEGER, 
	successor_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT ref_length CHECK (length(ref) <= 200), 
	UNIQUE (ref), 
	FOREIGN KEY(owner_id) REFERENCES member (id), 
	FOREIGN KEY(stage_id) REFERENCES stage (id), 
	FOREIGN KEY(claim_by) REFERENCES member (id), 
	FOREIGN KEY(changed_contact_id) REFERENCES contact (id), 
	FOREIGN KEY(successor_id) REFERENCES contact (id)
);
CREATE TABLE deal_fact (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	terms INTEGER NOT NULL, 
	name VARCHAR, 
	customer VARCHAR, 
	owner_id INTEGER, 
	amount INTEGER, 
	expected_close DATE, 
	source VARCHAR, 
	competitor VARCHAR, 
	members VARCHAR, 
	opened_at INTEGER, 
	archived BOOLEAN, 
	note VARCHAR, 
	PRIMARY KEY (id), 
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
	FOREIGN KEY(owner_id) REFERENCES member (id)
);
CREATE TABLE deal_role (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	contact_id INTEGER NOT NULL, 
	role VARCHAR, 
	stance VARCHAR NOT NULL, 
	stance_on DATE, 
	ended BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT role_known CHECK (role IN ('decision-maker', 'champion', 'evaluator', 'influencer', 'user', 'blocker')), 
	CONSTRAINT stance_known CHECK (stance IN ('for', 'neutral', 'against', 'unknown')), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(contact_id) REFERENCES contact (id)
);
CREATE TABLE hold (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	from_on DATE NOT NULL, 
	until DATE NOT NULL, 
	reason VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT reason_length CHECK (length(reason) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT hold_order CHECK (until >= from_on), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id)
);
CREATE TABLE lapse (
	id INTEGER NOT NULL, 
	fact VARCHAR NOT NULL, 
	fact_id INTEGER NOT NULL, 
	from_at INTEGER NOT NULL, 
	until_at INTEGER NOT NULL, 
	retracted_by INTEGER NOT NULL, 
	restored_by INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(restored_by) REFERENCES operation (id)
);
CREATE TABLE log (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	by_id INTEGER, 
	happened_on DATE NOT NULL, 
	kind VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	touch BOOLEAN NOT NULL, 
	answered BOOLEAN NOT NULL, 
	by_them BOOLEAN NOT NULL, 
	with_whom VARCHAR, 
	with_id INTEGER, 
	claim INTEGER, 
	close_claim DATE, 
	ask BOOLEAN NOT NULL, 
	next_step VARCHAR, 
	next_step_due DATE, 
	PRIMARY KEY (id), 
	CONSTRAINT kind_known CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')), 
	CONSTRAINT text_length CHECK (length(text) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT next_step_length CHECK (length(next_step) <= 200), 
	CONSTRAINT with_whom_length CHECK (length(with_whom) <= 200), 
	CONSTRAINT claim_range CHECK (claim BETWEEN 0 AND 100), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(by_id) REFERENCES member (id), 
	FOREIGN KEY(with_id) REFERENCES contact (id)
);
CREATE TABLE member (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	login VARCHAR, 
	manager BOOLEAN NOT NULL, 
	away VARCHAR NOT NULL, 
	career VARCHAR NOT NULL, 
	gone BOOLEAN NOT NULL, 
	joined_on DATE, 
	left_on DATE, 
	PRIMARY KEY (id), 
	CONSTRAINT name_length CHECK (length(name) <= 200), 
	CONSTRAINT login_length CHECK (length(login) <= 200), 
	CONSTRAINT away_length CHECK (length(away) <= 10000), 
	CONSTRAINT career_length CHECK (length(career) <= 10000), 
	CONSTRAINT stay_order CHECK (left_on > joined_on)
);
CREATE TABLE milestone (
	id INTEGER NOT NULL, 
	stage_id INTEGER NOT NULL, 
	position INTEGER, 
	name VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	required BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT name_length CHECK (length(name) <= 200), 
	CONSTRAINT title_length CHECK (length(title) <= 200), 
	FOREIGN KEY(stage_id) REFERENCES stage (id)
);
CREATE TABLE milestone_event (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	milestone_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	evidence VARCHAR, 
	from_id INTEGER, 
	reason VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT evidence_length CHECK (length(evidence) <= 10000), 
	CONSTRAINT reason_length CHECK (length(reason) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT state_known CHECK (state IN ('open', 'claimed', 'accepted', 'rejected', 'waived')), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(milestone_id) REFERENCES milestone (id), 
	FOREIGN KEY(from_id) REFERENCES contact (id)
);
CREATE TABLE operation (
	id INTEGER NOT NULL, 
	entered_at INTEGER NOT NULL, 
	by_id INTEGER, 
	command VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	undone_by INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT command_length CHECK (length(command) <= 200), 
	FOREIGN KEY(by_id) REFERENCES member (id), 
	FOREIGN KEY(undone_by) REFERENCES operation (id)
);
CREATE TABLE outcome (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	outcome VARCHAR NOT NULL, 
	by_id INTEGER, 
	reason VARCHAR, 
	competitor VARCHAR, 
	note VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT note_length CHECK (length(note) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT reason_length CHECK (length(reason) <= 200), 
	CONSTRAINT competitor_length CHECK (length(competitor) <= 200), 
	CONSTRAINT outcome_known CHECK (outcome IN ('won', 'lost', 'reopened')), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(by_id) REFERENCES member (id)
);
CREATE TABLE pipeline (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	acceptance VARCHAR NOT NULL, 
	won VARCHAR NOT NULL, 
	lost VARCHAR NOT NULL, 
	playbook VARCHAR NOT NULL, 
	created_at INTEGER NOT NULL, 
	changed_at INTEGER, 
	gone BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT name_length CHECK (length(name) <= 200), 
	CONSTRAINT title_length CHECK (length(title) <= 200), 
	CONSTRAINT won_length CHECK (length(won) <= 200), 
	CONSTRAINT lost_length CHECK (length(lost) <= 200), 
	CONSTRAINT acceptance_known CHECK (acceptance IN ('manager', 'rep'))
);
CREATE TABLE "plan" (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	planned_on DATE NOT NULL, 
	text VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	owner_id INTEGER, 
	with_whom VARCHAR, 
	with_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT kind_known CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')), 
	CONSTRAINT text_length CHECK (length(text) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT with_whom_length CHECK (length(with_whom) <= 200), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(owner_id) REFERENCES member (id), 
	FOREIGN KEY(with_id) REFERENCES contact (id)
);
CREATE TABLE plan_end (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	plan_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	log_id INTEGER, 
	reason VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT reason_length CHECK (length(reason) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT state_known CHECK (state IN ('done', 'dropped')), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(plan_id) REFERENCES "plan" (id), 
	FOREIGN KEY(log_id) REFERENCES log (id)
);
CREATE TABLE reply (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	log_id INTEGER NOT NULL, 
	text VARCHAR NOT NULL, 
	due DATE, 
	PRIMARY KEY (id), 
	CONSTRAINT text_length CHECK (length(text) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(log_id) REFERENCES log (id)
);
CREATE TABLE row_change (
	id INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	entity VARCHAR NOT NULL, 
	entity_id VARCHAR NOT NULL, 
	old VARCHAR, 
	new VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id)
);
CREATE TABLE seen (
	log_id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY (log_id), 
	FOREIGN KEY(log_id) REFERENCES log (id)
);
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key"), 
	CONSTRAINT value_length CHECK (length(value) <= 10000)
);
CREATE TABLE stage (
	id INTEGER NOT NULL, 
	pipeline_id INTEGER NOT NULL, 
	position INTEGER, 
	name VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	probability INTEGER NOT NULL, 
	max_days INTEGER, 
	silence_days INTEGER, 
	phase VARCHAR, 
	guidance VARCHAR NOT NULL, 
	replaced_by INTEGER, 
	learned_days INTEGER, 
	learned_n INTEGER, 
	learned_probability INTEGER, 
	learned_closed INTEGER, 
	learned_at INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT name_length CHECK (length(name) <= 200), 
	CONSTRAINT title_length CHECK (length(title) <= 200), 
	CONSTRAINT guidance_length CHECK (length(guidance) <= 10000), 
	CONSTRAINT probability_range CHECK (probability BETWEEN 0 AND 10000), 
	CONSTRAINT limits_range CHECK (max_days > 0 AND silence_days > 0), 
	CONSTRAINT learned_days_range CHECK (learned_days > 0), 
	CONSTRAINT learned_probability_range CHECK (learned_probability BETWEEN 0 AND 10000), 
	CONSTRAINT learned_from_range CHECK (learned_n >= 0 AND learned_closed >= 0), 
	FOREIGN KEY(pipeline_id) REFERENCES pipeline (id), 
	FOREIGN KEY(replaced_by) REFERENCES stage (id)
);
CREATE TABLE stage_entry (
	id INTEGER NOT NULL, 
	deal_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	stage_id INTEGER NOT NULL, 
	by_id INTEGER, 
	text VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT text_length CHECK (length(text) <= 10000), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	FOREIGN KEY(deal_id) REFERENCES deal (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(stage_id) REFERENCES stage (id), 
	FOREIGN KEY(by_id) REFERENCES member (id)
);
CREATE TABLE stalled_run (
	name VARCHAR NOT NULL, 
	as_of INTEGER NOT NULL, 
	scope VARCHAR NOT NULL, 
	findings VARCHAR NOT NULL, 
	PRIMARY KEY (name, as_of), 
	CONSTRAINT name_length CHECK (length(name) <= 200)
);
CREATE TABLE statement (
	id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	member_id INTEGER, 
	period_start DATE NOT NULL, 
	period_end DATE NOT NULL, 
	period VARCHAR NOT NULL, 
	as_of INTEGER NOT NULL, 
	rules VARCHAR NOT NULL, 
	lines VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT period_length CHECK (length(period) <= 200), 
	CONSTRAINT rules_length CHECK (length(rules) <= 100000), 
	CONSTRAINT period_order CHECK (period_end > period_start), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(member_id) REFERENCES member (id)
);
CREATE TABLE target (
	id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	member_id INTEGER, 
	period_start DATE NOT NULL, 
	period_end DATE NOT NULL, 
	period VARCHAR NOT NULL, 
	amount INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT period_length CHECK (length(period) <= 200), 
	CONSTRAINT amount_range CHECK (amount BETWEEN 0 AND 100000000000000), 
	CONSTRAINT period_order CHECK (period_end > period_start), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(member_id) REFERENCES member (id)
);
CREATE TABLE tie (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	effective_at INTEGER, 
	recorded_at INTEGER NOT NULL, 
	operation_id INTEGER NOT NULL, 
	retracted_at INTEGER, 
	retracted_by INTEGER, 
	member_id INTEGER NOT NULL, 
	relation VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), 
	CONSTRAINT relation_length CHECK (length(relation) <= 200), 
	FOREIGN KEY(contact_id) REFERENCES contact (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	FOREIGN KEY(retracted_by) REFERENCES operation (id), 
	FOREIGN KEY(member_id) REFERENCES member (id)
);
CREATE INDEX ack_of_deal ON ack (deal_id, effective_at);
CREATE INDEX ack_retracted ON ack (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX claim_of_deal ON log (deal_id, effective_at) WHERE claim IS NOT NULL;
CREATE INDEX contact_by_key ON contact (name_key, places_key);
CREATE INDEX contact_change_of_deal ON contact_change (deal_id, effective_at);
CREATE INDEX contact_change_retracted ON contact_change (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX contact_fact_of_contact ON contact_fact (contact_id, effective_at);
CREATE INDEX contact_fact_retracted ON contact_fact (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX deal_acknowledged ON deal (ack_until, live) WHERE live = 1 AND ack_until IS NOT NULL;
CREATE INDEX deal_alarmed ON deal (stage_id, live) WHERE live = 1 AND changed_contact_id IS NOT NULL;
CREATE INDEX deal_by_name ON deal (name_key);
CREATE INDEX deal_claimed ON deal (stage_id, live) WHERE live = 1 AND claim IS NOT NULL;
CREATE INDEX deal_fact_of_deal ON deal_fact (deal_id, effective_at);
CREATE INDEX deal_fact_retracted ON deal_fact (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX deal_held ON deal (held_until, amount, live) WHERE live = 1 AND held_until IS NOT NULL;
CREATE INDEX deal_live_by_amount ON deal (amount DESC, id, stage_id, stage_counts_from, touch_counts_from, held_until, ack_until, live) WHERE live = 1;
CREATE INDEX deal_live_by_stage ON deal (stage_id, stage_clock_at, stage_counts_from, touch_counts_from, amount, held_until, ack_until, live) WHERE live = 1;
CREATE INDEX deal_role_retracted ON deal_role (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX hold_of_deal ON hold (deal_id, effective_at);
CREATE INDEX hold_retracted ON hold (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX ix_ack_operation_id ON ack (operation_id);
CREATE INDEX ix_contact_change_operation_id ON contact_change (operation_id);
CREATE INDEX ix_contact_fact_operation_id ON contact_fact (operation_id);
CREATE INDEX ix_deal_fact_operation_id ON deal_fact (operation_id);
CREATE INDEX ix_deal_owner_id ON deal (owner_id);
CREATE INDEX ix_deal_role_operation_id ON deal_role (operation_id);
CREATE INDEX ix_hold_operation_id ON hold (operation_id);
CREATE INDEX ix_log_operation_id ON log (operation_id);
CREATE INDEX ix_milestone_event_operation_id ON milestone_event (operation_id);
CREATE INDEX ix_milestone_stage_id ON milestone (stage_id);
CREATE INDEX ix_outcome_operation_id ON outcome (operation_id);
CREATE INDEX ix_plan_end_operation_id ON plan_end (operation_id);
CREATE INDEX ix_plan_operation_id ON "plan" (operation_id);
CREATE INDEX ix_reply_operation_id ON reply (operation_id);
CREATE INDEX ix_row_change_operation_id ON row_change (operation_id);
CREATE INDEX ix_stage_entry_operation_id ON stage_entry (operation_id);
CREATE INDEX ix_statement_operation_id ON statement (operation_id);
CREATE INDEX ix_target_operation_id ON target (operation_id);
CREATE INDEX ix_tie_operation_id ON tie (operation_id);
CREATE INDEX lapse_by_restorer ON lapse (restored_by);
CREATE INDEX lapse_by_retractor ON lapse (retracted_by);
CREATE INDEX lapse_in_time ON lapse (fact, until_at, from_at, fact_id);
CREATE INDEX lapse_of_fact ON lapse (fact, fact_id);
CREATE INDEX log_of_deal ON log (deal_id, effective_at);
CREATE INDEX log_retracted ON log (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX log_with ON log (with_id, effective_at) WHERE with_id IS NOT NULL;
CREATE UNIQUE INDEX member_by_login ON member (login) WHERE gone = 0;
CREATE UNIQUE INDEX member_by_name ON member (name) WHERE gone = 0;
CREATE INDEX milestone_event_of_deal ON milestone_event (deal_id, milestone_id, effective_at);
CREATE INDEX milestone_event_retracted ON milestone_event (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX operation_undone ON operation (undone_by) WHERE undone_by IS NOT NULL;
CREATE INDEX outcome_of_deal ON outcome (deal_id, effective_at);
CREATE INDEX outcome_retracted ON outcome (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE UNIQUE INDEX pipeline_by_name ON pipeline (name) WHERE gone = 0;
CREATE INDEX plan_end_of_deal ON plan_end (deal_id, effective_at);
CREATE INDEX plan_end_of_plan ON plan_end (plan_id);
CREATE INDEX plan_end_retracted ON plan_end (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX plan_of_deal ON "plan" (deal_id, planned_on);
CREATE INDEX plan_retracted ON "plan" (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX reply_of_deal ON reply (deal_id, effective_at);
CREATE INDEX reply_retracted ON reply (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX reply_to_log ON reply (log_id, effective_at);
CREATE INDEX role_of_contact ON deal_role (contact_id, deal_id);
CREATE INDEX role_of_deal ON deal_role (deal_id, contact_id, effective_at);
CREATE INDEX stage_entry_of_deal ON stage_entry (deal_id, effective_at, stage_id);
CREATE INDEX stage_entry_retracted ON stage_entry (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX stage_of_pipeline ON stage (pipeline_id, position);
CREATE INDEX statement_of_member ON statement (member_id, period_start, period_end);
CREATE INDEX statement_retracted ON statement (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX step_of_deal ON log (deal_id, effective_at) WHERE next_step IS NOT NULL;
CREATE INDEX target_of_member ON target (member_id, period_start, period_end);
CREATE INDEX target_retracted ON target (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX tie_of_contact ON tie (contact_id, member_id);
CREATE INDEX tie_retracted ON tie (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX touch_of_deal ON log (deal_id, effective_at, happened_on) WHERE touch = 1;
CREATE VIEW deals_readable AS
    SELECT d.id, d.ref, d.name, d.customer, m.name AS owner, p.name AS pipeline, s.name AS stage,
      d.status, d.amount AS amount_minor, s.probability / 100.0 AS probability_percent,
      d.expected_close, strftime('%Y-%m-%dT%H:%M:%SZ', d.opened_at, 'unixepoch') AS opened_at,
      strftime('%Y-%m-%dT%H:%M:%SZ', d.stage_entered_at, 'unixepoch') AS stage_entered_at, strftime('%Y-%m-%dT%H:%M:%SZ', d.last_touch_at, 'unixepoch') AS last_touch_at,
      d.next_step, d.next_step_due, d.held_until, strftime('%Y-%m-%dT%H:%M:%SZ', d.closed_at, 'unixepoch') AS closed_at,
      d.lost_reason, d.competitor, d.source
    FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
    LEFT JOIN member m ON m.id = d.owner_id WHERE d.status IS NOT NULL;
CREATE VIEW logs_readable AS
    SELECT l.id, l.deal_id, d.name AS deal, l.happened_on, m.name AS "by", l.kind, l.text,
      l.with_whom, l.claim AS claim_percent, l.next_step, l.next_step_due,
      strftime('%Y-%m-%dT%H:%M:%SZ', l.recorded_at, 'unixepoch') AS recorded_at
    FROM log l JOIN deal d ON d.id = l.deal_id LEFT JOIN member m ON m.id = l.by_id
    WHERE l.retracted_at IS NULL;
CREATE VIEW operations_readable AS
    SELECT o.id, strftime('%Y-%m-%dT%H:%M:%SZ', o.entered_at, 'unixepoch') AS entered_at, m.name AS "by", o.command, o.summary
    FROM operation o LEFT JOIN member m ON m.id = o.by_id;
CREATE VIEW stage_entries_readable AS
    SELECT e.id, e.deal_id, d.name AS deal, s.name AS stage,
      strftime('%Y-%m-%dT%H:%M:%SZ', e.effective_at, 'unixepoch') AS effective_at, strftime('%Y-%m-%dT%H:%M:%SZ', e.recorded_at, 'unixepoch') AS recorded_at
    FROM stage_entry e JOIN deal d ON d.id = e.deal_id JOIN stage s ON s.id = e.stage_id
    WHERE e.retracted_at IS NULL;
