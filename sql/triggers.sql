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

CREATE OR REPLACE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER blocked_caller_update BEFORE UPDATE ON blocked_caller FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER call_update BEFORE UPDATE ON `call` FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER call_event_update BEFORE UPDATE ON call_event FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER cdr_update BEFORE UPDATE ON cdr FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER cdr_day_update BEFORE UPDATE ON cdr_day FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER cdr_hour_update BEFORE UPDATE ON cdr_hour FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER conference_room_update BEFORE UPDATE ON conference_room FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER counter_update BEFORE UPDATE ON counter FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER delivery_update BEFORE UPDATE ON delivery FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER did_update BEFORE UPDATE ON did FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER idempotency_key_update BEFORE UPDATE ON idempotency_key FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER notification_update BEFORE UPDATE ON notification FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER notice_update BEFORE UPDATE ON notice FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER outbound_rule_update BEFORE UPDATE ON outbound_rule FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER parked_job_update BEFORE UPDATE ON parked_job FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER prompt_update BEFORE UPDATE ON prompt FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER recording_update BEFORE UPDATE ON recording FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER ring_group_start_update BEFORE UPDATE ON ring_group_start FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER user_update BEFORE UPDATE ON user FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER voice_key_update BEFORE UPDATE ON voice_key FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER voicemail_update BEFORE UPDATE ON voicemail FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

-- A number is proved by an UPDATE, so no INSERT can meet the key that reaches
-- over all tenants.
CREATE OR REPLACE TRIGGER did_insert BEFORE INSERT ON did FOR EACH ROW
	SET NEW.proved_at = NULL $$

-- own_id: the row's own id.  A new row has none yet, so nothing leads to it.

CREATE OR REPLACE TRIGGER extension_insert BEFORE INSERT ON extension FOR EACH ROW
	SET NEW.own_id = NEW.id $$
CREATE OR REPLACE TRIGGER extension_update BEFORE UPDATE ON extension FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.own_id = NEW.id;
END $$

CREATE OR REPLACE TRIGGER ring_group_insert BEFORE INSERT ON ring_group FOR EACH ROW
	SET NEW.own_id = NEW.id $$
CREATE OR REPLACE TRIGGER ring_group_update BEFORE UPDATE ON ring_group FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.own_id = NEW.id;
END $$

CREATE OR REPLACE TRIGGER ivr_menu_insert BEFORE INSERT ON ivr_menu FOR EACH ROW
	SET NEW.own_id = NEW.id $$
CREATE OR REPLACE TRIGGER ivr_menu_update BEFORE UPDATE ON ivr_menu FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.own_id = NEW.id;
END $$

CREATE OR REPLACE TRIGGER business_hour_insert BEFORE INSERT ON business_hour FOR EACH ROW
	SET NEW.own_id = NEW.id $$
CREATE OR REPLACE TRIGGER business_hour_update BEFORE UPDATE ON business_hour FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.own_id = NEW.id;
END $$

-- Children: living is 1 unless a cascade, which fires no trigger, says
-- otherwise.  So any UPDATE after the parent's restore revives them, and none
-- succeeds before.

CREATE OR REPLACE TRIGGER ivr_menu_option_insert BEFORE INSERT ON ivr_menu_option FOR EACH ROW
	SET NEW.living = 1, NEW.own_id = NEW.ivr_menu_id $$
CREATE OR REPLACE TRIGGER ivr_menu_option_update BEFORE UPDATE ON ivr_menu_option FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1, NEW.own_id = NEW.ivr_menu_id;
END $$

CREATE OR REPLACE TRIGGER ring_group_member_insert
BEFORE INSERT ON ring_group_member FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER ring_group_member_update
BEFORE UPDATE ON ring_group_member FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER business_hour_period_insert
BEFORE INSERT ON business_hour_period FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER business_hour_period_update
BEFORE UPDATE ON business_hour_period FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER business_hour_exception_insert
BEFORE INSERT ON business_hour_exception FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER business_hour_exception_update
BEFORE UPDATE ON business_hour_exception FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER business_hour_exception_period_insert
BEFORE INSERT ON business_hour_exception_period FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER business_hour_exception_period_update
BEFORE UPDATE ON business_hour_exception_period FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER outbound_rule_country_insert
BEFORE INSERT ON outbound_rule_country FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER outbound_rule_country_update
BEFORE UPDATE ON outbound_rule_country FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER outbound_rule_prefix_insert
BEFORE INSERT ON outbound_rule_prefix FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER outbound_rule_prefix_update
BEFORE UPDATE ON outbound_rule_prefix FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER outbound_rule_extension_insert
BEFORE INSERT ON outbound_rule_extension FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER outbound_rule_extension_update
BEFORE UPDATE ON outbound_rule_extension FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER notification_subject_insert
BEFORE INSERT ON notification_subject FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER notification_subject_update
BEFORE UPDATE ON notification_subject FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER setting_insert
BEFORE INSERT ON setting FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER row_count_update BEFORE UPDATE ON row_count FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$
CREATE OR REPLACE TRIGGER milestone_update BEFORE UPDATE ON milestone FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER setting_update
BEFORE UPDATE ON setting FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

CREATE OR REPLACE TRIGGER carrier_step_insert
BEFORE INSERT ON carrier_step FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER carrier_step_update
BEFORE UPDATE ON carrier_step FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = 1;
END $$

-- What hangs on a user ended with him and is not revived.

CREATE OR REPLACE TRIGGER token_insert BEFORE INSERT ON token FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER token_update BEFORE UPDATE ON token FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = OLD.living;
END $$

CREATE OR REPLACE TRIGGER session_insert BEFORE INSERT ON session FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER session_update BEFORE UPDATE ON session FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = OLD.living;
END $$

CREATE OR REPLACE TRIGGER recovery_code_insert BEFORE INSERT ON recovery_code FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER recovery_code_update BEFORE UPDATE ON recovery_code FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = OLD.living;
END $$

CREATE OR REPLACE TRIGGER password_link_insert BEFORE INSERT ON password_link FOR EACH ROW
	SET NEW.living = 1 $$
CREATE OR REPLACE TRIGGER password_link_update BEFORE UPDATE ON password_link FOR EACH ROW
BEGIN
	CALL keep_tenant(OLD.organization_id, NEW.organization_id);
	SET NEW.living = OLD.living;
END $$

-- What lists count (row_count): no row of these is ever removed but with its
-- tenant.  The lists that may get long: milestones.sql.

CREATE OR REPLACE TRIGGER ring_group_counted AFTER INSERT ON ring_group FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'ring_groups',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER ring_group_recounted AFTER UPDATE ON ring_group FOR EACH ROW
	CALL count_living(NEW.organization_id, 'ring_groups', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER ivr_menu_counted AFTER INSERT ON ivr_menu FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'ivr_menus',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER ivr_menu_recounted AFTER UPDATE ON ivr_menu FOR EACH ROW
	CALL count_living(NEW.organization_id, 'ivr_menus', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER business_hour_counted AFTER INSERT ON business_hour FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'business_hours',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER business_hour_recounted AFTER UPDATE ON business_hour FOR EACH ROW
	CALL count_living(NEW.organization_id, 'business_hours', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER conference_room_counted AFTER INSERT ON conference_room FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'conference_rooms',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER conference_room_recounted AFTER UPDATE ON conference_room FOR EACH ROW
	CALL count_living(NEW.organization_id, 'conference_rooms', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER outbound_rule_counted AFTER INSERT ON outbound_rule FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'outbound_rules',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER outbound_rule_recounted AFTER UPDATE ON outbound_rule FOR EACH ROW
	CALL count_living(NEW.organization_id, 'outbound_rules', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER notification_counted AFTER INSERT ON notification FOR EACH ROW
	CALL count_rows(NEW.organization_id, 'notifications',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1)) $$
CREATE OR REPLACE TRIGGER notification_recounted AFTER UPDATE ON notification FOR EACH ROW
	CALL count_living(NEW.organization_id, 'notifications', OLD.living, NEW.living) $$

CREATE OR REPLACE TRIGGER carrier_due_update BEFORE UPDATE ON carrier_due FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER carrier_list_update BEFORE UPDATE ON carrier_list FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

CREATE OR REPLACE TRIGGER hang_up_update BEFORE UPDATE ON hang_up FOR EACH ROW
	CALL keep_tenant(OLD.organization_id, NEW.organization_id) $$

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
