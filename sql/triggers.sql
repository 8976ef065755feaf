-- A row never changes its tenant, a row that leads to itself is told apart
-- (0004-targets.sql), and nobody but the schema ends or revives a child.
--
-- Applied again whenever this file changes.

DELIMITER $$

-- Whoever suspends a tenant, and be it an operator with a client of his own,
-- no process goes on with what it has cached: the outbox tells the others.
CREATE OR REPLACE TRIGGER organization_updated AFTER UPDATE ON organization FOR EACH ROW
BEGIN
	IF NOT (OLD.status <=> NEW.status) OR NOT (OLD.living <=> NEW.living) THEN
		INSERT INTO generation (organization_id, number)
			VALUES (NEW.id, 1)
			ON DUPLICATE KEY UPDATE number = number + 1;
		INSERT INTO outbox (organization_id, generation)
			SELECT organization_id, number FROM generation
			WHERE organization_id = NEW.id;
	END IF;
END $$

-- A number is proved by an UPDATE, so no INSERT can meet the key that reaches
-- over all tenants.
CREATE OR REPLACE TRIGGER did_insert BEFORE INSERT ON did FOR EACH ROW
	SET NEW.proved_at = NULL $$

-- A child as those below that has an own_id besides.
CREATE OR REPLACE TRIGGER ivr_menu_option_insert BEFORE INSERT ON ivr_menu_option FOR EACH ROW
	SET NEW.living = 1, NEW.own_id = NEW.ivr_menu_id $$
CREATE OR REPLACE TRIGGER ivr_menu_option_update BEFORE UPDATE ON ivr_menu_option FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1, NEW.own_id = NEW.ivr_menu_id;
END $$

-- What many tables have, made of one text for each of them: @table@ is the
-- table, and SHOW CREATE TRIGGER shows what became of it.
BEGIN NOT ATOMIC
	-- A row never changes its tenant.
	FOR one IN (SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (
		'audit_entry', 'blocked_caller', 'call', 'call_event',
		'carrier_due', 'carrier_list', 'cdr', 'cdr_day', 'cdr_hour',
		'conference_room', 'counter', 'delivery', 'did', 'hang_up',
		'idempotency_key', 'milestone', 'notice', 'notification',
		'outbound_rule', 'parked_job', 'prompt', 'recording',
		'ring_group_start', 'row_count', 'user', 'voice_key',
		'voicemail'))
	DO
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_update BEFORE UPDATE ON `@table@` FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id)",
		'@table@', one.name);
	END FOR;

	-- own_id: the row's own id.  A new row has none yet, so nothing leads to
	-- it.
	FOR one IN (SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (
		'business_hour', 'extension', 'ivr_menu', 'ring_group'))
	DO
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_insert BEFORE INSERT ON @table@ FOR EACH ROW
	SET NEW.own_id = NEW.id", '@table@', one.name);
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_update BEFORE UPDATE ON @table@ FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.own_id = NEW.id;
END", '@table@', one.name);
	END FOR;

	-- Children: living is 1 unless a cascade, which fires no trigger, says
	-- otherwise.  So any UPDATE after the parent's restore revives them, and
	-- none succeeds before.
	FOR one IN (SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (
		'business_hour_exception', 'business_hour_exception_period',
		'business_hour_period', 'carrier_step', 'notification_subject',
		'outbound_rule_country', 'outbound_rule_extension',
		'outbound_rule_prefix', 'ring_group_member', 'setting'))
	DO
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_insert BEFORE INSERT ON @table@ FOR EACH ROW
	SET NEW.living = 1", '@table@', one.name);
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_update BEFORE UPDATE ON @table@ FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END", '@table@', one.name);
	END FOR;

	-- What hangs on a user ended with him and is not revived.
	FOR one IN (SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (
		'password_link', 'recovery_code', 'session', 'token'))
	DO
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_insert BEFORE INSERT ON @table@ FOR EACH ROW
	SET NEW.living = 1", '@table@', one.name);
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_update BEFORE UPDATE ON @table@ FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = OLD.living;
END", '@table@', one.name);
	END FOR;

	-- What lists count (row_count): no row of these is ever removed but with
	-- its tenant.  The lists that may get long: milestones.sql.
	FOR one IN (SELECT table_name AS name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (
		'business_hour', 'conference_room', 'ivr_menu', 'notification',
		'outbound_rule', 'ring_group'))
	DO
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_counted AFTER INSERT ON @table@ FOR EACH ROW
	CALL count_rows(NEW.organization_id, '@table@s',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1))", '@table@', one.name);
		EXECUTE IMMEDIATE REPLACE(
"CREATE OR REPLACE TRIGGER @table@_recounted AFTER UPDATE ON @table@ FOR EACH ROW
	CALL count_living(NEW.organization_id, '@table@s', OLD.living,
		NEW.living)", '@table@', one.name);
	END FOR;
END $$

-- What the carrier must be told of, whoever changes it: the row says that it
-- is out of step there, and the tenant is due (lib/worker/carrier.h).

CREATE OR REPLACE TRIGGER extension_made BEFORE INSERT ON extension FOR EACH ROW
	IF NEW.type = 'user' THEN
		SET NEW.carrier_state = 'pending';
		CALL carrier_now(NEW.organization_id);
	END IF $$
CREATE OR REPLACE TRIGGER extension_changed BEFORE UPDATE ON extension FOR EACH ROW
	IF (NEW.type = 'user' OR OLD.carrier_state <> 'none') AND NOT (
		OLD.number = NEW.number AND OLD.type = NEW.type
		AND OLD.status = NEW.status
		AND OLD.deleted_at <=> NEW.deleted_at
		AND OLD.sip_password_mac <=> NEW.sip_password_mac) THEN
		SET NEW.carrier_state = 'pending', NEW.carrier_error = NULL;
		CALL carrier_now(NEW.organization_id);
	END IF $$

CREATE OR REPLACE TRIGGER setting_changed AFTER UPDATE ON setting FOR EACH ROW
BEGIN
	IF NOT (OLD.carrier = NEW.carrier AND OLD.base_url <=> NEW.base_url
		AND OLD.default_ring_timeout = NEW.default_ring_timeout) THEN
		UPDATE carrier_step SET state = 'pending', failure = NULL
			WHERE organization_id = NEW.organization_id;
	END IF;
	CALL carrier_now(NEW.organization_id);
END $$

CREATE OR REPLACE TRIGGER voice_key_made AFTER INSERT ON voice_key FOR EACH ROW
BEGIN
	UPDATE carrier_step SET state = 'pending', failure = NULL
		WHERE organization_id = NEW.organization_id
		AND step = 'domain_profile';
	CALL carrier_now(NEW.organization_id);
END $$

-- Another domain has none of our subscribers yet.
CREATE OR REPLACE TRIGGER organization_moved AFTER UPDATE ON organization FOR EACH ROW
IF NOT (OLD.domain <=> NEW.domain AND OLD.domain_uuid <=> NEW.domain_uuid
	AND OLD.living <=> NEW.living) THEN
	IF NOT (OLD.domain <=> NEW.domain) THEN
		UPDATE extension SET carrier_number = NULL,
			carrier_state = IF(type = 'user' AND living = 1,
				'pending', 'none'),
			updated_at = updated_at
			WHERE organization_id = NEW.id;
		DELETE FROM carrier_list WHERE organization_id = NEW.id;
	END IF;
	UPDATE carrier_step SET state = 'pending', failure = NULL
		WHERE organization_id = NEW.id;
	CALL carrier_now(NEW.id);
END IF $$

-- What failed for good and nobody sees by itself is told (lib/worker/notices.h);
-- not that telling failed, which would be told without end.
CREATE OR REPLACE TRIGGER parked_job_told AFTER INSERT ON parked_job FOR EACH ROW
	IF NEW.queue NOT IN ('deliveries', 'notifications')
		AND NEW.organization_id <> 0 THEN
		CALL notice_put(NEW.organization_id, 'failure',
			CONCAT('job ', NEW.id), CONCAT('A job of the queue ',
				NEW.queue, ' failed for good: ', NEW.failure));
	END IF $$
CREATE OR REPLACE TRIGGER carrier_step_told AFTER UPDATE ON carrier_step FOR EACH ROW
	IF NEW.state = 'failed' AND OLD.state <> 'failed' THEN
		CALL notice_put(NEW.organization_id, 'failure',
			CONCAT('carrier ', NEW.step, ' ', UTC_DATE()),
			CONCAT('The carrier is not in step, ', NEW.step, ': ',
				COALESCE(NEW.failure, '')));
	END IF $$
CREATE OR REPLACE TRIGGER carrier_step_failed AFTER INSERT ON carrier_step FOR EACH ROW
	IF NEW.state = 'failed' THEN
		CALL notice_put(NEW.organization_id, 'failure',
			CONCAT('carrier ', NEW.step, ' ', UTC_DATE()),
			CONCAT('The carrier is not in step, ', NEW.step, ': ',
				COALESCE(NEW.failure, '')));
	END IF $$
DELIMITER ;
