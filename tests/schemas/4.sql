-- A file made by schema 4, with something in every table; see tests/test_migrations.py.
PRAGMA application_id=1179995724;
PRAGMA user_version=4;
BEGIN TRANSACTION;
CREATE TABLE ack (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, until DATE NOT NULL, reason VARCHAR NOT NULL, PRIMARY KEY (id),
      CONSTRAINT reason_length CHECK (length(reason) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id));
INSERT INTO "ack" VALUES(1,4,1793586600,1793586600,49,NULL,NULL,'2026-11-18','their director is abroad');
INSERT INTO "ack" VALUES(2,4,1795173060,1795173060,74,NULL,NULL,'2026-12-01','their director is abroad');
CREATE TABLE backtest_score (as_of INTEGER NOT NULL, scores VARCHAR NOT NULL, PRIMARY KEY
      (as_of));
INSERT INTO "backtest_score" VALUES(1795393200,'{"spread": 0.65, "horizon": 90, "learned": {"method": "learned", "closed": null, "brier": 0.1502614981134158, "log_loss": 0.4634104007774958, "ece": 0.23723320462596162, "coverage": 1.0, "n": 15, "origins": 12, "windows": 3, "won": 7, "promised": 4.441501930610576}, "declared": {"method": "declared", "closed": null, "brier": 0.15, "log_loss": 0.4621160678919493, "ece": 0.16666666666666666, "coverage": 1.0, "n": 15, "origins": 12, "windows": 3, "won": 7, "promised": 4.5}, "frequency": {"method": "frequency", "closed": null, "brier": 0.25, "log_loss": 0.6931471805599453, "ece": 0.03333333333333333, "coverage": 1.0, "n": 15, "origins": 12, "windows": 3, "won": 7, "promised": 7.5}}');
CREATE TABLE brief_mark (as_of INTEGER NOT NULL, questions VARCHAR NOT NULL, PRIMARY KEY
      (as_of));
INSERT INTO "brief_mark" VALUES(1795330823,'{"owner": null, "asked": [["Xiao Li 小李", "Does anyone on our team know the successor: a classmate, a former colleague, a friend?"], ["Xiao Li 小李", "What is the next thing we and the customer have agreed on, and for which day?"], ["Xiao Li 小李", "What has the customer put into this project since the stage began: time, people, documents?"], ["Wang Fang 王芳", "Does anyone on our team know the successor: a classmate, a former colleague, a friend?"], ["Wang Fang 王芳", "What is the next thing we and the customer have agreed on, and for which day?"], ["Wang Fang 王芳", "What has the customer put into this project since the stage began: time, people, documents?"], ["Wang Fang 王芳", "Which of the points already settled still hold, and which need to be confirmed again?"], ["Wang Fang 王芳", "Whom else at the customer can we reach if your contact does not answer?"], ["Chen Tao 陈涛", "What drives the date on the customer''s side: the tender calendar, the budget year, a launch?"], ["Chen Tao 陈涛", "When does the customer meet to decide, who will be in the room, and who will speak for us there?"], ["Wang Fang", "Has the person who decides said it too, or only our contact?"], ["Wang Fang", "What would have to happen at the client''s this week for it to move?"], ["Wang Fang", "When did they last come to us, and about what?"], ["Wang Fang", "How did the last conversation end: who does what, and by when?"], [null, "How did the last conversation end: who does what, and by when?"], [null, "When did this deal come to its present stage, and what shows it?"]]}');
CREATE TABLE contact (id INTEGER NOT NULL, name VARCHAR, name_key VARCHAR, company
      VARCHAR, title VARCHAR, career VARCHAR, places_key VARCHAR, note VARCHAR, PRIMARY KEY
      (id));
INSERT INTO "contact" VALUES(1,'Liu Wei 刘伟','
liuwei刘伟

liuwei

刘伟
','Ark Electronics 方舟电子','marketing director','[["school", "Fudan", "law", "2001", "2005"]]','
arkelectronics方舟电子

arkelectronics

方舟电子

fudan
',NULL);
INSERT INTO "contact" VALUES(2,'Zhao Bing 赵兵','
zhaobing赵兵

zhaobing

赵兵
','Sanli 三励','head of buying','[["job", "Harbour", "clerk", "2010", "2014"]]','
sanli三励

sanli

三励

harbour
','plays chess');
INSERT INTO "contact" VALUES(3,'Gao Lan 高岚','
gaolan高岚

gaolan

高岚
','Yunfeng Motors 云峰汽车','head of brand',NULL,'
yunfengmotors云峰汽车

yunfengmotors

云峰汽车
',NULL);
INSERT INTO "contact" VALUES(4,'Qian Jun 钱俊','
qianjun钱俊

qianjun

钱俊
','Qinghe Dairy 清禾乳业','Logistics department','[["job", "Qinghe Dairy 清禾乳业", null, null, "2026-11-20"]]','
qinghedairy清禾乳业

qinghedairy

清禾乳业

qinghedairy清禾乳业

qinghedairy

清禾乳业
',NULL);
CREATE TABLE contact_change (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, contact_id INTEGER NOT NULL, successor_id INTEGER, PRIMARY
      KEY (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT somebody_else CHECK (successor_id <> contact_id), FOREIGN KEY(deal_id)
      REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN
      KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(contact_id) REFERENCES contact
      (id), FOREIGN KEY(successor_id) REFERENCES contact (id));
INSERT INTO "contact_change" VALUES(1,1,1795330813,1795330813,100,NULL,NULL,1,2);
INSERT INTO "contact_change" VALUES(2,2,1795104000,1795330814,101,NULL,NULL,4,NULL);
CREATE TABLE contact_fact (id INTEGER NOT NULL, contact_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, terms INTEGER NOT NULL, name VARCHAR, company VARCHAR,
      title VARCHAR, career VARCHAR, note VARCHAR, PRIMARY KEY (id), CONSTRAINT career_length
      CHECK (length(career) <= 10000), CONSTRAINT note_length CHECK (length(note) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT name_length CHECK (length(name) <= 200), CONSTRAINT company_length CHECK
      (length(company) <= 200), CONSTRAINT title_length CHECK (length(title) <= 200), FOREIGN
      KEY(contact_id) REFERENCES contact (id), FOREIGN KEY(operation_id) REFERENCES operation
      (id), FOREIGN KEY(retracted_by) REFERENCES operation (id));
INSERT INTO "contact_fact" VALUES(1,1,1795330800,1795330800,87,NULL,NULL,47,'Liu Wei 刘伟','Ark Electronics 方舟电子','marketing director','[["school", "Fudan", "law", "2001", "2005"]]',NULL);
INSERT INTO "contact_fact" VALUES(2,2,1795330801,1795330801,88,NULL,NULL,63,'Zhao Bing 赵兵','Sanli 三励','buyer','[["job", "Harbour", "clerk", "2010", "2014"]]','plays chess');
INSERT INTO "contact_fact" VALUES(3,3,1795330802,1795330802,89,NULL,NULL,35,'Gao Lan 高岚','Yunfeng Motors 云峰汽车',NULL,NULL,NULL);
INSERT INTO "contact_fact" VALUES(4,4,1795330803,1795330803,90,NULL,NULL,35,'Qian Jun 钱俊','Qinghe Dairy 清禾乳业',NULL,NULL,NULL);
INSERT INTO "contact_fact" VALUES(5,3,1795330804,1795330804,91,NULL,NULL,4,NULL,NULL,'head of brand',NULL,NULL);
INSERT INTO "contact_fact" VALUES(6,4,1795330803,1795330814,101,NULL,NULL,14,NULL,'Qinghe Dairy 清禾乳业','Logistics department','[["job", "Qinghe Dairy 清禾乳业", null, null, "2026-11-20"]]',NULL);
INSERT INTO "contact_fact" VALUES(7,2,1795330824,1795330824,109,NULL,NULL,4,NULL,NULL,'head of buying',NULL,NULL);
CREATE TABLE deal (id INTEGER NOT NULL, ref VARCHAR, name VARCHAR, name_key VARCHAR,
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
      REFERENCES contact (id));
INSERT INTO "deal" VALUES(1,NULL,'Ark brand launch 方舟品牌发布','ark brand launch 方舟品牌发布','Ark Electronics 方舟电子',2,120000000,'2026-11-25','referral','Sanli 三励',NULL,0,1788573600,4,1791860400,1791946800,1791946800,0,'open',NULL,NULL,1,1795312800,1795312800,1795312800,'meet Zhao Bing','2026-11-25',NULL,NULL,NULL,NULL,1,60,1795312800,1,1795330813,1,2);
INSERT INTO "deal" VALUES(2,NULL,'Summer campaign 夏季推广','summer campaign 夏季推广','Qinghe Dairy 清禾乳业',3,87000000,'2026-12-30','website','Sanli','["Chen Tao 陈涛"]',0,1788573900,2,1792548000,1792548000,1792548000,0,'open',NULL,NULL,1,1793685600,1793685600,1793685600,'call about it','2026-11-12',NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,1795104000,4,NULL);
INSERT INTO "deal" VALUES(3,NULL,'EV launch film 新车短片','ev launch film 新车短片','Yunfeng Motors 云峰汽车',4,240000000,'2026-11-15','tender',NULL,NULL,0,1788656400,6,1794466800,1794466800,1794466800,0,'open',NULL,NULL,1,1795330807,1795330807,1795330807,'send terms','2026-11-25',NULL,NULL,NULL,NULL,0,85,1795330807,4,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(4,NULL,'Rebranding 品牌焕新','rebranding 品牌焕新','Lan''an Hotels 兰岸酒店',2,45000000,NULL,'referral',NULL,NULL,0,1789095600,2,1790129400,1790129400,1790129400,0,'open',NULL,NULL,1,1791874800,1791874800,1791874800,NULL,NULL,NULL,NULL,'2026-12-01','their director is abroad',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(5,NULL,'App promotion 应用推广','app promotion 应用推广','Huaxin Bank 华信银行',3,175000000,'2026-11-08','tender',NULL,NULL,0,1789279200,6,1793066400,1793066400,1793066400,0,'won',1794380700,NULL,0,1794042000,1794042000,1794042000,'collect the signature','2026-11-12',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(6,NULL,'Autumn enrolment 秋季招生','autumn enrolment 秋季招生','Mingde Education 明德教育',4,30000000,NULL,'website',NULL,NULL,0,1790645400,1,1790645400,1791941400,1791941400,0,'open',NULL,NULL,1,NULL,1791941400,1791941400,NULL,NULL,'2026-12-05','budget round',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(7,NULL,'Sponsorship 赛事赞助','sponsorship 赛事赞助','Beichen Sports 北辰体育',2,70000000,NULL,'event',NULL,NULL,0,1790928000,3,1795173240,1795173240,1795173240,0,'open',NULL,NULL,1,1790929800,1794558600,1794558600,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(8,NULL,'Spring line 春季新品','spring line 春季新品','Jiali Cosmetics 佳丽美妆',3,96000000,'2026-12-05','referral',NULL,NULL,0,1790992800,3,1795172880,1795172880,1795172880,1,'open',NULL,NULL,1,1795330819,1795330819,1795330819,NULL,NULL,NULL,NULL,NULL,NULL,0,60,1795330819,3,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(9,NULL,'Corporate film 企业形象片','corporate film 企业形象片','Tongda Logistics 通达物流',4,28000000,NULL,'website',NULL,NULL,1,1792807200,1,1792807200,1792807200,1792807200,0,'open',NULL,NULL,0,1793757600,1793757600,1793757600,'treatment','2026-11-16',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(10,'A-1','Harbour study 港口','harbour study 港口','Harbour 海港',5,3000050,'2026-12-20','fair',NULL,NULL,0,1788192000,9,1790816400,1790816400,1790816400,0,'open',NULL,NULL,1,1791165600,1791165600,1791165600,NULL,NULL,NULL,NULL,NULL,NULL,0,60,1791165600,5,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(11,'A-2','Rail audit','rail audit','Rail Co',6,1200000,NULL,'web',NULL,NULL,0,1785513600,7,1785513600,1785513600,1785513600,0,'lost',1791647999,'price',0,NULL,1785513600,1785513600,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal" VALUES(12,'A-3','Undated prospect','undated prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,7,NULL,NULL,NULL,0,'open',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE deal_fact (
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
      FOREIGN KEY(owner_id) REFERENCES member (id));
INSERT INTO "deal_fact" VALUES(1,1,1788573600,1788573600,5,NULL,NULL,383,'Ark brand launch 方舟品牌发布','Ark Electronics 方舟电子',2,120000000,'2026-11-14','referral','Sanli 三励',NULL,1788573600,NULL,NULL);
INSERT INTO "deal_fact" VALUES(2,2,1788573900,1788573900,6,NULL,NULL,319,'Summer campaign 夏季推广','Qinghe Dairy 清禾乳业',3,86000000,'2026-11-21','website',NULL,NULL,1788573900,NULL,NULL);
INSERT INTO "deal_fact" VALUES(3,3,1788656400,1788656400,7,NULL,NULL,319,'EV launch film 新车短片','Yunfeng Motors 云峰汽车',4,240000000,'2026-11-15','tender',NULL,NULL,1788656400,NULL,NULL);
INSERT INTO "deal_fact" VALUES(4,4,1789095600,1789095600,9,NULL,NULL,303,'Rebranding 品牌焕新','Lan''an Hotels 兰岸酒店',2,45000000,NULL,'referral',NULL,NULL,1789095600,NULL,NULL);
INSERT INTO "deal_fact" VALUES(5,5,1789279200,1789279200,10,NULL,NULL,319,'App promotion 应用推广','Huaxin Bank 华信银行',3,180000000,'2026-11-08','tender',NULL,NULL,1789279200,NULL,NULL);
INSERT INTO "deal_fact" VALUES(6,6,1790645400,1790645400,22,NULL,NULL,303,'Autumn enrolment 秋季招生','Mingde Education 明德教育',4,30000000,NULL,'website',NULL,NULL,1790645400,NULL,NULL);
INSERT INTO "deal_fact" VALUES(7,7,1790928000,1790928000,24,NULL,NULL,303,'Sponsorship 赛事赞助','Beichen Sports 北辰体育',2,70000000,NULL,'event',NULL,NULL,1790928000,NULL,NULL);
INSERT INTO "deal_fact" VALUES(8,8,1790992800,1790992800,26,NULL,NULL,319,'Spring line 春季新品','Jiali Cosmetics 佳丽美妆',3,96000000,'2026-12-05','referral',NULL,NULL,1790992800,NULL,NULL);
INSERT INTO "deal_fact" VALUES(9,9,1792807200,1792807200,39,NULL,NULL,303,'Corporate film 企业形象片','Tongda Logistics 通达物流',4,28000000,NULL,'website',NULL,NULL,1792807200,NULL,NULL);
INSERT INTO "deal_fact" VALUES(10,1,1794185400,1794185400,56,NULL,NULL,16,NULL,NULL,NULL,NULL,'2026-11-25',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal_fact" VALUES(11,5,1794380700,1794380700,57,NULL,NULL,8,NULL,NULL,NULL,175000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal_fact" VALUES(12,10,1788192000,1788192000,66,NULL,NULL,319,'Harbour study 港口','Harbour 海港',5,3000050,'2026-12-20','fair',NULL,NULL,1788192000,NULL,NULL);
INSERT INTO "deal_fact" VALUES(13,11,1785513600,1785513600,66,NULL,NULL,319,'Rail audit','Rail Co',6,1200000,NULL,'web',NULL,NULL,1785513600,NULL,NULL);
INSERT INTO "deal_fact" VALUES(14,12,NULL,1795172580,66,NULL,NULL,319,'Undated prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "deal_fact" VALUES(15,2,1794931200,1795172820,70,NULL,NULL,216,NULL,NULL,NULL,87000000,'2026-12-30',NULL,'Sanli','["Chen Tao 陈涛"]',NULL,NULL,NULL);
INSERT INTO "deal_fact" VALUES(16,9,1795173000,1795173000,73,NULL,NULL,512,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL);
CREATE TABLE deal_role (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, contact_id INTEGER NOT NULL, role VARCHAR, stance VARCHAR
      NOT NULL, stance_on DATE, ended BOOLEAN NOT NULL, PRIMARY KEY (id), CONSTRAINT
      retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), CONSTRAINT
      role_known CHECK (role IN ('decision-maker', 'champion', 'evaluator', 'influencer',
      'user', 'blocker')), CONSTRAINT stance_known CHECK (stance IN ('for', 'neutral',
      'against', 'unknown')), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(contact_id) REFERENCES contact (id));
INSERT INTO "deal_role" VALUES(1,1,1795330800,1795330800,87,NULL,NULL,1,'decision-maker','for','2026-11-22',0);
INSERT INTO "deal_role" VALUES(2,3,1795330802,1795330802,89,NULL,NULL,3,'champion','neutral','2026-11-22',0);
INSERT INTO "deal_role" VALUES(3,2,1795330803,1795330803,90,NULL,NULL,4,'user','against','2026-11-22',0);
INSERT INTO "deal_role" VALUES(4,1,1795330813,1795330813,100,NULL,NULL,1,'decision-maker','for','2026-11-22',1);
INSERT INTO "deal_role" VALUES(5,1,1795330813,1795330813,100,NULL,NULL,2,'decision-maker','unknown',NULL,0);
INSERT INTO "deal_role" VALUES(6,2,1795330803,1795330814,101,NULL,NULL,4,'user','against','2026-11-22',1);
INSERT INTO "deal_role" VALUES(7,4,1795330815,1795330815,102,NULL,NULL,3,'influencer','unknown',NULL,0);
CREATE TABLE hold (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, from_on DATE NOT NULL, until DATE NOT NULL, reason VARCHAR,
      PRIMARY KEY (id), CONSTRAINT reason_length CHECK (length(reason) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      CONSTRAINT hold_order CHECK (until >= from_on), FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id));
INSERT INTO "hold" VALUES(1,7,1791511200,1791511200,30,NULL,NULL,'2026-10-09','2026-12-18','the league''s calendar comes first');
INSERT INTO "hold" VALUES(2,6,1795173120,1795173120,75,NULL,NULL,'2026-11-20','2026-12-05','budget round');
INSERT INTO "hold" VALUES(3,7,1795173240,1795173240,77,NULL,NULL,'2026-11-20','2026-11-20',NULL);
INSERT INTO "hold" VALUES(4,2,1795312800,1795312800,82,1795312800,85,'2026-11-22','2026-12-24','holidays');
CREATE TABLE lapse (
      id INTEGER NOT NULL, fact VARCHAR NOT NULL, fact_id INTEGER NOT NULL,
      from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, retracted_by INTEGER NOT NULL,
      restored_by INTEGER NOT NULL, PRIMARY KEY (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(restored_by) REFERENCES operation (id));
INSERT INTO "lapse" VALUES(1,'hold',4,1795312800,1795312800,83,84);
INSERT INTO "lapse" VALUES(2,'contact_fact',7,1795330825,1795330826,110,111);
INSERT INTO "lapse" VALUES(3,'target',6,1795393800,1795393800,120,121);
CREATE TABLE log (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
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
      REFERENCES contact (id));
INSERT INTO "log" VALUES(1,1,1788764400,1788764400,8,NULL,NULL,2,'2026-09-07','visit','first visit, showed our work',1,0,1,'Liu Wei 刘伟',NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(2,2,1789351200,1789351200,11,NULL,NULL,3,'2026-09-14','visit','briefing at their plant',1,0,1,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(3,3,1789524000,1789524000,13,NULL,NULL,4,'2026-09-16','meeting','kick-off with their product team',1,0,0,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(4,5,1789610400,1789610400,14,NULL,NULL,3,'2026-09-17','meeting','pitch, well received',1,0,1,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(5,4,1789696800,1789696800,15,NULL,NULL,2,'2026-09-18','email','sent our references',1,1,0,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(6,7,1790929800,1790929800,25,NULL,NULL,2,'2026-10-02','meeting','they wait for the league''s calendar',1,0,0,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(7,8,1791166200,1791166200,27,NULL,NULL,3,'2026-10-05','meeting','workshop with the brand team',1,0,1,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(8,1,1791338400,1791338400,29,NULL,NULL,2,'2026-10-07','meeting','walked Liu Wei through the draft',1,0,0,'Liu Wei 刘伟',NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(9,4,1791874800,1791874800,33,NULL,NULL,2,'2026-10-13','call','they are still comparing agencies',1,0,0,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(10,1,1791964800,1791964800,34,NULL,NULL,2,'2026-10-14','visit','handed in the quotation',1,0,0,'Liu Wei 刘伟',NULL,NULL,NULL,0,'hear what they think of the price','2026-10-22');
INSERT INTO "log" VALUES(11,9,1792893600,1792893600,40,NULL,NULL,4,'2026-10-25','email','answered their inquiry',1,1,0,NULL,NULL,NULL,NULL,0,'visit','2026-11-04');
INSERT INTO "log" VALUES(12,2,1793170800,1793170800,44,NULL,NULL,3,'2026-10-28','meeting','they want the second concept',1,0,1,NULL,NULL,NULL,NULL,0,'send the second concept','2026-11-03');
INSERT INTO "log" VALUES(13,3,1793260800,1793260800,45,NULL,NULL,4,'2026-10-29','call','director asked about the schedule',1,0,1,NULL,NULL,70,NULL,0,'storyboard to the director','2026-11-07');
INSERT INTO "log" VALUES(14,5,1793329200,1793329200,46,NULL,NULL,3,'2026-10-30','call','contract with their legal people',1,0,1,NULL,NULL,NULL,NULL,0,'collect the signature','2026-11-11');
INSERT INTO "log" VALUES(15,8,1793430000,1793430000,47,NULL,NULL,3,'2026-10-31','call','they compare our price with another offer',1,0,1,NULL,NULL,55,NULL,0,'price talk','2026-11-07');
INSERT INTO "log" VALUES(16,1,1793580300,1793580300,48,NULL,NULL,2,'2026-11-02','note','no problem, the customer is nearly nailed',0,0,0,NULL,NULL,90,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(17,2,1793685600,1793685600,50,NULL,NULL,3,'2026-11-03','email','sent the second concept',1,1,0,NULL,NULL,NULL,NULL,0,'call about it','2026-11-12');
INSERT INTO "log" VALUES(18,9,1793757600,1793757600,51,NULL,NULL,4,'2026-11-04','visit','visited, they liked the reel',1,0,0,NULL,NULL,NULL,NULL,0,'treatment','2026-11-16');
INSERT INTO "log" VALUES(19,8,1793865600,1793865600,52,NULL,NULL,3,'2026-11-05','meeting','price talk, they came to us',1,0,1,NULL,NULL,NULL,NULL,0,'revised price','2026-11-11');
INSERT INTO "log" VALUES(20,3,1793934000,1793934000,53,NULL,NULL,4,'2026-11-06','meeting','storyboard shown to the director',1,0,0,NULL,NULL,75,NULL,0,'final round','2026-11-18');
INSERT INTO "log" VALUES(21,5,1794042000,1794042000,54,NULL,NULL,3,'2026-11-07','call','their lawyers have no more remarks',1,0,1,NULL,NULL,NULL,NULL,0,'collect the signature','2026-11-12');
INSERT INTO "log" VALUES(22,1,1794184800,1794184800,55,NULL,NULL,2,'2026-11-09','note','this one can''t get away',0,0,0,NULL,NULL,95,'2026-11-19',0,NULL,NULL);
INSERT INTO "log" VALUES(23,1,1794562200,1794562200,59,NULL,NULL,2,'2026-11-13','note','Liu Wei moved to another department, Zhao Bing 赵兵 (formerly of Sanli 三励) takes over',0,0,0,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(24,8,1794790200,1794790200,60,NULL,NULL,3,'2026-11-16','call','they ask for a final meeting',1,0,1,NULL,NULL,NULL,NULL,0,'final meeting','2026-11-20');
INSERT INTO "log" VALUES(25,10,1791165600,1791165600,68,NULL,NULL,5,'2026-10-05','meeting','Half a day on the quay 码头',1,0,0,'Ms Ding 丁',NULL,60,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(26,3,1795173300,1795173300,78,NULL,NULL,4,'2026-11-20','email','waiting',1,1,1,'Mr Gu',NULL,NULL,'2026-12-15',1,'send terms','2026-11-25');
INSERT INTO "log" VALUES(27,1,1795312800,1795312800,81,NULL,NULL,1,'2026-11-22','call','spoke with Gu',1,0,0,'Gu Wei',NULL,60,NULL,1,'send prices','2026-12-01');
INSERT INTO "log" VALUES(28,3,1795330807,1795330807,94,NULL,NULL,4,'2026-11-22','meeting','went through the terms',1,0,0,'Gao Lan 高岚',3,85,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(29,1,1795330808,1795330808,95,NULL,NULL,2,'2026-11-22','note','may we offer 3 % less?',0,0,0,NULL,NULL,NULL,NULL,1,NULL,NULL);
INSERT INTO "log" VALUES(30,8,1795330809,1795330809,96,NULL,NULL,3,'2026-11-22','call','they compare us with two others',1,0,1,NULL,NULL,NULL,NULL,0,NULL,NULL);
INSERT INTO "log" VALUES(31,8,1795330819,1795330819,106,NULL,NULL,3,'2026-11-22','meeting','they like it',1,0,0,NULL,NULL,60,NULL,0,NULL,NULL);
CREATE TABLE member (id INTEGER NOT NULL, name VARCHAR NOT NULL, login VARCHAR,
      manager BOOLEAN NOT NULL, away VARCHAR NOT NULL, career VARCHAR NOT NULL, gone BOOLEAN NOT
      NULL, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name) <= 200), CONSTRAINT
      login_length CHECK (length(login) <= 200), CONSTRAINT away_length CHECK (length(away) <=
      10000), CONSTRAINT career_length CHECK (length(career) <= 10000));
INSERT INTO "member" VALUES(1,'Jiang Yue 蒋跃','jiang',1,'[]','[]',0);
INSERT INTO "member" VALUES(2,'Xiao Li 小李',NULL,0,'[]','[]',0);
INSERT INTO "member" VALUES(3,'Wang Fang 王芳','wang',0,'[["2026-12-24", "2026-12-31"]]','[["job", "Sanli", "designer", "2015", "2019"]]',0);
INSERT INTO "member" VALUES(4,'Chen Tao 陈涛',NULL,0,'[]','[]',0);
INSERT INTO "member" VALUES(5,'Wang Fang',NULL,0,'[]','[]',0);
INSERT INTO "member" VALUES(6,'Zhou Min 周敏',NULL,0,'[]','[]',0);
INSERT INTO "member" VALUES(7,'Zhao Lei',NULL,0,'[]','[]',0);
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
INSERT INTO "milestone" VALUES(1,1,0,'need-confirmed','Customer''s mail or confirmed minutes naming the project, the budget and a date',1);
INSERT INTO "milestone" VALUES(2,1,1,'decision-path','Customer''s own outline of the decision: who takes part, who decides, in which steps',0);
INSERT INTO "milestone" VALUES(3,2,0,'on-the-list','Customer names us on the shortlist in writing',1);
INSERT INTO "milestone" VALUES(4,2,1,'criteria-received','Tender documents or scoring criteria received from the customer',0);
INSERT INTO "milestone" VALUES(5,3,0,'draft-accepted','Customer''s written comments accept the draft as the basis for a quotation',1);
INSERT INTO "milestone" VALUES(6,4,0,'quote-received','Customer confirms in writing that the quotation has been received and is being evaluated',1);
INSERT INTO "milestone" VALUES(7,5,0,'solution-confirmed','Customer confirms solution and scope in writing, stating that the decision maker agrees',1);
INSERT INTO "milestone" VALUES(8,5,1,'decision-maker-heard','Minutes or mail recording what the decision maker said about our proposal',0);
INSERT INTO "milestone" VALUES(9,6,0,'terms-agreed','Customer confirms the final contract text in writing, with price, payment and delivery',1);
INSERT INTO "milestone" VALUES(10,7,0,'problem-named','The client describes the problem in a mail of their own',1);
INSERT INTO "milestone" VALUES(11,8,0,'findings-agreed','Minutes of the workshop, agreed by the client',1);
INSERT INTO "milestone" VALUES(12,9,0,'terms-agreed','The client agrees to scope and fee in writing',1);
CREATE TABLE milestone_event (id INTEGER NOT NULL, deal_id INTEGER NOT
      NULL, effective_at INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL,
      retracted_at INTEGER, retracted_by INTEGER, milestone_id INTEGER NOT NULL, state VARCHAR
      NOT NULL, evidence VARCHAR, from_id INTEGER, reason VARCHAR, PRIMARY KEY (id), CONSTRAINT
      evidence_length CHECK (length(evidence) <= 10000), CONSTRAINT reason_length CHECK
      (length(reason) <= 10000), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) =
      (retracted_by IS NULL)), CONSTRAINT state_known CHECK (state IN ('open', 'claimed',
      'accepted', 'rejected', 'waived')), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(milestone_id) REFERENCES milestone (id), FOREIGN KEY(from_id)
      REFERENCES contact (id));
INSERT INTO "milestone_event" VALUES(1,1,1789441200,1789441200,12,NULL,NULL,1,'claimed','mail from Liu Wei names budget and launch date',NULL,NULL);
INSERT INTO "milestone_event" VALUES(2,1,1789441200,1789441200,12,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(3,3,1789783200,1789783200,16,NULL,NULL,1,'claimed','tender documents name us',NULL,NULL);
INSERT INTO "milestone_event" VALUES(4,3,1789783200,1789783200,16,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(5,5,1789783800,1789783800,17,NULL,NULL,1,'claimed','budget approved',NULL,NULL);
INSERT INTO "milestone_event" VALUES(6,5,1789783800,1789783800,17,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(7,1,1790046000,1790046000,18,NULL,NULL,3,'claimed','shortlist of three, in writing',NULL,NULL);
INSERT INTO "milestone_event" VALUES(8,1,1790046000,1790046000,18,NULL,NULL,3,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(9,4,1790129400,1790129400,19,NULL,NULL,1,'claimed','mail with the brief',NULL,NULL);
INSERT INTO "milestone_event" VALUES(10,4,1790129400,1790129400,19,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(11,3,1790301600,1790301600,20,NULL,NULL,3,'claimed','on the list of four',NULL,NULL);
INSERT INTO "milestone_event" VALUES(12,3,1790301600,1790301600,20,NULL,NULL,3,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(13,5,1790474400,1790474400,21,NULL,NULL,3,'claimed','list of two',NULL,NULL);
INSERT INTO "milestone_event" VALUES(14,5,1790474400,1790474400,21,NULL,NULL,3,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(15,2,1790733600,1790733600,23,NULL,NULL,1,'claimed','minutes signed by their marketing',NULL,NULL);
INSERT INTO "milestone_event" VALUES(16,2,1790733600,1790733600,23,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(17,5,1791252000,1791252000,28,NULL,NULL,5,'claimed','draft approved',NULL,NULL);
INSERT INTO "milestone_event" VALUES(18,5,1791252000,1791252000,28,NULL,NULL,5,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(19,8,1791771000,1791771000,31,NULL,NULL,1,'claimed','brief received',NULL,NULL);
INSERT INTO "milestone_event" VALUES(20,8,1791771000,1791771000,31,NULL,NULL,1,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(21,1,1791860400,1791860400,32,NULL,NULL,5,'claimed','draft returned with comments, to be quoted',NULL,NULL);
INSERT INTO "milestone_event" VALUES(22,1,1791860400,1791860400,32,NULL,NULL,5,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(23,5,1792029600,1792029600,35,NULL,NULL,6,'claimed','quotation logged by purchasing',NULL,NULL);
INSERT INTO "milestone_event" VALUES(24,5,1792029600,1792029600,35,NULL,NULL,6,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(25,3,1792116000,1792116000,36,NULL,NULL,5,'claimed','draft accepted by their agency lead',NULL,NULL);
INSERT INTO "milestone_event" VALUES(26,3,1792116000,1792116000,36,NULL,NULL,5,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(27,2,1792548000,1792548000,37,NULL,NULL,3,'claimed','invited to pitch, two others',NULL,NULL);
INSERT INTO "milestone_event" VALUES(28,2,1792548000,1792548000,37,NULL,NULL,3,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(29,8,1792548300,1792548300,38,NULL,NULL,3,'claimed','one of two',NULL,NULL);
INSERT INTO "milestone_event" VALUES(30,8,1792548300,1792548300,38,NULL,NULL,3,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(31,5,1793066400,1793066400,41,NULL,NULL,7,'claimed','solution signed off by the board',NULL,NULL);
INSERT INTO "milestone_event" VALUES(32,5,1793066400,1793066400,41,NULL,NULL,7,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(33,3,1793067000,1793067000,42,NULL,NULL,6,'claimed','quotation confirmed as received',NULL,NULL);
INSERT INTO "milestone_event" VALUES(34,3,1793067000,1793067000,42,NULL,NULL,6,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(35,8,1793152800,1793152800,43,NULL,NULL,5,'claimed','draft chosen',NULL,NULL);
INSERT INTO "milestone_event" VALUES(36,8,1793152800,1793152800,43,NULL,NULL,5,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(37,5,1794380700,1794380700,57,NULL,NULL,9,'claimed','signed contract',NULL,NULL);
INSERT INTO "milestone_event" VALUES(38,5,1794380700,1794380700,57,NULL,NULL,9,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(39,3,1794466800,1794466800,58,NULL,NULL,7,'claimed','board minutes choose our film',NULL,NULL);
INSERT INTO "milestone_event" VALUES(40,3,1794466800,1794466800,58,NULL,NULL,7,'accepted',NULL,NULL,NULL);
INSERT INTO "milestone_event" VALUES(41,8,1795172880,1795172880,71,NULL,NULL,5,'open',NULL,NULL,'another concept');
INSERT INTO "milestone_event" VALUES(42,4,1795173180,1795173180,76,NULL,NULL,3,'waived',NULL,NULL,'no list');
INSERT INTO "milestone_event" VALUES(43,7,1795173240,1795173240,77,NULL,NULL,1,'waived',NULL,NULL,'old friends');
INSERT INTO "milestone_event" VALUES(44,7,1795173240,1795173240,77,NULL,NULL,3,'waived',NULL,NULL,'old friends');
INSERT INTO "milestone_event" VALUES(45,4,1795330812,1795330812,99,NULL,NULL,2,'claimed','their outline',NULL,NULL);
CREATE TABLE operation (
      id INTEGER NOT NULL, entered_at INTEGER NOT NULL, by_id INTEGER, command VARCHAR NOT NULL,
      summary VARCHAR NOT NULL, undone_by INTEGER, PRIMARY KEY (id),
      CONSTRAINT command_length CHECK (length(command) <= 200),
      FOREIGN KEY(by_id) REFERENCES member (id),
      FOREIGN KEY(undone_by) REFERENCES operation (id));
INSERT INTO "operation" VALUES(1,1788397200,1,'init','Started funnel.db: manager Jiang Yue 蒋跃, pipeline bidding, CNY, Asia/Shanghai.',NULL);
INSERT INTO "operation" VALUES(2,1788397200,1,'team add','Added Xiao Li 小李 to the team.',NULL);
INSERT INTO "operation" VALUES(3,1788397260,1,'team add','Added Wang Fang 王芳 to the team.',NULL);
INSERT INTO "operation" VALUES(4,1788397320,1,'team add','Added Chen Tao 陈涛 to the team.',NULL);
INSERT INTO "operation" VALUES(5,1788573600,2,'deal add','Added deal 1 Ark brand launch 方舟品牌发布 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(6,1788573900,3,'deal add','Added deal 2 Summer campaign 夏季推广 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(7,1788656400,4,'deal add','Added deal 3 EV launch film 新车短片 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(8,1788764400,2,'log','Log 1 on 1 Ark brand launch 方舟品牌发布.',NULL);
INSERT INTO "operation" VALUES(9,1789095600,2,'deal add','Added deal 4 Rebranding 品牌焕新 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(10,1789279200,3,'deal add','Added deal 5 App promotion 应用推广 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(11,1789351200,3,'log','Log 2 on 2 Summer campaign 夏季推广.',NULL);
INSERT INTO "operation" VALUES(12,1789441200,1,'deal advance','1 Ark brand launch 方舟品牌发布: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(13,1789524000,4,'log','Log 3 on 3 EV launch film 新车短片.',NULL);
INSERT INTO "operation" VALUES(14,1789610400,3,'log','Log 4 on 5 App promotion 应用推广.',NULL);
INSERT INTO "operation" VALUES(15,1789696800,2,'log','Log 5 on 4 Rebranding 品牌焕新.',NULL);
INSERT INTO "operation" VALUES(16,1789783200,1,'deal advance','3 EV launch film 新车短片: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(17,1789783800,1,'deal advance','5 App promotion 应用推广: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(18,1790046000,1,'deal advance','1 Ark brand launch 方舟品牌发布: Shortlisted → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(19,1790129400,1,'deal advance','4 Rebranding 品牌焕新: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(20,1790301600,1,'deal advance','3 EV launch film 新车短片: Shortlisted → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(21,1790474400,1,'deal advance','5 App promotion 应用推广: Shortlisted → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(22,1790645400,4,'deal add','Added deal 6 Autumn enrolment 秋季招生 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(23,1790733600,1,'deal advance','2 Summer campaign 夏季推广: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(24,1790928000,2,'deal add','Added deal 7 Sponsorship 赛事赞助 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(25,1790929800,2,'log','Log 6 on 7 Sponsorship 赛事赞助.',NULL);
INSERT INTO "operation" VALUES(26,1790992800,3,'deal add','Added deal 8 Spring line 春季新品 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(27,1791166200,3,'log','Log 7 on 8 Spring line 春季新品.',NULL);
INSERT INTO "operation" VALUES(28,1791252000,1,'deal advance','5 App promotion 应用推广: Proposal drafted → Quoted.',NULL);
INSERT INTO "operation" VALUES(29,1791338400,2,'log','Log 8 on 1 Ark brand launch 方舟品牌发布.',NULL);
INSERT INTO "operation" VALUES(30,1791511200,1,'deal hold','7 Sponsorship 赛事赞助: on hold until 2026-12-18.',NULL);
INSERT INTO "operation" VALUES(31,1791771000,1,'deal advance','8 Spring line 春季新品: Opportunity → Shortlisted.',NULL);
INSERT INTO "operation" VALUES(32,1791860400,1,'deal advance','1 Ark brand launch 方舟品牌发布: Proposal drafted → Quoted.',NULL);
INSERT INTO "operation" VALUES(33,1791874800,2,'log','Log 9 on 4 Rebranding 品牌焕新.',NULL);
INSERT INTO "operation" VALUES(34,1791964800,2,'log','Log 10 on 1 Ark brand launch 方舟品牌发布.',NULL);
INSERT INTO "operation" VALUES(35,1792029600,1,'deal advance','5 App promotion 应用推广: Quoted → Proposal confirmed.',NULL);
INSERT INTO "operation" VALUES(36,1792116000,1,'deal advance','3 EV launch film 新车短片: Proposal drafted → Quoted.',NULL);
INSERT INTO "operation" VALUES(37,1792548000,1,'deal advance','2 Summer campaign 夏季推广: Shortlisted → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(38,1792548300,1,'deal advance','8 Spring line 春季新品: Shortlisted → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(39,1792807200,4,'deal add','Added deal 9 Corporate film 企业形象片 in Opportunity.',NULL);
INSERT INTO "operation" VALUES(40,1792893600,4,'log','Log 11 on 9 Corporate film 企业形象片.',NULL);
INSERT INTO "operation" VALUES(41,1793066400,1,'deal advance','5 App promotion 应用推广: Proposal confirmed → Terms agreed.',NULL);
INSERT INTO "operation" VALUES(42,1793067000,1,'deal advance','3 EV launch film 新车短片: Quoted → Proposal confirmed.',NULL);
INSERT INTO "operation" VALUES(43,1793152800,1,'deal advance','8 Spring line 春季新品: Proposal drafted → Quoted.',NULL);
INSERT INTO "operation" VALUES(44,1793170800,3,'log','Log 12 on 2 Summer campaign 夏季推广.',NULL);
INSERT INTO "operation" VALUES(45,1793260800,4,'log','Log 13 on 3 EV launch film 新车短片: claim 70 %, evidence 70 %.',NULL);
INSERT INTO "operation" VALUES(46,1793329200,3,'log','Log 14 on 5 App promotion 应用推广.',NULL);
INSERT INTO "operation" VALUES(47,1793430000,3,'log','Log 15 on 8 Spring line 春季新品: claim 55 %, evidence 50 %.',NULL);
INSERT INTO "operation" VALUES(48,1793580300,2,'log','Log 16 on 1 Ark brand launch 方舟品牌发布: claim 90 %, evidence 50 %.',NULL);
INSERT INTO "operation" VALUES(49,1793586600,1,'ack','4 Rebranding 品牌焕新: known until 2026-11-18.',NULL);
INSERT INTO "operation" VALUES(50,1793685600,3,'log','Log 17 on 2 Summer campaign 夏季推广.',NULL);
INSERT INTO "operation" VALUES(51,1793757600,4,'log','Log 18 on 9 Corporate film 企业形象片.',NULL);
INSERT INTO "operation" VALUES(52,1793865600,3,'log','Log 19 on 8 Spring line 春季新品.',NULL);
INSERT INTO "operation" VALUES(53,1793934000,4,'log','Log 20 on 3 EV launch film 新车短片: claim 75 %, evidence 70 %.',NULL);
INSERT INTO "operation" VALUES(54,1794042000,3,'log','Log 21 on 5 App promotion 应用推广.',NULL);
INSERT INTO "operation" VALUES(55,1794184800,2,'log','Log 22 on 1 Ark brand launch 方舟品牌发布: claim 95 %, evidence 50 %.',NULL);
INSERT INTO "operation" VALUES(56,1794185400,2,'deal edit','1 Ark brand launch 方舟品牌发布: expected close 2026-11-25.',NULL);
INSERT INTO "operation" VALUES(57,1794380700,1,'deal win','5 App promotion 应用推广: won, 1,750,000.',NULL);
INSERT INTO "operation" VALUES(58,1794466800,1,'deal advance','3 EV launch film 新车短片: Proposal confirmed → Terms agreed.',NULL);
INSERT INTO "operation" VALUES(59,1794562200,2,'log','Log 23 on 1 Ark brand launch 方舟品牌发布.',NULL);
INSERT INTO "operation" VALUES(60,1794790200,3,'log','Log 24 on 8 Spring line 春季新品.',NULL);
INSERT INTO "operation" VALUES(61,1795078800,1,'deal lose','1 Ark brand launch 方舟品牌发布: lost in Quoted, relationship.',NULL);
INSERT INTO "operation" VALUES(62,1795172400,1,'team edit','Wang Fang 王芳 signs in as wang, is away 2026-12-24..2026-12-31.',NULL);
INSERT INTO "operation" VALUES(63,1795172460,1,'config set','days is working (was calendar).',NULL);
INSERT INTO "operation" VALUES(64,1795172460,1,'config set','holidays is 2026-10-01,2026-12-25 (was none).',NULL);
INSERT INTO "operation" VALUES(65,1795172520,1,'pipeline apply','Created the pipeline consulting.',NULL);
INSERT INTO "operation" VALUES(66,1795172580,1,'import deals','Imported 3 deals: 3 new, 0 changed, 0 as before.',NULL);
INSERT INTO "operation" VALUES(67,1795172640,1,'import stages','Imported 2 stage entries: 2 new, 0 changed, 0 as before.',NULL);
INSERT INTO "operation" VALUES(68,1795172700,1,'import logs','Imported 1 log: 1 new, 0 changed, 0 as before.',NULL);
INSERT INTO "operation" VALUES(69,1795172760,1,'deal edit','2 Summer campaign 夏季推广: stage corrected to Shortlisted.',NULL);
INSERT INTO "operation" VALUES(70,1795172820,1,'deal edit','2 Summer campaign 夏季推广: amount 870,000, expected close 2026-12-30, competitor Sanli, members Chen Tao 陈涛.',NULL);
INSERT INTO "operation" VALUES(71,1795172880,1,'deal back','8 Spring line 春季新品: back from Quoted to Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(72,1795172940,1,'deal reopen','1 Ark brand launch 方舟品牌发布: open again in Quoted.',NULL);
INSERT INTO "operation" VALUES(73,1795173000,1,'deal archive','9 Corporate film 企业形象片: archived; deal reopen brings it back.',NULL);
INSERT INTO "operation" VALUES(74,1795173060,1,'ack','4 Rebranding 品牌焕新: known until 2026-12-01.',NULL);
INSERT INTO "operation" VALUES(75,1795173120,1,'deal hold','6 Autumn enrolment 秋季招生: on hold until 2026-12-05.',NULL);
INSERT INTO "operation" VALUES(76,1795173180,1,'milestone waive','4 Rebranding 品牌焕新: on-the-list waived.',NULL);
INSERT INTO "operation" VALUES(77,1795173240,1,'deal advance','7 Sponsorship 赛事赞助: Opportunity → Proposal drafted.',NULL);
INSERT INTO "operation" VALUES(78,1795173300,4,'log','Log 26 on 3 EV launch film 新车短片.',NULL);
INSERT INTO "operation" VALUES(79,1795173360,1,'pipeline apply','Changed the pipeline consulting: stage contact renamed to first-talk.',NULL);
INSERT INTO "operation" VALUES(80,1795173420,1,'pipeline apply','Changed the pipeline consulting: stage workshop dropped, 1 deal now in proposal.',NULL);
INSERT INTO "operation" VALUES(81,1795312800,1,'log','Log 27 on 1 Ark brand launch 方舟品牌发布: claim 60 %, evidence 50 %.',NULL);
INSERT INTO "operation" VALUES(82,1795312800,1,'deal hold','2 Summer campaign 夏季推广: on hold until 2026-12-24.',85);
INSERT INTO "operation" VALUES(83,1795312800,1,'undo','Undid 82, deal hold: 2 Summer campaign 夏季推广: on hold until 2026-12-24.',NULL);
INSERT INTO "operation" VALUES(84,1795312800,1,'redo','Did again 82, deal hold: 2 Summer campaign 夏季推广: on hold until 2026-12-24.',NULL);
INSERT INTO "operation" VALUES(85,1795312800,1,'undo','Undid 82, deal hold: 2 Summer campaign 夏季推广: on hold until 2026-12-24.',NULL);
INSERT INTO "operation" VALUES(86,1795312800,1,'team add','Added Zhao Lei to the team.',NULL);
INSERT INTO "operation" VALUES(87,1795330800,1,'contact add','Added contact 1 Liu Wei 刘伟 (Ark Electronics 方舟电子). Liu Wei 刘伟 is on 1 Ark brand launch 方舟品牌发布: decision-maker, for.',NULL);
INSERT INTO "operation" VALUES(88,1795330801,1,'contact add','Added contact 2 Zhao Bing 赵兵 (Sanli 三励).',NULL);
INSERT INTO "operation" VALUES(89,1795330802,1,'contact add','Added contact 3 Gao Lan 高岚 (Yunfeng Motors 云峰汽车). Gao Lan 高岚 is on 3 EV launch film 新车短片: champion, neutral.',NULL);
INSERT INTO "operation" VALUES(90,1795330803,1,'contact add','Added contact 4 Qian Jun 钱俊 (Qinghe Dairy 清禾乳业). Qian Jun 钱俊 is on 2 Summer campaign 夏季推广: user, against.',NULL);
INSERT INTO "operation" VALUES(91,1795330804,1,'contact edit','3 Gao Lan 高岚 (Yunfeng Motors 云峰汽车): title head of brand.',NULL);
INSERT INTO "operation" VALUES(92,1795330805,1,'contact tie','Jiang Yue 蒋跃 knows 2 Zhao Bing 赵兵 (Sanli 三励): classmate 同学.',NULL);
INSERT INTO "operation" VALUES(93,1795330806,1,'contact tie','Chen Tao 陈涛 knows 3 Gao Lan 高岚 (Yunfeng Motors 云峰汽车): neighbour.',NULL);
INSERT INTO "operation" VALUES(94,1795330807,4,'log','Log 28 on 3 EV launch film 新车短片: claim 85 %, evidence 90 %.',NULL);
INSERT INTO "operation" VALUES(95,1795330808,2,'log','Log 29 on 1 Ark brand launch 方舟品牌发布.',NULL);
INSERT INTO "operation" VALUES(96,1795330809,3,'log','Log 30 on 8 Spring line 春季新品.',NULL);
INSERT INTO "operation" VALUES(97,1795330810,1,'reply','Answered log 29 of Xiao Li 小李 on 1 Ark brand launch 方舟品牌发布; asked for by 2026-11-27.',NULL);
INSERT INTO "operation" VALUES(98,1795330811,1,'reply','Answered log 30 of Wang Fang 王芳 on 8 Spring line 春季新品.',NULL);
INSERT INTO "operation" VALUES(99,1795330812,2,'milestone claim','4 Rebranding 品牌焕新: decision-path claimed (their outline).',NULL);
INSERT INTO "operation" VALUES(100,1795330813,1,'contact replace','Zhao Bing 赵兵 follows Liu Wei 刘伟 on 1 Ark brand launch 方舟品牌发布 as decision-maker; it stays alarmed until somebody meets them. Mind that Zhao Bing 赵兵 is at Sanli 三励. Jiang Yue 蒋跃 knows Zhao Bing 赵兵: classmate 同学.',NULL);
INSERT INTO "operation" VALUES(101,1795330814,1,'contact leave','Qian Jun 钱俊 moved within Qinghe Dairy 清禾乳业: Logistics department. Alarm on 2 Summer campaign 夏季推广: who follows? (funnelcli contact replace 2 4 NEW)',NULL);
INSERT INTO "operation" VALUES(102,1795330815,1,'contact join','Gao Lan 高岚 is on 4 Rebranding 品牌焕新: influencer, stance unknown. Chen Tao 陈涛 knows Gao Lan 高岚: neighbour.',NULL);
INSERT INTO "operation" VALUES(103,1795330816,1,'plan add','Plan 1 on 1 Ark brand launch 方舟品牌发布 for 2026-11-25: meet Zhao Bing.',NULL);
INSERT INTO "operation" VALUES(104,1795330817,1,'plan add','Plan 2 on 3 EV launch film 新车短片 for 2026-11-26: collect the signature.',NULL);
INSERT INTO "operation" VALUES(105,1795330818,1,'plan add','Plan 3 on 8 Spring line 春季新品 for 2026-11-22: show the second version.',NULL);
INSERT INTO "operation" VALUES(106,1795330819,3,'plan done','Plan 3 is done. Log 31 on 8 Spring line 春季新品: claim 60 %, evidence 40 %.',NULL);
INSERT INTO "operation" VALUES(107,1795330820,1,'plan drop','Dropped plan 2 on 3 EV launch film 新车短片: collect the signature.',NULL);
INSERT INTO "operation" VALUES(108,1795330821,1,'team edit','Wang Fang 王芳 worked at Sanli, designer, 2015..2019.',NULL);
INSERT INTO "operation" VALUES(109,1795330824,1,'contact edit','2 Zhao Bing 赵兵 (Sanli 三励): title head of buying (was buyer). Jiang Yue 蒋跃 knows Zhao Bing 赵兵: classmate 同学; Wang Fang 王芳 knows Zhao Bing 赵兵: same employer: Sanli.',NULL);
INSERT INTO "operation" VALUES(110,1795330825,1,'undo','Undid 109, contact edit: 2 Zhao Bing 赵兵 (Sanli 三励): title head of buying (was buyer). Jiang Yue 蒋跃 knows Zhao Bing 赵兵: classmate 同学; Wang Fang 王芳 knows Zhao Bing 赵兵: same employer: Sanli.',NULL);
INSERT INTO "operation" VALUES(111,1795330826,1,'redo','Did again 109, contact edit: 2 Zhao Bing 赵兵 (Sanli 三励): title head of buying (was buyer). Jiang Yue 蒋跃 knows Zhao Bing 赵兵: classmate 同学; Wang Fang 王芳 knows Zhao Bing 赵兵: same employer: Sanli.',NULL);
INSERT INTO "operation" VALUES(112,1795330827,1,'plan add','Plan 4 on 4 Rebranding 品牌焕新 for 2026-11-30: call them.',113);
INSERT INTO "operation" VALUES(113,1795330828,1,'undo','Undid 112, plan add: Plan 4 on 4 Rebranding 品牌焕新 for 2026-11-30: call them.',NULL);
INSERT INTO "operation" VALUES(114,1795393200,1,'target set','The target of the team for 2026Q4 is 8,000,000.',NULL);
INSERT INTO "operation" VALUES(115,1795393200,1,'target set','The target of Xiao Li 小李 for 2026Q4 is 3,000,000.',NULL);
INSERT INTO "operation" VALUES(116,1795393200,1,'target set','The target of Xiao Li 小李 for 2026Q4 is 3,500,000 (was 3,000,000).',NULL);
INSERT INTO "operation" VALUES(117,1795393800,1,'target set','The target of Wang Fang 王芳 for 2026-11 is 500,000.',NULL);
INSERT INTO "operation" VALUES(118,1795393800,1,'target set','The target of Wang Fang 王芳 for 2026-11 is taken away (was 500,000).',NULL);
INSERT INTO "operation" VALUES(119,1795393800,1,'target set','The target of Xiao Li 小李 for 2026-11 is 1,200,000.',NULL);
INSERT INTO "operation" VALUES(120,1795393800,1,'undo','Undid 119, target set: The target of Xiao Li 小李 for 2026-11 is 1,200,000.',NULL);
INSERT INTO "operation" VALUES(121,1795393800,1,'redo','Did again 119, target set: The target of Xiao Li 小李 for 2026-11 is 1,200,000.',NULL);
INSERT INTO "operation" VALUES(122,1795393800,1,'pipeline learn','Adopted what was learned of opportunity, shortlisted, drafted, quoted, confirmed, terms in bidding.',NULL);
CREATE TABLE outcome (
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
      FOREIGN KEY(by_id) REFERENCES member (id));
INSERT INTO "outcome" VALUES(1,5,1794380700,1794380700,57,NULL,NULL,'won',NULL,NULL,NULL,NULL);
INSERT INTO "outcome" VALUES(2,1,1795078800,1795078800,61,NULL,NULL,'lost',NULL,'relationship','Sanli 三励','the contact had been replaced, nobody met the successor');
INSERT INTO "outcome" VALUES(3,11,1791647999,1791647999,66,NULL,NULL,'lost',NULL,'price',NULL,NULL);
INSERT INTO "outcome" VALUES(4,1,1795172940,1795172940,72,NULL,NULL,'reopened',NULL,NULL,NULL,'they called again');
CREATE TABLE pipeline (
      id INTEGER NOT NULL, name VARCHAR NOT NULL, title VARCHAR NOT NULL,
      acceptance VARCHAR NOT NULL, won VARCHAR NOT NULL, lost VARCHAR NOT NULL,
      playbook VARCHAR NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER,
      gone BOOLEAN NOT NULL, PRIMARY KEY (id), CONSTRAINT name_length CHECK (length(name) <= 200),
      CONSTRAINT title_length CHECK (length(title) <= 200),
      CONSTRAINT won_length CHECK (length(won) <= 200),
      CONSTRAINT lost_length CHECK (length(lost) <= 200),
      CONSTRAINT acceptance_known CHECK (acceptance IN ('manager', 'rep')));
INSERT INTO "pipeline" VALUES(1,'bidding','Bidding','manager','Won','Lost','{"diagnosis": {"early": {"wavering": ["The customer may not have decided to buy yet: there is contact, but no commitment has come out of it.", "If this project were put off by half a year, what would it mean for the customer, and who would mind?", "Agree one small step in writing this week, such as who holds the budget or when the brief is final; failing that, put the deal on hold until a date."], "out-of-touch": ["There has been no two-way contact lately, so nobody may know where the customer stands now.", "When did the customer last tell us something new, and what was it?", "Call the contact today; if there is no answer within two days, reach a second person in the same company."], "unknown": ["What the file holds does not explain why this deal has stopped.", "Has the budget been approved, and when does the customer mean to choose a supplier?", "Establish one fact and log it: who approves the budget, how much it is, and when the shortlist will be drawn up."]}, "middle": {"torn": ["The customer is still talking with us and may be weighing two offers against each other.", "Which two or three points will settle the choice, and how do we compare with the other offer on each?", "Prepare a one-page comparison on the customer''s own criteria and go through it in person with an evaluator."], "taken": ["A competitor may already have this deal without anyone having told us.", "Who at the customer has come to us unprompted in the last two weeks, and about what?", "Have the manager call someone above or beside the contact this week and ask openly whether there is already a favourite."], "unknown": ["What the file holds does not show whether the customer is still comparing or has already chosen.", "Which other bidders are in the running, and who at the customer writes the evaluation?", "Record the competitors and the evaluator by name, then ask the evaluator what is still missing for a decision."]}, "late": {"disagreement": ["The people at the customer may not be of one mind, and those with doubts may be the ones we have not met.", "Who is for us, who is against, who has not said, and when did we last hear it from the decision maker?", "Ask our champion to bring the decision maker and the doubters to one meeting, and answer the main doubt there in writing."], "out-of-reach": ["The decision may be under way somewhere we do not see: the deal is far along and the customer has gone quiet.", "When does the customer meet to decide, who will be in the room, and who will speak for us there?", "Have the manager ask the decision maker for ten minutes this week, with the delivery schedule as the reason."], "unknown": ["What the file holds does not show where the decision stands or who still has to agree.", "Which approvals and signatures are still missing, and on whose desk are the papers today?", "Get the remaining approval steps from the purchasing contact, with a name and a date for each, and log them."]}}, "questions": {"stuck": ["What exactly has to happen on the customer''s side for this stage to end, and who does it?", "What has the customer put into this project since the stage began: time, people, documents?", "If nothing has moved by the end of next week, what will we do differently?"], "silent": ["What do we last know from the customer, and from whom did we hear it?", "Whom else at the customer can we reach if your contact does not answer?", "What could we bring along that makes a conversation worth the customer''s time?"], "overdue": ["What kept the planned step from happening, and is it still the right one?", "Is the customer waiting for it, and have we told them the new date?", "What do you need from me to get it done this week?"], "no-next-step": ["What is the next thing we and the customer have agreed on, and for which day?", "Which step would bring us closest to this stage''s milestone?"], "overdue-close": ["The expected date has passed: did the customer move it, or was it our own guess?", "What drives the date on the customer''s side: the tender calendar, the budget year, a launch?", "Which steps are left until the award, and how many days does each take?"], "slipped": ["What reason did the customer give for each postponement, and was it the same one?", "What does the customer lose by deciding a month later?", "Which date would the customer confirm in writing?"], "contact-changed": ["Who has taken over, where did they work before, and which of our competitors do they know from there?", "Which of the former contact''s promises has the successor confirmed?", "Does anyone on our team know the successor: a classmate, a former colleague, a friend?", "When do you meet the successor, and can the former contact introduce us?"], "overclaimed": ["What have you seen or heard that makes you this confident, and can we have it in writing?", "Who at the customer told you so, and is that the person who decides?", "If we were to lose this one after all, what would the reason be?"], "moved-back": ["What does the customer see differently now, and since when?", "Which of the points already settled still hold, and which need to be confirmed again?", "Has the project itself changed, or have we come to see it more clearly?"], "unknown-date": ["When did this deal reach its present stage, and which mail or meeting shows it?", "If nobody recalls: what did the customer last confirm, and on what date?"]}}',1788397200,1795393800,0);
INSERT INTO "pipeline" VALUES(2,'consulting','Consulting projects','rep','Engaged','Declined','{"diagnosis": {}, "questions": {"stuck": ["What would have to happen at the client''s this week for it to move?"], "silent": ["When did they last come to us, and about what?"]}}',1795172520,1795173420,0);
CREATE TABLE "plan" (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, planned_on DATE NOT NULL, text VARCHAR NOT NULL, kind VARCHAR NOT
      NULL, owner_id INTEGER, with_whom VARCHAR, with_id INTEGER, PRIMARY KEY (id), CONSTRAINT
      kind_known CHECK (kind IN ('call', 'visit', 'meeting', 'message', 'email', 'note')),
      CONSTRAINT text_length CHECK (length(text) <= 10000), CONSTRAINT retraction_signed CHECK
      ((retracted_at IS NULL) = (retracted_by IS NULL)), CONSTRAINT with_whom_length CHECK
      (length(with_whom) <= 200), FOREIGN KEY(deal_id) REFERENCES deal (id), FOREIGN
      KEY(operation_id) REFERENCES operation (id), FOREIGN KEY(retracted_by) REFERENCES
      operation (id), FOREIGN KEY(owner_id) REFERENCES member (id), FOREIGN KEY(with_id)
      REFERENCES contact (id));
INSERT INTO "plan" VALUES(1,1,1795330816,1795330816,103,NULL,NULL,'2026-11-25','meet Zhao Bing','visit',2,'Zhao Bing 赵兵',2);
INSERT INTO "plan" VALUES(2,3,1795330817,1795330817,104,NULL,NULL,'2026-11-26','collect the signature','call',4,NULL,NULL);
INSERT INTO "plan" VALUES(3,8,1795330818,1795330818,105,NULL,NULL,'2026-11-22','show the second version','meeting',3,NULL,NULL);
INSERT INTO "plan" VALUES(4,4,1795330827,1795330827,112,1795330828,113,'2026-11-30','call them','call',2,NULL,NULL);
CREATE TABLE plan_end (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at
      INTEGER, recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at
      INTEGER, retracted_by INTEGER, plan_id INTEGER NOT NULL, state VARCHAR NOT NULL, log_id
      INTEGER, reason VARCHAR, PRIMARY KEY (id), CONSTRAINT reason_length CHECK (length(reason)
      <= 10000), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT state_known CHECK (state IN ('done', 'dropped')), FOREIGN KEY(deal_id)
      REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id), FOREIGN
      KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(plan_id) REFERENCES "plan" (id),
      FOREIGN KEY(log_id) REFERENCES log (id));
INSERT INTO "plan_end" VALUES(1,8,1795330819,1795330819,106,NULL,NULL,3,'done',31,NULL);
INSERT INTO "plan_end" VALUES(2,3,1795330820,1795330820,107,NULL,NULL,2,'dropped',NULL,'they come to us');
CREATE TABLE reply (id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, log_id INTEGER NOT NULL, text VARCHAR NOT NULL, due DATE, PRIMARY
      KEY (id), CONSTRAINT text_length CHECK (length(text) <= 10000), CONSTRAINT
      retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)), FOREIGN
      KEY(deal_id) REFERENCES deal (id), FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(log_id) REFERENCES log
      (id));
INSERT INTO "reply" VALUES(1,1,1795330810,1795330810,97,NULL,NULL,29,'3 % at most','2026-11-27');
INSERT INTO "reply" VALUES(2,8,1795330811,1795330811,98,NULL,NULL,30,'which two?',NULL);
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
INSERT INTO "row_change" VALUES(1,1,'pipeline','1',NULL,'{"id": 1, "name": "bidding", "title": "Bidding", "acceptance": "manager", "won": "Won", "lost": "Lost", "playbook": "{\"diagnosis\": {\"early\": {\"wavering\": [\"The customer may not have decided to buy yet: there is contact, but no commitment has come out of it.\", \"If this project were put off by half a year, what would it mean for the customer, and who would mind?\", \"Agree one small step in writing this week, such as who holds the budget or when the brief is final; failing that, put the deal on hold until a date.\"], \"out-of-touch\": [\"There has been no two-way contact lately, so nobody may know where the customer stands now.\", \"When did the customer last tell us something new, and what was it?\", \"Call the contact today; if there is no answer within two days, reach a second person in the same company.\"], \"unknown\": [\"What the file holds does not explain why this deal has stopped.\", \"Has the budget been approved, and when does the customer mean to choose a supplier?\", \"Establish one fact and log it: who approves the budget, how much it is, and when the shortlist will be drawn up.\"]}, \"middle\": {\"torn\": [\"The customer is still talking with us and may be weighing two offers against each other.\", \"Which two or three points will settle the choice, and how do we compare with the other offer on each?\", \"Prepare a one-page comparison on the customer''s own criteria and go through it in person with an evaluator.\"], \"taken\": [\"A competitor may already have this deal without anyone having told us.\", \"Who at the customer has come to us unprompted in the last two weeks, and about what?\", \"Have the manager call someone above or beside the contact this week and ask openly whether there is already a favourite.\"], \"unknown\": [\"What the file holds does not show whether the customer is still comparing or has already chosen.\", \"Which other bidders are in the running, and who at the customer writes the evaluation?\", \"Record the competitors and the evaluator by name, then ask the evaluator what is still missing for a decision.\"]}, \"late\": {\"disagreement\": [\"The people at the customer may not be of one mind, and those with doubts may be the ones we have not met.\", \"Who is for us, who is against, who has not said, and when did we last hear it from the decision maker?\", \"Ask our champion to bring the decision maker and the doubters to one meeting, and answer the main doubt there in writing.\"], \"out-of-reach\": [\"The decision may be under way somewhere we do not see: the deal is far along and the customer has gone quiet.\", \"When does the customer meet to decide, who will be in the room, and who will speak for us there?\", \"Have the manager ask the decision maker for ten minutes this week, with the delivery schedule as the reason.\"], \"unknown\": [\"What the file holds does not show where the decision stands or who still has to agree.\", \"Which approvals and signatures are still missing, and on whose desk are the papers today?\", \"Get the remaining approval steps from the purchasing contact, with a name and a date for each, and log them.\"]}}, \"questions\": {\"stuck\": [\"What exactly has to happen on the customer''s side for this stage to end, and who does it?\", \"What has the customer put into this project since the stage began: time, people, documents?\", \"If nothing has moved by the end of next week, what will we do differently?\"], \"silent\": [\"What do we last know from the customer, and from whom did we hear it?\", \"Whom else at the customer can we reach if your contact does not answer?\", \"What could we bring along that makes a conversation worth the customer''s time?\"], \"overdue\": [\"What kept the planned step from happening, and is it still the right one?\", \"Is the customer waiting for it, and have we told them the new date?\", \"What do you need from me to get it done this week?\"], \"no-next-step\": [\"What is the next thing we and the customer have agreed on, and for which day?\", \"Which step would bring us closest to this stage''s milestone?\"], \"overdue-close\": [\"The expected date has passed: did the customer move it, or was it our own guess?\", \"What drives the date on the customer''s side: the tender calendar, the budget year, a launch?\", \"Which steps are left until the award, and how many days does each take?\"], \"slipped\": [\"What reason did the customer give for each postponement, and was it the same one?\", \"What does the customer lose by deciding a month later?\", \"Which date would the customer confirm in writing?\"], \"contact-changed\": [\"Who has taken over, where did they work before, and which of our competitors do they know from there?\", \"Which of the former contact''s promises has the successor confirmed?\", \"Does anyone on our team know the successor: a classmate, a former colleague, a friend?\", \"When do you meet the successor, and can the former contact introduce us?\"], \"overclaimed\": [\"What have you seen or heard that makes you this confident, and can we have it in writing?\", \"Who at the customer told you so, and is that the person who decides?\", \"If we were to lose this one after all, what would the reason be?\"], \"moved-back\": [\"What does the customer see differently now, and since when?\", \"Which of the points already settled still hold, and which need to be confirmed again?\", \"Has the project itself changed, or have we come to see it more clearly?\"], \"unknown-date\": [\"When did this deal reach its present stage, and which mail or meeting shows it?\", \"If nobody recalls: what did the customer last confirm, and on what date?\"]}}", "created_at": "2026-09-03T01:00:00Z", "changed_at": null}');
INSERT INTO "row_change" VALUES(2,1,'stage','1',NULL,'{"id": 1, "pipeline_id": 1, "position": 0, "name": "opportunity", "title": "Opportunity", "probability": 1000, "max_days": 21, "silence_days": 10, "phase": null, "guidance": "Find out whether a real purchase stands behind the inquiry: which project, whose budget, who decides and by when.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(3,1,'milestone','1',NULL,'{"id": 1, "stage_id": 1, "position": 0, "name": "need-confirmed", "title": "Customer''s mail or confirmed minutes naming the project, the budget and a date", "required": true}');
INSERT INTO "row_change" VALUES(4,1,'milestone','2',NULL,'{"id": 2, "stage_id": 1, "position": 1, "name": "decision-path", "title": "Customer''s own outline of the decision: who takes part, who decides, in which steps", "required": false}');
INSERT INTO "row_change" VALUES(5,1,'stage','2',NULL,'{"id": 2, "pipeline_id": 1, "position": 1, "name": "shortlisted", "title": "Shortlisted", "probability": 2000, "max_days": 14, "silence_days": 7, "phase": null, "guidance": "Learn who decides, by what criteria and against whom we are compared, and have our place on the list confirmed.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(6,1,'milestone','3',NULL,'{"id": 3, "stage_id": 2, "position": 0, "name": "on-the-list", "title": "Customer names us on the shortlist in writing", "required": true}');
INSERT INTO "row_change" VALUES(7,1,'milestone','4',NULL,'{"id": 4, "stage_id": 2, "position": 1, "name": "criteria-received", "title": "Tender documents or scoring criteria received from the customer", "required": false}');
INSERT INTO "row_change" VALUES(8,1,'stage','3',NULL,'{"id": 3, "pipeline_id": 1, "position": 2, "name": "drafted", "title": "Proposal drafted", "probability": 4000, "max_days": 21, "silence_days": 7, "phase": null, "guidance": "Shape the proposal with the people who will judge it, so that their objections are settled before it is handed in.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(9,1,'milestone','5',NULL,'{"id": 5, "stage_id": 3, "position": 0, "name": "draft-accepted", "title": "Customer''s written comments accept the draft as the basis for a quotation", "required": true}');
INSERT INTO "row_change" VALUES(10,1,'stage','4',NULL,'{"id": 4, "pipeline_id": 1, "position": 3, "name": "quoted", "title": "Quoted", "probability": 5000, "max_days": 14, "silence_days": 7, "phase": null, "guidance": "Make sure the quotation is with the people who compare it, and learn which offers it is compared with and on what points.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(11,1,'milestone','6',NULL,'{"id": 6, "stage_id": 4, "position": 0, "name": "quote-received", "title": "Customer confirms in writing that the quotation has been received and is being evaluated", "required": true}');
INSERT INTO "row_change" VALUES(12,1,'stage','5',NULL,'{"id": 5, "pipeline_id": 1, "position": 4, "name": "confirmed", "title": "Proposal confirmed", "probability": 7000, "max_days": 14, "silence_days": 7, "phase": null, "guidance": "Bring users, technical staff and purchasing to one and the same solution, and hear the decision maker''s view in person.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(13,1,'milestone','7',NULL,'{"id": 7, "stage_id": 5, "position": 0, "name": "solution-confirmed", "title": "Customer confirms solution and scope in writing, stating that the decision maker agrees", "required": true}');
INSERT INTO "row_change" VALUES(14,1,'milestone','8',NULL,'{"id": 8, "stage_id": 5, "position": 1, "name": "decision-maker-heard", "title": "Minutes or mail recording what the decision maker said about our proposal", "required": false}');
INSERT INTO "row_change" VALUES(15,1,'stage','6',NULL,'{"id": 6, "pipeline_id": 1, "position": 5, "name": "terms", "title": "Terms agreed", "probability": 9000, "max_days": 14, "silence_days": 5, "phase": null, "guidance": "Settle price, payment, delivery and contract wording, and know whose signature is still missing.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(16,1,'milestone','9',NULL,'{"id": 9, "stage_id": 6, "position": 0, "name": "terms-agreed", "title": "Customer confirms the final contract text in writing, with price, payment and delivery", "required": true}');
INSERT INTO "row_change" VALUES(17,2,'member','2',NULL,'{"id": 2, "name": "Xiao Li 小李", "login": null, "manager": false, "away": "[]"}');
INSERT INTO "row_change" VALUES(18,3,'member','3',NULL,'{"id": 3, "name": "Wang Fang 王芳", "login": null, "manager": false, "away": "[]"}');
INSERT INTO "row_change" VALUES(19,4,'member','4',NULL,'{"id": 4, "name": "Chen Tao 陈涛", "login": null, "manager": false, "away": "[]"}');
INSERT INTO "row_change" VALUES(20,62,'member','3','{"id": 3, "name": "Wang Fang 王芳", "login": null, "manager": false, "away": "[]"}','{"login": "wang", "away": "[[\"2026-12-24\", \"2026-12-31\"]]", "id": 3, "name": "Wang Fang 王芳", "manager": false}');
INSERT INTO "row_change" VALUES(21,63,'setting','days','{"key": "days", "value": "calendar"}','{"key": "days", "value": "working"}');
INSERT INTO "row_change" VALUES(22,64,'setting','holidays','{"key": "holidays", "value": ""}','{"key": "holidays", "value": "2026-10-01,2026-12-25"}');
INSERT INTO "row_change" VALUES(23,65,'pipeline','2',NULL,'{"id": 2, "name": "consulting", "title": "Consulting projects", "acceptance": "rep", "won": "Engaged", "lost": "Declined", "playbook": "{\"diagnosis\": {}, \"questions\": {\"stuck\": [\"What would have to happen at the client''s this week for it to move?\"], \"silent\": [\"When did they last come to us, and about what?\"]}}", "created_at": "2026-11-20T11:02:00Z", "changed_at": null}');
INSERT INTO "row_change" VALUES(24,65,'stage','7',NULL,'{"id": 7, "pipeline_id": 2, "position": 0, "name": "contact", "title": "First talks", "probability": 1000, "max_days": 30, "silence_days": 14, "phase": null, "guidance": "Whose problem is it, and what does it cost them today?", "replaced_by": null}');
INSERT INTO "row_change" VALUES(25,65,'milestone','10',NULL,'{"id": 10, "stage_id": 7, "position": 0, "name": "problem-named", "title": "The client describes the problem in a mail of their own", "required": true}');
INSERT INTO "row_change" VALUES(26,65,'stage','8',NULL,'{"id": 8, "pipeline_id": 2, "position": 1, "name": "workshop", "title": "Workshop", "probability": 4000, "max_days": 21, "silence_days": 10, "phase": null, "guidance": "Have everybody in the room who will have to live with the result.", "replaced_by": null}');
INSERT INTO "row_change" VALUES(27,65,'milestone','11',NULL,'{"id": 11, "stage_id": 8, "position": 0, "name": "findings-agreed", "title": "Minutes of the workshop, agreed by the client", "required": true}');
INSERT INTO "row_change" VALUES(28,65,'stage','9',NULL,'{"id": 9, "pipeline_id": 2, "position": 2, "name": "proposal", "title": "Proposal", "probability": 6000, "max_days": 14, "silence_days": 7, "phase": null, "guidance": "Who signs, and what do they need to see first?", "replaced_by": null}');
INSERT INTO "row_change" VALUES(29,65,'milestone','12',NULL,'{"id": 12, "stage_id": 9, "position": 0, "name": "terms-agreed", "title": "The client agrees to scope and fee in writing", "required": true}');
INSERT INTO "row_change" VALUES(30,66,'member','5',NULL,'{"id": 5, "name": "Wang Fang", "login": null, "manager": false, "away": "[]"}');
INSERT INTO "row_change" VALUES(31,66,'member','6',NULL,'{"id": 6, "name": "Zhou Min 周敏", "login": null, "manager": false, "away": "[]"}');
INSERT INTO "row_change" VALUES(32,79,'stage','7','{"id": 7, "pipeline_id": 2, "position": 0, "name": "contact", "title": "First talks", "probability": 1000, "max_days": 30, "silence_days": 14, "phase": null, "guidance": "Whose problem is it, and what does it cost them today?", "replaced_by": null}','{"title": "First talks", "position": 0, "max_days": 30, "phase": null, "guidance": "Whose problem is it, and what does it cost them today?", "name": "first-talk", "id": 7, "pipeline_id": 2, "probability": 1000, "silence_days": 14, "replaced_by": null}');
INSERT INTO "row_change" VALUES(33,79,'pipeline','2','{"id": 2, "name": "consulting", "title": "Consulting projects", "acceptance": "rep", "won": "Engaged", "lost": "Declined", "playbook": "{\"diagnosis\": {}, \"questions\": {\"stuck\": [\"What would have to happen at the client''s this week for it to move?\"], \"silent\": [\"When did they last come to us, and about what?\"]}}", "created_at": "2026-11-20 11:02:00+00:00", "changed_at": null}','{"acceptance": "rep", "id": 2, "lost": "Declined", "created_at": "2026-11-20T11:02:00Z", "title": "Consulting projects", "name": "consulting", "won": "Engaged", "playbook": "{\"diagnosis\": {}, \"questions\": {\"stuck\": [\"What would have to happen at the client''s this week for it to move?\"], \"silent\": [\"When did they last come to us, and about what?\"]}}", "changed_at": "2026-11-20T11:16:00Z"}');
INSERT INTO "row_change" VALUES(34,80,'stage','9','{"id": 9, "pipeline_id": 2, "position": 2, "name": "proposal", "title": "Proposal", "probability": 6000, "max_days": 14, "silence_days": 7, "phase": null, "guidance": "Who signs, and what do they need to see first?", "replaced_by": null}','{"position": 1, "title": "Proposal", "max_days": 14, "phase": null, "guidance": "Who signs, and what do they need to see first?", "name": "proposal", "id": 9, "pipeline_id": 2, "probability": 6000, "silence_days": 7, "replaced_by": null}');
INSERT INTO "row_change" VALUES(35,80,'stage','8','{"id": 8, "pipeline_id": 2, "position": 1, "name": "workshop", "title": "Workshop", "probability": 4000, "max_days": 21, "silence_days": 10, "phase": null, "guidance": "Have everybody in the room who will have to live with the result.", "replaced_by": null}','{"position": null, "title": "Workshop", "max_days": 21, "phase": null, "guidance": "Have everybody in the room who will have to live with the result.", "name": "workshop", "id": 8, "pipeline_id": 2, "probability": 4000, "silence_days": 10, "replaced_by": null}');
INSERT INTO "row_change" VALUES(36,80,'stage','8','{"id": 8, "pipeline_id": 2, "position": null, "name": "workshop", "title": "Workshop", "probability": 4000, "max_days": 21, "silence_days": 10, "phase": null, "guidance": "Have everybody in the room who will have to live with the result.", "replaced_by": null}','{"position": null, "title": "Workshop", "max_days": 21, "phase": null, "guidance": "Have everybody in the room who will have to live with the result.", "name": "workshop", "id": 8, "pipeline_id": 2, "probability": 4000, "silence_days": 10, "replaced_by": 9}');
INSERT INTO "row_change" VALUES(37,80,'pipeline','2','{"id": 2, "name": "consulting", "title": "Consulting projects", "acceptance": "rep", "won": "Engaged", "lost": "Declined", "playbook": "{\"diagnosis\": {}, \"questions\": {\"stuck\": [\"What would have to happen at the client''s this week for it to move?\"], \"silent\": [\"When did they last come to us, and about what?\"]}}", "created_at": "2026-11-20 11:02:00+00:00", "changed_at": "2026-11-20 11:16:00+00:00"}','{"acceptance": "rep", "id": 2, "lost": "Declined", "created_at": "2026-11-20T11:02:00Z", "title": "Consulting projects", "name": "consulting", "won": "Engaged", "playbook": "{\"diagnosis\": {}, \"questions\": {\"stuck\": [\"What would have to happen at the client''s this week for it to move?\"], \"silent\": [\"When did they last come to us, and about what?\"]}}", "changed_at": "2026-11-20T11:17:00Z"}');
INSERT INTO "row_change" VALUES(38,86,'member','7',NULL,'{"away": "[]", "gone": false, "id": 7, "login": null, "manager": false, "name": "Zhao Lei"}');
INSERT INTO "row_change" VALUES(39,108,'member','3','{"away": "[[\"2026-12-24\", \"2026-12-31\"]]", "career": "[]", "gone": false, "id": 3, "login": "wang", "manager": false, "name": "Wang Fang 王芳"}','{"away": "[[\"2026-12-24\", \"2026-12-31\"]]", "career": "[[\"job\", \"Sanli\", \"designer\", \"2015\", \"2019\"]]", "gone": false, "id": 3, "login": "wang", "manager": false, "name": "Wang Fang 王芳"}');
INSERT INTO "row_change" VALUES(40,122,'pipeline','1','{"acceptance": "manager", "changed_at": null, "created_at": "2026-09-03 01:00:00+00:00", "gone": false, "id": 1, "lost": "Lost", "name": "bidding", "playbook": "{\"diagnosis\": {\"early\": {\"wavering\": [\"The customer may not have decided to buy yet: there is contact, but no commitment has come out of it.\", \"If this project were put off by half a year, what would it mean for the customer, and who would mind?\", \"Agree one small step in writing this week, such as who holds the budget or when the brief is final; failing that, put the deal on hold until a date.\"], \"out-of-touch\": [\"There has been no two-way contact lately, so nobody may know where the customer stands now.\", \"When did the customer last tell us something new, and what was it?\", \"Call the contact today; if there is no answer within two days, reach a second person in the same company.\"], \"unknown\": [\"What the file holds does not explain why this deal has stopped.\", \"Has the budget been approved, and when does the customer mean to choose a supplier?\", \"Establish one fact and log it: who approves the budget, how much it is, and when the shortlist will be drawn up.\"]}, \"middle\": {\"torn\": [\"The customer is still talking with us and may be weighing two offers against each other.\", \"Which two or three points will settle the choice, and how do we compare with the other offer on each?\", \"Prepare a one-page comparison on the customer''s own criteria and go through it in person with an evaluator.\"], \"taken\": [\"A competitor may already have this deal without anyone having told us.\", \"Who at the customer has come to us unprompted in the last two weeks, and about what?\", \"Have the manager call someone above or beside the contact this week and ask openly whether there is already a favourite.\"], \"unknown\": [\"What the file holds does not show whether the customer is still comparing or has already chosen.\", \"Which other bidders are in the running, and who at the customer writes the evaluation?\", \"Record the competitors and the evaluator by name, then ask the evaluator what is still missing for a decision.\"]}, \"late\": {\"disagreement\": [\"The people at the customer may not be of one mind, and those with doubts may be the ones we have not met.\", \"Who is for us, who is against, who has not said, and when did we last hear it from the decision maker?\", \"Ask our champion to bring the decision maker and the doubters to one meeting, and answer the main doubt there in writing.\"], \"out-of-reach\": [\"The decision may be under way somewhere we do not see: the deal is far along and the customer has gone quiet.\", \"When does the customer meet to decide, who will be in the room, and who will speak for us there?\", \"Have the manager ask the decision maker for ten minutes this week, with the delivery schedule as the reason.\"], \"unknown\": [\"What the file holds does not show where the decision stands or who still has to agree.\", \"Which approvals and signatures are still missing, and on whose desk are the papers today?\", \"Get the remaining approval steps from the purchasing contact, with a name and a date for each, and log them.\"]}}, \"questions\": {\"stuck\": [\"What exactly has to happen on the customer''s side for this stage to end, and who does it?\", \"What has the customer put into this project since the stage began: time, people, documents?\", \"If nothing has moved by the end of next week, what will we do differently?\"], \"silent\": [\"What do we last know from the customer, and from whom did we hear it?\", \"Whom else at the customer can we reach if your contact does not answer?\", \"What could we bring along that makes a conversation worth the customer''s time?\"], \"overdue\": [\"What kept the planned step from happening, and is it still the right one?\", \"Is the customer waiting for it, and have we told them the new date?\", \"What do you need from me to get it done this week?\"], \"no-next-step\": [\"What is the next thing we and the customer have agreed on, and for which day?\", \"Which step would bring us closest to this stage''s milestone?\"], \"overdue-close\": [\"The expected date has passed: did the customer move it, or was it our own guess?\", \"What drives the date on the customer''s side: the tender calendar, the budget year, a launch?\", \"Which steps are left until the award, and how many days does each take?\"], \"slipped\": [\"What reason did the customer give for each postponement, and was it the same one?\", \"What does the customer lose by deciding a month later?\", \"Which date would the customer confirm in writing?\"], \"contact-changed\": [\"Who has taken over, where did they work before, and which of our competitors do they know from there?\", \"Which of the former contact''s promises has the successor confirmed?\", \"Does anyone on our team know the successor: a classmate, a former colleague, a friend?\", \"When do you meet the successor, and can the former contact introduce us?\"], \"overclaimed\": [\"What have you seen or heard that makes you this confident, and can we have it in writing?\", \"Who at the customer told you so, and is that the person who decides?\", \"If we were to lose this one after all, what would the reason be?\"], \"moved-back\": [\"What does the customer see differently now, and since when?\", \"Which of the points already settled still hold, and which need to be confirmed again?\", \"Has the project itself changed, or have we come to see it more clearly?\"], \"unknown-date\": [\"When did this deal reach its present stage, and which mail or meeting shows it?\", \"If nobody recalls: what did the customer last confirm, and on what date?\"]}}", "title": "Bidding", "won": "Won"}','{"acceptance": "manager", "changed_at": "2026-11-23T00:30:00Z", "created_at": "2026-09-03T01:00:00Z", "gone": false, "id": 1, "lost": "Lost", "name": "bidding", "playbook": "{\"diagnosis\": {\"early\": {\"wavering\": [\"The customer may not have decided to buy yet: there is contact, but no commitment has come out of it.\", \"If this project were put off by half a year, what would it mean for the customer, and who would mind?\", \"Agree one small step in writing this week, such as who holds the budget or when the brief is final; failing that, put the deal on hold until a date.\"], \"out-of-touch\": [\"There has been no two-way contact lately, so nobody may know where the customer stands now.\", \"When did the customer last tell us something new, and what was it?\", \"Call the contact today; if there is no answer within two days, reach a second person in the same company.\"], \"unknown\": [\"What the file holds does not explain why this deal has stopped.\", \"Has the budget been approved, and when does the customer mean to choose a supplier?\", \"Establish one fact and log it: who approves the budget, how much it is, and when the shortlist will be drawn up.\"]}, \"middle\": {\"torn\": [\"The customer is still talking with us and may be weighing two offers against each other.\", \"Which two or three points will settle the choice, and how do we compare with the other offer on each?\", \"Prepare a one-page comparison on the customer''s own criteria and go through it in person with an evaluator.\"], \"taken\": [\"A competitor may already have this deal without anyone having told us.\", \"Who at the customer has come to us unprompted in the last two weeks, and about what?\", \"Have the manager call someone above or beside the contact this week and ask openly whether there is already a favourite.\"], \"unknown\": [\"What the file holds does not show whether the customer is still comparing or has already chosen.\", \"Which other bidders are in the running, and who at the customer writes the evaluation?\", \"Record the competitors and the evaluator by name, then ask the evaluator what is still missing for a decision.\"]}, \"late\": {\"disagreement\": [\"The people at the customer may not be of one mind, and those with doubts may be the ones we have not met.\", \"Who is for us, who is against, who has not said, and when did we last hear it from the decision maker?\", \"Ask our champion to bring the decision maker and the doubters to one meeting, and answer the main doubt there in writing.\"], \"out-of-reach\": [\"The decision may be under way somewhere we do not see: the deal is far along and the customer has gone quiet.\", \"When does the customer meet to decide, who will be in the room, and who will speak for us there?\", \"Have the manager ask the decision maker for ten minutes this week, with the delivery schedule as the reason.\"], \"unknown\": [\"What the file holds does not show where the decision stands or who still has to agree.\", \"Which approvals and signatures are still missing, and on whose desk are the papers today?\", \"Get the remaining approval steps from the purchasing contact, with a name and a date for each, and log them.\"]}}, \"questions\": {\"stuck\": [\"What exactly has to happen on the customer''s side for this stage to end, and who does it?\", \"What has the customer put into this project since the stage began: time, people, documents?\", \"If nothing has moved by the end of next week, what will we do differently?\"], \"silent\": [\"What do we last know from the customer, and from whom did we hear it?\", \"Whom else at the customer can we reach if your contact does not answer?\", \"What could we bring along that makes a conversation worth the customer''s time?\"], \"overdue\": [\"What kept the planned step from happening, and is it still the right one?\", \"Is the customer waiting for it, and have we told them the new date?\", \"What do you need from me to get it done this week?\"], \"no-next-step\": [\"What is the next thing we and the customer have agreed on, and for which day?\", \"Which step would bring us closest to this stage''s milestone?\"], \"overdue-close\": [\"The expected date has passed: did the customer move it, or was it our own guess?\", \"What drives the date on the customer''s side: the tender calendar, the budget year, a launch?\", \"Which steps are left until the award, and how many days does each take?\"], \"slipped\": [\"What reason did the customer give for each postponement, and was it the same one?\", \"What does the customer lose by deciding a month later?\", \"Which date would the customer confirm in writing?\"], \"contact-changed\": [\"Who has taken over, where did they work before, and which of our competitors do they know from there?\", \"Which of the former contact''s promises has the successor confirmed?\", \"Does anyone on our team know the successor: a classmate, a former colleague, a friend?\", \"When do you meet the successor, and can the former contact introduce us?\"], \"overclaimed\": [\"What have you seen or heard that makes you this confident, and can we have it in writing?\", \"Who at the customer told you so, and is that the person who decides?\", \"If we were to lose this one after all, what would the reason be?\"], \"moved-back\": [\"What does the customer see differently now, and since when?\", \"Which of the points already settled still hold, and which need to be confirmed again?\", \"Has the project itself changed, or have we come to see it more clearly?\"], \"unknown-date\": [\"When did this deal reach its present stage, and which mail or meeting shows it?\", \"If nobody recalls: what did the customer last confirm, and on what date?\"]}}", "title": "Bidding", "won": "Won"}');
INSERT INTO "row_change" VALUES(41,122,'stage','1','{"guidance": "Find out whether a real purchase stands behind the inquiry: which project, whose budget, who decides and by when.", "id": 1, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 21, "name": "opportunity", "phase": null, "pipeline_id": 1, "position": 0, "probability": 1000, "replaced_by": null, "silence_days": 10, "title": "Opportunity"}','{"guidance": "Find out whether a real purchase stands behind the inquiry: which project, whose budget, who decides and by when.", "id": 1, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 14, "learned_n": 7, "learned_probability": 1818, "max_days": 21, "name": "opportunity", "phase": null, "pipeline_id": 1, "position": 0, "probability": 1000, "replaced_by": null, "silence_days": 10, "title": "Opportunity"}');
INSERT INTO "row_change" VALUES(42,122,'stage','2','{"guidance": "Learn who decides, by what criteria and against whom we are compared, and have our place on the list confirmed.", "id": 2, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 14, "name": "shortlisted", "phase": null, "pipeline_id": 1, "position": 1, "probability": 2000, "replaced_by": null, "silence_days": 7, "title": "Shortlisted"}','{"guidance": "Learn who decides, by what criteria and against whom we are compared, and have our place on the list confirmed.", "id": 2, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 10, "learned_n": 4, "learned_probability": 2727, "max_days": 14, "name": "shortlisted", "phase": null, "pipeline_id": 1, "position": 1, "probability": 2000, "replaced_by": null, "silence_days": 7, "title": "Shortlisted"}');
INSERT INTO "row_change" VALUES(43,122,'stage','3','{"guidance": "Shape the proposal with the people who will judge it, so that their objections are settled before it is handed in.", "id": 3, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 21, "name": "drafted", "phase": null, "pipeline_id": 1, "position": 2, "probability": 4000, "replaced_by": null, "silence_days": 7, "title": "Proposal drafted"}','{"guidance": "Shape the proposal with the people who will judge it, so that their objections are settled before it is handed in.", "id": 3, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 18, "learned_n": 4, "learned_probability": 4545, "max_days": 21, "name": "drafted", "phase": null, "pipeline_id": 1, "position": 2, "probability": 4000, "replaced_by": null, "silence_days": 7, "title": "Proposal drafted"}');
INSERT INTO "row_change" VALUES(44,122,'stage','4','{"guidance": "Make sure the quotation is with the people who compare it, and learn which offers it is compared with and on what points.", "id": 4, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 14, "name": "quoted", "phase": null, "pipeline_id": 1, "position": 3, "probability": 5000, "replaced_by": null, "silence_days": 7, "title": "Quoted"}','{"guidance": "Make sure the quotation is with the people who compare it, and learn which offers it is compared with and on what points.", "id": 4, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 11, "learned_n": 2, "learned_probability": 5455, "max_days": 14, "name": "quoted", "phase": null, "pipeline_id": 1, "position": 3, "probability": 5000, "replaced_by": null, "silence_days": 7, "title": "Quoted"}');
INSERT INTO "row_change" VALUES(45,122,'stage','5','{"guidance": "Bring users, technical staff and purchasing to one and the same solution, and hear the decision maker''s view in person.", "id": 5, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 14, "name": "confirmed", "phase": null, "pipeline_id": 1, "position": 4, "probability": 7000, "replaced_by": null, "silence_days": 7, "title": "Proposal confirmed"}','{"guidance": "Bring users, technical staff and purchasing to one and the same solution, and hear the decision maker''s view in person.", "id": 5, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 13, "learned_n": 2, "learned_probability": 7273, "max_days": 14, "name": "confirmed", "phase": null, "pipeline_id": 1, "position": 4, "probability": 7000, "replaced_by": null, "silence_days": 7, "title": "Proposal confirmed"}');
INSERT INTO "row_change" VALUES(46,122,'stage','6','{"guidance": "Settle price, payment, delivery and contract wording, and know whose signature is still missing.", "id": 6, "learned_at": null, "learned_closed": null, "learned_days": null, "learned_n": null, "learned_probability": null, "max_days": 14, "name": "terms", "phase": null, "pipeline_id": 1, "position": 5, "probability": 9000, "replaced_by": null, "silence_days": 5, "title": "Terms agreed"}','{"guidance": "Settle price, payment, delivery and contract wording, and know whose signature is still missing.", "id": 6, "learned_at": "2026-11-23T00:30:00Z", "learned_closed": 1, "learned_days": 13, "learned_n": 1, "learned_probability": 9091, "max_days": 14, "name": "terms", "phase": null, "pipeline_id": 1, "position": 5, "probability": 9000, "replaced_by": null, "silence_days": 5, "title": "Terms agreed"}');
CREATE TABLE seen (log_id INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log_id),
      FOREIGN KEY(log_id) REFERENCES log (id));
INSERT INTO "seen" VALUES(28,1795330822);
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key"), 
	CONSTRAINT value_length CHECK (length(value) <= 10000)
);
INSERT INTO "setting" VALUES('currency','CNY');
INSERT INTO "setting" VALUES('timezone','Asia/Shanghai');
INSERT INTO "setting" VALUES('lang','en');
INSERT INTO "setting" VALUES('pipeline','bidding');
INSERT INTO "setting" VALUES('days','working');
INSERT INTO "setting" VALUES('week','mon,tue,wed,thu,fri');
INSERT INTO "setting" VALUES('holidays','2026-10-01,2026-12-25');
CREATE TABLE stage (id INTEGER NOT NULL, pipeline_id INTEGER NOT NULL, position INTEGER,
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
      KEY(replaced_by) REFERENCES stage (id));
INSERT INTO "stage" VALUES(1,1,0,'opportunity','Opportunity',1000,21,10,NULL,'Find out whether a real purchase stands behind the inquiry: which project, whose budget, who decides and by when.',NULL,14,7,1818,1,1795393800);
INSERT INTO "stage" VALUES(2,1,1,'shortlisted','Shortlisted',2000,14,7,NULL,'Learn who decides, by what criteria and against whom we are compared, and have our place on the list confirmed.',NULL,10,4,2727,1,1795393800);
INSERT INTO "stage" VALUES(3,1,2,'drafted','Proposal drafted',4000,21,7,NULL,'Shape the proposal with the people who will judge it, so that their objections are settled before it is handed in.',NULL,18,4,4545,1,1795393800);
INSERT INTO "stage" VALUES(4,1,3,'quoted','Quoted',5000,14,7,NULL,'Make sure the quotation is with the people who compare it, and learn which offers it is compared with and on what points.',NULL,11,2,5455,1,1795393800);
INSERT INTO "stage" VALUES(5,1,4,'confirmed','Proposal confirmed',7000,14,7,NULL,'Bring users, technical staff and purchasing to one and the same solution, and hear the decision maker''s view in person.',NULL,13,2,7273,1,1795393800);
INSERT INTO "stage" VALUES(6,1,5,'terms','Terms agreed',9000,14,5,NULL,'Settle price, payment, delivery and contract wording, and know whose signature is still missing.',NULL,13,1,9091,1,1795393800);
INSERT INTO "stage" VALUES(7,2,0,'first-talk','First talks',1000,30,14,NULL,'Whose problem is it, and what does it cost them today?',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stage" VALUES(8,2,NULL,'workshop','Workshop',4000,21,10,NULL,'Have everybody in the room who will have to live with the result.',9,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stage" VALUES(9,2,1,'proposal','Proposal',6000,14,7,NULL,'Who signs, and what do they need to see first?',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE stage_entry (
      id INTEGER NOT NULL, deal_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, stage_id INTEGER NOT NULL, by_id INTEGER, text VARCHAR,
      PRIMARY KEY (id), CONSTRAINT text_length CHECK (length(text) <= 10000),
      CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS NULL)),
      FOREIGN KEY(deal_id) REFERENCES deal (id),
      FOREIGN KEY(operation_id) REFERENCES operation (id),
      FOREIGN KEY(retracted_by) REFERENCES operation (id),
      FOREIGN KEY(stage_id) REFERENCES stage (id), FOREIGN KEY(by_id) REFERENCES member (id));
INSERT INTO "stage_entry" VALUES(1,1,1788573600,1788573600,5,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(2,2,1788573900,1788573900,6,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(3,3,1788656400,1788656400,7,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(4,4,1789095600,1789095600,9,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(5,5,1789279200,1789279200,10,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(6,1,1789441200,1789441200,12,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(7,3,1789783200,1789783200,16,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(8,5,1789783800,1789783800,17,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(9,1,1790046000,1790046000,18,NULL,NULL,3,NULL,NULL);
INSERT INTO "stage_entry" VALUES(10,4,1790129400,1790129400,19,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(11,3,1790301600,1790301600,20,NULL,NULL,3,NULL,NULL);
INSERT INTO "stage_entry" VALUES(12,5,1790474400,1790474400,21,NULL,NULL,3,NULL,NULL);
INSERT INTO "stage_entry" VALUES(13,6,1790645400,1790645400,22,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(14,2,1790733600,1790733600,23,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(15,7,1790928000,1790928000,24,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(16,8,1790992800,1790992800,26,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(17,5,1791252000,1791252000,28,NULL,NULL,4,NULL,NULL);
INSERT INTO "stage_entry" VALUES(18,8,1791771000,1791771000,31,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(19,1,1791860400,1791860400,32,NULL,NULL,4,NULL,NULL);
INSERT INTO "stage_entry" VALUES(20,5,1792029600,1792029600,35,NULL,NULL,5,NULL,NULL);
INSERT INTO "stage_entry" VALUES(21,3,1792116000,1792116000,36,NULL,NULL,4,NULL,NULL);
INSERT INTO "stage_entry" VALUES(22,2,1792548000,1792548000,37,1795172760,69,3,NULL,NULL);
INSERT INTO "stage_entry" VALUES(23,8,1792548300,1792548300,38,NULL,NULL,3,NULL,NULL);
INSERT INTO "stage_entry" VALUES(24,9,1792807200,1792807200,39,NULL,NULL,1,NULL,NULL);
INSERT INTO "stage_entry" VALUES(25,5,1793066400,1793066400,41,NULL,NULL,6,NULL,NULL);
INSERT INTO "stage_entry" VALUES(26,3,1793067000,1793067000,42,NULL,NULL,5,NULL,NULL);
INSERT INTO "stage_entry" VALUES(27,8,1793152800,1793152800,43,NULL,NULL,4,NULL,NULL);
INSERT INTO "stage_entry" VALUES(28,3,1794466800,1794466800,58,NULL,NULL,6,NULL,NULL);
INSERT INTO "stage_entry" VALUES(29,10,1788192000,1788192000,66,1788192000,67,7,NULL,NULL);
INSERT INTO "stage_entry" VALUES(30,11,1785513600,1785513600,66,NULL,NULL,7,NULL,NULL);
INSERT INTO "stage_entry" VALUES(31,12,NULL,1795172580,66,NULL,NULL,7,NULL,NULL);
INSERT INTO "stage_entry" VALUES(32,10,1788224400,1788224400,67,NULL,NULL,7,5,NULL);
INSERT INTO "stage_entry" VALUES(33,10,1790816400,1790816400,67,NULL,NULL,8,5,NULL);
INSERT INTO "stage_entry" VALUES(34,2,1792548000,1795172760,69,NULL,NULL,2,NULL,NULL);
INSERT INTO "stage_entry" VALUES(35,8,1795172880,1795172880,71,NULL,NULL,3,NULL,'another concept');
INSERT INTO "stage_entry" VALUES(36,7,1795173240,1795173240,77,NULL,NULL,3,NULL,NULL);
CREATE TABLE target (id INTEGER NOT NULL, effective_at INTEGER, recorded_at INTEGER NOT
      NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER, retracted_by INTEGER, member_id
      INTEGER, period_start DATE NOT NULL, period_end DATE NOT NULL, period VARCHAR NOT NULL,
      amount INTEGER, PRIMARY KEY (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS
      NULL) = (retracted_by IS NULL)), CONSTRAINT period_length CHECK (length(period) <= 200),
      CONSTRAINT amount_range CHECK (amount BETWEEN 0 AND 100000000000000), CONSTRAINT
      period_order CHECK (period_end > period_start), FOREIGN KEY(operation_id) REFERENCES
      operation (id), FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(member_id)
      REFERENCES member (id));
INSERT INTO "target" VALUES(1,1795393200,1795393200,114,NULL,NULL,NULL,'2026-10-01','2027-01-01','2026Q4',800000000);
INSERT INTO "target" VALUES(2,1795393200,1795393200,115,NULL,NULL,2,'2026-10-01','2027-01-01','2026Q4',300000000);
INSERT INTO "target" VALUES(3,1795393200,1795393200,116,NULL,NULL,2,'2026-10-01','2027-01-01','2026Q4',350000000);
INSERT INTO "target" VALUES(4,1795393800,1795393800,117,NULL,NULL,3,'2026-11-01','2026-12-01','2026-11',50000000);
INSERT INTO "target" VALUES(5,1795393800,1795393800,118,NULL,NULL,3,'2026-11-01','2026-12-01','2026-11',NULL);
INSERT INTO "target" VALUES(6,1795393800,1795393800,119,NULL,NULL,2,'2026-11-01','2026-12-01','2026-11',120000000);
CREATE TABLE tie (id INTEGER NOT NULL, contact_id INTEGER NOT NULL, effective_at INTEGER,
      recorded_at INTEGER NOT NULL, operation_id INTEGER NOT NULL, retracted_at INTEGER,
      retracted_by INTEGER, member_id INTEGER NOT NULL, relation VARCHAR NOT NULL, PRIMARY KEY
      (id), CONSTRAINT retraction_signed CHECK ((retracted_at IS NULL) = (retracted_by IS
      NULL)), CONSTRAINT relation_length CHECK (length(relation) <= 200), FOREIGN
      KEY(contact_id) REFERENCES contact (id), FOREIGN KEY(operation_id) REFERENCES operation
      (id), FOREIGN KEY(retracted_by) REFERENCES operation (id), FOREIGN KEY(member_id)
      REFERENCES member (id));
INSERT INTO "tie" VALUES(1,2,1795330805,1795330805,92,NULL,NULL,1,'classmate 同学');
INSERT INTO "tie" VALUES(2,3,1795330806,1795330806,93,NULL,NULL,4,'neighbour');
CREATE INDEX ix_row_change_operation_id ON row_change (operation_id);
CREATE INDEX ix_milestone_stage_id ON milestone (stage_id);
CREATE UNIQUE INDEX pipeline_by_name ON pipeline (name) WHERE gone = 0;
CREATE INDEX operation_undone ON operation (undone_by) WHERE undone_by IS NOT NULL;
CREATE INDEX lapse_in_time ON lapse (fact, until_at, from_at, fact_id);
CREATE INDEX lapse_of_fact ON lapse (fact, fact_id);
CREATE INDEX lapse_by_retractor ON lapse (retracted_by);
CREATE INDEX lapse_by_restorer ON lapse (restored_by);
CREATE INDEX deal_fact_of_deal ON deal_fact (deal_id, effective_at);
CREATE INDEX ix_deal_fact_operation_id ON deal_fact (operation_id);
CREATE INDEX deal_fact_retracted ON deal_fact (retracted_by) WHERE retracted_by IS NOT
      NULL;
CREATE INDEX ix_stage_entry_operation_id ON stage_entry (operation_id);
CREATE INDEX stage_entry_retracted ON stage_entry (retracted_by) WHERE retracted_by IS NOT
      NULL;
CREATE INDEX stage_entry_of_deal ON stage_entry (deal_id, effective_at, stage_id);
CREATE INDEX ix_outcome_operation_id ON outcome (operation_id);
CREATE INDEX outcome_of_deal ON outcome (deal_id, effective_at);
CREATE INDEX outcome_retracted ON outcome (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX hold_retracted ON hold (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX ix_hold_operation_id ON hold (operation_id);
CREATE INDEX hold_of_deal ON hold (deal_id, effective_at);
CREATE INDEX ack_of_deal ON ack (deal_id, effective_at);
CREATE INDEX ack_retracted ON ack (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX ix_ack_operation_id ON ack (operation_id);
CREATE INDEX deal_alarmed ON deal (stage_id, live) WHERE live = 1 AND changed_contact_id IS
      NOT NULL;
CREATE UNIQUE INDEX member_by_login ON member (login) WHERE gone = 0;
CREATE UNIQUE INDEX member_by_name ON member (name) WHERE gone = 0;
CREATE INDEX deal_acknowledged ON deal (ack_until, live) WHERE live = 1 AND ack_until IS
      NOT NULL;
CREATE INDEX deal_by_name ON deal (name_key);
CREATE INDEX deal_claimed ON deal (stage_id, live) WHERE live = 1 AND claim IS NOT NULL;
CREATE INDEX deal_held ON deal (held_until, amount, live) WHERE live = 1 AND held_until IS
      NOT NULL;
CREATE INDEX deal_live_by_amount ON deal (amount DESC, id, stage_id, stage_counts_from,
      touch_counts_from, held_until, ack_until, live) WHERE live = 1;
CREATE INDEX deal_live_by_stage ON deal (stage_id, stage_clock_at, stage_counts_from,
      touch_counts_from, amount, held_until, ack_until, live) WHERE live = 1;
CREATE INDEX ix_deal_owner_id ON deal (owner_id);
CREATE INDEX claim_of_deal ON log (deal_id, effective_at) WHERE claim IS NOT NULL;
CREATE INDEX ix_log_operation_id ON log (operation_id);
CREATE INDEX log_of_deal ON log (deal_id, effective_at);
CREATE INDEX log_retracted ON log (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX log_with ON log (with_id, effective_at) WHERE with_id IS NOT NULL;
CREATE INDEX step_of_deal ON log (deal_id, effective_at) WHERE next_step IS NOT NULL;
CREATE INDEX touch_of_deal ON log (deal_id, effective_at, happened_on) WHERE touch = 1;
CREATE INDEX ix_milestone_event_operation_id ON milestone_event (operation_id);
CREATE INDEX milestone_event_of_deal ON milestone_event (deal_id, milestone_id,
      effective_at);
CREATE INDEX milestone_event_retracted ON milestone_event (retracted_by) WHERE
      retracted_by IS NOT NULL;
CREATE INDEX contact_by_key ON contact (name_key, places_key);
CREATE INDEX ix_reply_operation_id ON reply (operation_id);
CREATE INDEX reply_of_deal ON reply (deal_id, effective_at);
CREATE INDEX reply_retracted ON reply (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX reply_to_log ON reply (log_id, effective_at);
CREATE INDEX ix_plan_operation_id ON "plan" (operation_id);
CREATE INDEX plan_of_deal ON "plan" (deal_id, planned_on);
CREATE INDEX plan_retracted ON "plan" (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX ix_plan_end_operation_id ON plan_end (operation_id);
CREATE INDEX plan_end_of_deal ON plan_end (deal_id, effective_at);
CREATE INDEX plan_end_of_plan ON plan_end (plan_id);
CREATE INDEX plan_end_retracted ON plan_end (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX deal_role_retracted ON deal_role (retracted_by) WHERE retracted_by IS NOT
      NULL;
CREATE INDEX ix_deal_role_operation_id ON deal_role (operation_id);
CREATE INDEX role_of_contact ON deal_role (contact_id, deal_id);
CREATE INDEX role_of_deal ON deal_role (deal_id, contact_id, effective_at);
CREATE INDEX contact_change_of_deal ON contact_change (deal_id, effective_at);
CREATE INDEX contact_change_retracted ON contact_change (retracted_by) WHERE retracted_by
      IS NOT NULL;
CREATE INDEX ix_contact_change_operation_id ON contact_change (operation_id);
CREATE INDEX contact_fact_of_contact ON contact_fact (contact_id, effective_at);
CREATE INDEX contact_fact_retracted ON contact_fact (retracted_by) WHERE retracted_by IS
      NOT NULL;
CREATE INDEX ix_contact_fact_operation_id ON contact_fact (operation_id);
CREATE INDEX ix_tie_operation_id ON tie (operation_id);
CREATE INDEX tie_of_contact ON tie (contact_id, member_id);
CREATE INDEX tie_retracted ON tie (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE INDEX stage_of_pipeline ON stage (pipeline_id, position);
CREATE INDEX ix_target_operation_id ON target (operation_id);
CREATE INDEX target_of_member ON target (member_id, period_start, period_end);
CREATE INDEX target_retracted ON target (retracted_by) WHERE retracted_by IS NOT NULL;
CREATE VIEW deals_readable AS
    SELECT d.id, d.ref, d.name, d.customer, m.name AS owner, p.name AS pipeline, s.name AS stage,
      d.status, d.amount AS amount_minor, s.probability / 100.0 AS probability_percent,
      d.expected_close, strftime('%Y-%m-%dT%H:%M:%SZ', d.opened_at, 'unixepoch') AS opened_at,
      strftime('%Y-%m-%dT%H:%M:%SZ', d.stage_entered_at, 'unixepoch') AS stage_entered_at, strftime('%Y-%m-%dT%H:%M:%SZ', d.last_touch_at, 'unixepoch') AS last_touch_at,
      d.next_step, d.next_step_due, d.held_until, strftime('%Y-%m-%dT%H:%M:%SZ', d.closed_at, 'unixepoch') AS closed_at,
      d.lost_reason, d.competitor, d.source
    FROM deal d JOIN stage s ON s.id = d.stage_id JOIN pipeline p ON p.id = s.pipeline_id
    LEFT JOIN member m ON m.id = d.owner_id WHERE d.status IS NOT NULL;
CREATE VIEW stage_entries_readable AS
    SELECT e.id, e.deal_id, d.name AS deal, s.name AS stage,
      strftime('%Y-%m-%dT%H:%M:%SZ', e.effective_at, 'unixepoch') AS effective_at, strftime('%Y-%m-%dT%H:%M:%SZ', e.recorded_at, 'unixepoch') AS recorded_at
    FROM stage_entry e JOIN deal d ON d.id = e.deal_id JOIN stage s ON s.id = e.stage_id
    WHERE e.retracted_at IS NULL;
CREATE VIEW logs_readable AS
    SELECT l.id, l.deal_id, d.name AS deal, l.happened_on, m.name AS "by", l.kind, l.text,
      l.with_whom, l.claim AS claim_percent, l.next_step, l.next_step_due,
      strftime('%Y-%m-%dT%H:%M:%SZ', l.recorded_at, 'unixepoch') AS recorded_at
    FROM log l JOIN deal d ON d.id = l.deal_id LEFT JOIN member m ON m.id = l.by_id
    WHERE l.retracted_at IS NULL;
CREATE VIEW operations_readable AS
    SELECT o.id, strftime('%Y-%m-%dT%H:%M:%SZ', o.entered_at, 'unixepoch') AS entered_at, m.name AS "by", o.command, o.summary
    FROM operation o LEFT JOIN member m ON m.id = o.by_id;
COMMIT;
