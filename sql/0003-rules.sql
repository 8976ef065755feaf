-- Opening hours, outbound rules, blocked callers, notifications, settings.

-- "business hours" has no singular of its own; a base table is singular all
-- the same, so that the tenant's view can be called business_hours.
CREATE TABLE business_hour (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	-- NULL: the organization's
	timezone VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	override VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	-- NULL: until it is taken back
	override_until DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__business_hour__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__business_hour__name
		UNIQUE (organization_id, name, living),
	CONSTRAINT fk__business_hour__organization
		FOREIGN KEY (organization_id) REFERENCES organization (id),
	CONSTRAINT ck__business_hour__name CHECK (name <> ''),
	CONSTRAINT ck__business_hour__override
		CHECK (override IN ('open', 'closed')),
	CONSTRAINT ck__business_hour__override_until
		CHECK (override_until IS NULL OR override IS NOT NULL)
);

-- Minutes of the day; to_minute <= from_minute crosses midnight.
CREATE TABLE business_hour_period (
	organization_id BIGINT UNSIGNED NOT NULL,
	business_hour_id BIGINT UNSIGNED NOT NULL,
	-- 0 Sunday .. 6 Saturday
	day TINYINT UNSIGNED NOT NULL,
	from_minute SMALLINT UNSIGNED NOT NULL,
	to_minute SMALLINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	PRIMARY KEY (organization_id, business_hour_id, day, from_minute),
	CONSTRAINT fk__business_hour_period__id__business_hour FOREIGN KEY
		(organization_id, business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT ck__business_hour_period__periods__day CHECK (day <= 6),
	CONSTRAINT ck__business_hour_period__periods__from
		CHECK (from_minute < 1440),
	CONSTRAINT ck__business_hour_period__periods__to
		CHECK (to_minute <= 1440)
);

-- In a yearly one the dates stand in the leap year 2000, and to_date before
-- from_date wraps the year.  Where two cover a date the later position wins.
CREATE TABLE business_hour_exception (
	organization_id BIGINT UNSIGNED NOT NULL,
	business_hour_id BIGINT UNSIGNED NOT NULL,
	position SMALLINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	name VARCHAR(100) NOT NULL DEFAULT '',
	from_date DATE NOT NULL,
	to_date DATE NOT NULL,
	yearly TINYINT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id, business_hour_id, position),
	CONSTRAINT uq__business_hour_exception__id
		UNIQUE (organization_id, business_hour_id, position, living),
	CONSTRAINT fk__business_hour_exception__id__business_hour FOREIGN KEY
		(organization_id, business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT ck__business_hour_exception__exceptions__dates CHECK (
		(yearly = 0 AND to_date >= from_date)
		OR (yearly = 1 AND from_date BETWEEN '2000-01-01' AND '2000-12-31'
		AND to_date BETWEEN '2000-01-01' AND '2000-12-31'))
);

-- None: closed.  Goes with its exception.
CREATE TABLE business_hour_exception_period (
	organization_id BIGINT UNSIGNED NOT NULL,
	business_hour_id BIGINT UNSIGNED NOT NULL,
	position SMALLINT UNSIGNED NOT NULL,
	from_minute SMALLINT UNSIGNED NOT NULL,
	to_minute SMALLINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	PRIMARY KEY (organization_id, business_hour_id, position, from_minute),
	CONSTRAINT fk__business_hour_exception_period__id__exception FOREIGN KEY
		(organization_id, business_hour_id, position, living)
		REFERENCES business_hour_exception
		(organization_id, business_hour_id, position, living)
		ON UPDATE CASCADE ON DELETE CASCADE,
	CONSTRAINT ck__business_hour_exception_period__exceptions__from
		CHECK (from_minute < 1440),
	CONSTRAINT ck__business_hour_exception_period__exceptions__to
		CHECK (to_minute <= 1440)
);

CREATE TABLE outbound_rule (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	trunk VARCHAR(64) NOT NULL,
	caller_id_did_id BIGINT UNSIGNED NULL,
	priority SMALLINT UNSIGNED NOT NULL DEFAULT 100,
	-- 0: no limit
	max_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY priority (organization_id, priority),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__outbound_rule__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__outbound_rule__name
		UNIQUE (organization_id, name, living),
	CONSTRAINT fk__outbound_rule__organization
		FOREIGN KEY (organization_id) REFERENCES organization (id),
	CONSTRAINT fk__outbound_rule__caller_id__did FOREIGN KEY
		(organization_id, caller_id_did_id, living)
		REFERENCES did (organization_id, id, living),
	CONSTRAINT ck__outbound_rule__name CHECK (name <> ''),
	CONSTRAINT ck__outbound_rule__trunk CHECK (trunk <> ''),
	CONSTRAINT ck__outbound_rule__status
		CHECK (status IN ('active', 'inactive'))
);

CREATE TABLE outbound_rule_country (
	organization_id BIGINT UNSIGNED NOT NULL,
	outbound_rule_id BIGINT UNSIGNED NOT NULL,
	country CHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	PRIMARY KEY (organization_id, outbound_rule_id, country),
	CONSTRAINT fk__outbound_rule_country__id__outbound_rule FOREIGN KEY
		(organization_id, outbound_rule_id, living)
		REFERENCES outbound_rule (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT ck__outbound_rule_country__countries
		CHECK (country REGEXP '^[A-Z]{2}$')
);

CREATE TABLE outbound_rule_prefix (
	organization_id BIGINT UNSIGNED NOT NULL,
	outbound_rule_id BIGINT UNSIGNED NOT NULL,
	prefix VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	PRIMARY KEY (organization_id, outbound_rule_id, prefix),
	CONSTRAINT fk__outbound_rule_prefix__id__outbound_rule FOREIGN KEY
		(organization_id, outbound_rule_id, living)
		REFERENCES outbound_rule (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT ck__outbound_rule_prefix__prefixes
		CHECK (prefix REGEXP '^\\+[1-9][0-9]{0,14}$')
);

-- None: every extension.
CREATE TABLE outbound_rule_extension (
	organization_id BIGINT UNSIGNED NOT NULL,
	outbound_rule_id BIGINT UNSIGNED NOT NULL,
	extension_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	PRIMARY KEY (organization_id, outbound_rule_id, extension_id),
	CONSTRAINT fk__outbound_rule_extension__id__outbound_rule FOREIGN KEY
		(organization_id, outbound_rule_id, living)
		REFERENCES outbound_rule (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT fk__outbound_rule_extension__extensions__extension
		FOREIGN KEY (organization_id, extension_id, living)
		REFERENCES extension (organization_id, id, living)
);

CREATE TABLE blocked_caller (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	-- "+12125550100", "+1212" with prefix, or "anonymous"
	pattern VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	prefix TINYINT UNSIGNED NOT NULL DEFAULT 0,
	action VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'reject',
	note VARCHAR(500) NOT NULL DEFAULT '',
	expires_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	-- Each order of the list, and its filters (lib/record/list.h).
	KEY by_id (organization_id, living, id),
	KEY by_pattern (organization_id, living, pattern),
	KEY by_action (organization_id, living, action),
	KEY by_created_at (organization_id, living, created_at),
	KEY by_updated_at (organization_id, living, updated_at),
	KEY expires_at (organization_id, expires_at),
	CONSTRAINT uq__blocked_caller__pattern
		UNIQUE (organization_id, pattern, prefix, living),
	CONSTRAINT fk__blocked_caller__organization
		FOREIGN KEY (organization_id) REFERENCES organization (id),
	CONSTRAINT ck__blocked_caller__pattern CHECK (
		pattern REGEXP IF(prefix, '^\\+[1-9][0-9]{0,14}$',
		'^(\\+[1-9][0-9]{6,14}|anonymous)$')),
	CONSTRAINT ck__blocked_caller__prefix CHECK (prefix IN (0, 1)),
	CONSTRAINT ck__blocked_caller__action
		CHECK (action IN ('reject', 'busy', 'voicemail'))
);

CREATE TABLE notification (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	event VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	email VARCHAR(254) NULL,
	url VARCHAR(2000) COLLATE utf8mb4_nopad_bin NULL,
	secret_sealed VARBINARY(512) NULL,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	delivered_at DATETIME(3) NULL,
	failed_at DATETIME(3) NULL,
	failure VARCHAR(500) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY event (organization_id, event),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__notification__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__notification__name
		UNIQUE (organization_id, name, living),
	CONSTRAINT fk__notification__organization
		FOREIGN KEY (organization_id) REFERENCES organization (id),
	CONSTRAINT ck__notification__name CHECK (name <> ''),
	CONSTRAINT ck__notification__event CHECK (event IN ('missed_call',
		'voicemail', 'emergency', 'limit', 'failure')),
	CONSTRAINT ck__notification__email
		CHECK ((email IS NULL) <> (url IS NULL)),
	CONSTRAINT ck__notification__url CHECK (url LIKE 'https://_%'),
	CONSTRAINT ck__notification__status
		CHECK (status IN ('active', 'inactive'))
);

-- For which extension, group or number; none: for all of the organization.
CREATE TABLE notification_subject (
	organization_id BIGINT UNSIGNED NOT NULL,
	notification_id BIGINT UNSIGNED NOT NULL,
	subject_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	subject_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	subject_extension_id BIGINT UNSIGNED
		AS (IF(subject_type = 'extension', subject_id, NULL)) STORED,
	subject_ring_group_id BIGINT UNSIGNED
		AS (IF(subject_type = 'ring_group', subject_id, NULL)) STORED,
	subject_did_id BIGINT UNSIGNED
		AS (IF(subject_type = 'did', subject_id, NULL)) STORED,
	PRIMARY KEY (organization_id, notification_id, subject_type, subject_id),
	CONSTRAINT fk__notification_subject__id__notification FOREIGN KEY
		(organization_id, notification_id, living)
		REFERENCES notification (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT fk__notification_subject__subjects__extension FOREIGN KEY
		(organization_id, subject_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	CONSTRAINT fk__notification_subject__subjects__ring_group FOREIGN KEY
		(organization_id, subject_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	CONSTRAINT fk__notification_subject__subjects__did FOREIGN KEY
		(organization_id, subject_did_id, living)
		REFERENCES did (organization_id, id, living),
	CONSTRAINT ck__notification_subject__subjects
		CHECK (subject_type IN ('extension', 'ring_group', 'did'))
);

-- One row per organization.
CREATE TABLE setting (
	organization_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	carrier VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'cloudonix',
	-- NULL: that of the configuration file
	base_url VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	carrier_api_key_sealed VARBINARY(512) NULL,
	webhook_secret_sealed VARBINARY(512) NULL,
	require_signature TINYINT UNSIGNED NOT NULL DEFAULT 0,
	default_ring_timeout SMALLINT UNSIGNED NOT NULL DEFAULT 30,
	voice VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	language VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	forward_caller_number TINYINT UNSIGNED NOT NULL DEFAULT 0,
	emergency_numbers LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	sip_hosts LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	-- requests a minute; 0: no limit
	voice_rate INT UNSIGNED NOT NULL DEFAULT 0,
	api_rate INT UNSIGNED NOT NULL DEFAULT 600,
	webhook_rate INT UNSIGNED NOT NULL DEFAULT 6000,
	-- days; 0: for ever
	recording_retention SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	voicemail_retention SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id),
	CONSTRAINT fk__setting__organization FOREIGN KEY
		(organization_id, living)
		REFERENCES organization (id, living) ON UPDATE CASCADE,
	CONSTRAINT ck__setting__carrier CHECK (carrier IN
		('cloudonix', 'twilio', 'signalwire', 'telnyx')),
	CONSTRAINT ck__setting__base_url
		CHECK (base_url REGEXP '^https?://[^/?#]+(/.*)?$'),
	CONSTRAINT ck__setting__require_signature
		CHECK (require_signature IN (0, 1)),
	CONSTRAINT ck__setting__default_ring_timeout
		CHECK (default_ring_timeout BETWEEN 5 AND 300),
	CONSTRAINT ck__setting__forward_caller_number
		CHECK (forward_caller_number IN (0, 1)),
	CONSTRAINT ck__setting__emergency_numbers CHECK (
		JSON_VALID(emergency_numbers)
		AND JSON_TYPE(emergency_numbers) = 'ARRAY'),
	CONSTRAINT ck__setting__sip_hosts CHECK (
		JSON_VALID(sip_hosts) AND JSON_TYPE(sip_hosts) = 'ARRAY')
);

-- The carrier's side, step by step: what was done there, what failed.
CREATE TABLE carrier_step (
	organization_id BIGINT UNSIGNED NOT NULL,
	step VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'pending',
	failure VARCHAR(500) NULL,
	-- Of what the carrier was told when the step was done, keyed.
	told BINARY(32) NULL,
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, step),
	CONSTRAINT fk__carrier_step__organization FOREIGN KEY
		(organization_id, living)
		REFERENCES organization (id, living) ON UPDATE CASCADE,
	CONSTRAINT ck__carrier_step__state
		CHECK (state IN ('pending', 'done', 'failed'))
);

-- Whose side at the carrier is to be looked at, and when: at once after a
-- change of what the carrier must know (triggers.sql).
CREATE TABLE carrier_due (
	organization_id BIGINT UNSIGNED NOT NULL,
	-- NULL: not before the next change
	due_at DATETIME(3) NULL,
	-- Until then one worker has it alone.
	leased_until DATETIME(3) NULL,
	-- In vain, since the last that was not.
	attempts INT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id),
	KEY due_at (due_at),
	CONSTRAINT fk__carrier_due__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- What there is at the carrier to choose from, as it was last fetched.
CREATE TABLE carrier_list (
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	document LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	failure VARCHAR(500) NULL,
	fetched_at DATETIME(3) NOT NULL,
	PRIMARY KEY (organization_id, name),
	CONSTRAINT fk__carrier_list__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__carrier_list__name CHECK (name IN ('voices', 'trunks')),
	CONSTRAINT ck__carrier_list__document CHECK (
		JSON_VALID(document) AND JSON_TYPE(document) = 'ARRAY')
);

-- Calls that somebody wants to end, until the carrier was told.
CREATE TABLE hang_up (
	organization_id BIGINT UNSIGNED NOT NULL,
	call_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	-- Due then; of one that is being told: the end of its lease.
	next_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, call_id),
	KEY next_at (next_at),
	CONSTRAINT fk__hang_up__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);
