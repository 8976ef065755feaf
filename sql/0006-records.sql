-- What happens: calls and their records, messages, the audit, and what the
-- responders keep here when Redis is away.
--
-- Records outlive what they tell of: their ids of extensions, groups and
-- numbers are plain numbers without a reference.

-- One row a call, folded from its events.
CREATE TABLE `call` (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	direction VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'unknown',
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'initiated',
	-- As the carrier wrote them, and in E.164 where they are numbers.
	from_raw VARCHAR(255) NOT NULL DEFAULT '',
	to_raw VARCHAR(255) NOT NULL DEFAULT '',
	from_number VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	to_number VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	caller_name VARCHAR(255) NOT NULL DEFAULT '',
	-- Own number, extension that called, extension that took the call.
	did_id BIGINT UNSIGNED NULL,
	from_extension_id BIGINT UNSIGNED NULL,
	extension_id BIGINT UNSIGNED NULL,
	-- Where it went first.
	target_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	target_id BIGINT UNSIGNED NULL,
	target_number VARCHAR(255) NULL,
	emergency TINYINT UNSIGNED NOT NULL DEFAULT 0,
	missed TINYINT UNSIGNED NOT NULL DEFAULT 0,
	legs LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	-- Why it went so: what the router decided, in order.
	steps TEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	started_at DATETIME(3) NOT NULL,
	ringing_at DATETIME(3) NULL,
	answered_at DATETIME(3) NULL,
	ended_at DATETIME(3) NULL,
	duration INT UNSIGNED NULL,
	billed INT UNSIGNED NULL,
	-- From how many events it was folded: with fewer of them, for retention
	-- removes events, it would come out wrong and stays as it is from then
	-- on (4294967295).
	event_count INT UNSIGNED NOT NULL DEFAULT 0,
	-- Guards the fold: nothing is written over another one than was read.
	version INT UNSIGNED NOT NULL DEFAULT 1,
	-- 1 while it has not ended; when to look whether anything was heard of
	-- it since (lib/worker/quiet.h).  What is heard does not change that:
	-- a key of it would be written with each event.
	live TINYINT UNSIGNED AS (IF(state IN ('initiated', 'ringing',
		'answered'), 1, NULL)) STORED,
	ask_at DATETIME(3) NOT NULL
		DEFAULT (CURRENT_TIMESTAMP(3) + INTERVAL 5 MINUTE),
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY live (live, ask_at),
	-- Statistics of calls need no more than this.  One key alone begins so:
	-- of two the optimizer may take the range of one and the other whole.
	KEY started_at (organization_id, started_at, id, extension_id,
		from_extension_id, direction, answered_at, duration, state,
		did_id),
	KEY created_at (organization_id, created_at),
	-- Each filter of a list along its own (lib/record/cursor_list.h).
	KEY state (organization_id, state, started_at),
	KEY direction (organization_id, direction, started_at),
	KEY missed (organization_id, missed, started_at),
	KEY from_number (organization_id, from_number, started_at),
	KEY to_number (organization_id, to_number, started_at),
	KEY extension_id (organization_id, extension_id, started_at),
	KEY from_extension_id (organization_id, from_extension_id, started_at),
	KEY did_id (organization_id, did_id, started_at),
	CONSTRAINT uq__call__call_key UNIQUE (organization_id, call_key),
	CONSTRAINT fk__call__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__call__direction CHECK (direction IN ('inbound',
		'outbound', 'internal', 'unknown')),
	CONSTRAINT ck__call__state CHECK (state IN ('initiated', 'ringing',
		'answered', 'completed', 'canceled', 'busy', 'no_answer',
		'failed')),
	CONSTRAINT ck__call__legs CHECK (JSON_VALID(legs)),
	CONSTRAINT ck__call__steps CHECK (JSON_VALID(steps))
);

-- Every event as it came.  event_hash tells repeats apart.
CREATE TABLE call_event (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	kind VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
	event_hash BINARY(32) NOT NULL,
	body LONGTEXT COLLATE utf8mb4_bin NOT NULL,
	occurred_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- 1 until it has gone into the call, then NULL; 2 while that is given
	-- up (parked_job).
	unfolded TINYINT NULL DEFAULT 1,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	-- By kind: of what a call has too many of only the first are read.
	KEY call_key (organization_id, call_key, kind),
	KEY created_at (organization_id, created_at),
	KEY unfolded (unfolded, id),
	CONSTRAINT uq__call_event__event_hash
		UNIQUE (organization_id, event_hash),
	CONSTRAINT fk__call_event__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- The carrier's record, verbatim, and what lists and sums need of it.
CREATE TABLE cdr (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	-- The carrier's id of the record, else the hash of its text.
	record_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	direction VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'unknown',
	disposition VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'unknown',
	from_raw VARCHAR(255) NOT NULL DEFAULT '',
	to_raw VARCHAR(255) NOT NULL DEFAULT '',
	from_number VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	to_number VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	did_id BIGINT UNSIGNED NULL,
	extension_id BIGINT UNSIGNED NULL,
	trunk VARCHAR(64) NULL,
	started_at DATETIME(3) NOT NULL,
	answered_at DATETIME(3) NULL,
	ended_at DATETIME(3) NULL,
	duration INT UNSIGNED NOT NULL DEFAULT 0,
	billed INT UNSIGNED NOT NULL DEFAULT 0,
	cost DECIMAL(12,6) NULL,
	document LONGTEXT COLLATE utf8mb4_bin NOT NULL,
	-- Whether cdr_hour and cdr_day count it: NULL when they do.
	unfolded TINYINT UNSIGNED NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY unfolded (unfolded, id),
	KEY call_key (organization_id, call_key, started_at),
	KEY started_at (organization_id, started_at),
	KEY created_at (organization_id, created_at),
	KEY direction (organization_id, direction, started_at),
	KEY disposition (organization_id, disposition, started_at),
	KEY from_number (organization_id, from_number, started_at),
	KEY to_number (organization_id, to_number, started_at),
	KEY extension_id (organization_id, extension_id, started_at),
	KEY did_id (organization_id, did_id, started_at),
	CONSTRAINT uq__cdr__record_key UNIQUE (organization_id, record_key),
	CONSTRAINT fk__cdr__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__cdr__direction CHECK (direction IN ('inbound',
		'outbound', 'internal', 'unknown')),
	CONSTRAINT ck__cdr__disposition CHECK (disposition IN ('answered',
		'canceled', 'busy', 'no_answer', 'failed', 'unknown')),
	CONSTRAINT ck__cdr__document CHECK (JSON_VALID(document))
);

-- Sums by hour, and by day and own number ('' for none).
CREATE TABLE cdr_hour (
	organization_id BIGINT UNSIGNED NOT NULL,
	hour DATETIME NOT NULL,
	direction VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	disposition VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	calls INT UNSIGNED NOT NULL DEFAULT 0,
	duration BIGINT UNSIGNED NOT NULL DEFAULT 0,
	billed BIGINT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id, hour, direction, disposition),
	CONSTRAINT fk__cdr_hour__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

CREATE TABLE cdr_day (
	organization_id BIGINT UNSIGNED NOT NULL,
	day DATE NOT NULL,
	number VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	direction VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	calls INT UNSIGNED NOT NULL DEFAULT 0,
	answered INT UNSIGNED NOT NULL DEFAULT 0,
	duration BIGINT UNSIGNED NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id, day, number, direction),
	CONSTRAINT fk__cdr_day__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- Audio lies under var/ by the row's id; audio_token is what an address that
-- the carrier may fetch is made of.
CREATE TABLE recording (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	leg VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	did_id BIGINT UNSIGNED NULL,
	extension_id BIGINT UNSIGNED NULL,
	from_number VARCHAR(255) NOT NULL DEFAULT '',
	to_number VARCHAR(255) NOT NULL DEFAULT '',
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'pending',
	failure VARCHAR(500) NULL,
	source_url VARCHAR(2000) COLLATE utf8mb4_nopad_bin NULL,
	media_type VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	bytes BIGINT UNSIGNED NULL,
	seconds INT UNSIGNED NULL,
	recorded_at DATETIME(3) NOT NULL,
	expires_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	-- 1 while its audio is still to be fetched, for the worker's sweep.
	unfetched TINYINT UNSIGNED AS (IF(state = 'pending'
		AND source_url IS NOT NULL AND deleted_at IS NULL, 1, NULL))
		STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY recorded_at (organization_id, recorded_at),
	KEY expires_at (expires_at),
	KEY deleted_at (deleted_at),
	KEY unfetched (unfetched, id),
	KEY extension_id (organization_id, extension_id, recorded_at),
	CONSTRAINT uq__recording__call_key
		UNIQUE (organization_id, call_key, leg),
	CONSTRAINT fk__recording__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__recording__state
		CHECK (state IN ('pending', 'ready', 'failed'))
);

-- One message per call and leg.  The mailbox is the extension's; a message
-- outlives a deleted extension, but never belongs to another tenant's.
CREATE TABLE voicemail (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	extension_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	leg VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	from_number VARCHAR(255) NOT NULL DEFAULT '',
	caller_name VARCHAR(255) NOT NULL DEFAULT '',
	received_at DATETIME(3) NOT NULL,
	heard_at DATETIME(3) NULL,
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'pending',
	failure VARCHAR(500) NULL,
	source_url VARCHAR(2000) COLLATE utf8mb4_nopad_bin NULL,
	audio_token VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	media_type VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	bytes BIGINT UNSIGNED NULL,
	seconds INT UNSIGNED NULL,
	expires_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	-- 1 while its audio is still to be fetched, for the worker's sweep.
	unfetched TINYINT UNSIGNED AS (IF(state = 'pending'
		AND source_url IS NOT NULL AND deleted_at IS NULL, 1, NULL))
		STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY audio_token (audio_token),
	KEY received_at (organization_id, received_at),
	KEY mailbox (organization_id, extension_id, received_at),
	KEY expires_at (expires_at),
	KEY deleted_at (deleted_at),
	KEY unfetched (unfetched, id),
	CONSTRAINT uq__voicemail__call_key
		UNIQUE (organization_id, call_key, leg),
	CONSTRAINT fk__voicemail__extension_id FOREIGN KEY
		(organization_id, extension_id)
		REFERENCES extension (organization_id, id),
	CONSTRAINT ck__voicemail__state
		CHECK (state IN ('pending', 'ready', 'failed'))
);

-- Who changed what: written in the transaction of the change, never changed.
CREATE TABLE audit_entry (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	actor_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	actor_id BIGINT UNSIGNED NULL,
	actor_name VARCHAR(254) NOT NULL DEFAULT '',
	token_id BIGINT UNSIGNED NULL,
	remote VARCHAR(45) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	request_id VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	action VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
	object_type VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	object_id BIGINT UNSIGNED NULL,
	object_name VARCHAR(254) NOT NULL DEFAULT '',
	-- The object as JSON, secrets masked.
	value_before LONGTEXT COLLATE utf8mb4_bin NULL,
	value_after LONGTEXT COLLATE utf8mb4_bin NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY created_at (organization_id, created_at),
	KEY object_type (organization_id, object_type, created_at),
	KEY object_id (organization_id, object_id, created_at),
	KEY actor_type (organization_id, actor_type, created_at),
	KEY actor_id (organization_id, actor_id, created_at),
	KEY action (organization_id, action, created_at),
	CONSTRAINT fk__audit_entry__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__audit_entry__actor_type CHECK (actor_type IN
		('user', 'operator', 'caller', 'carrier', 'system')),
	CONSTRAINT ck__audit_entry__value_before
		CHECK (JSON_VALID(value_before)),
	CONSTRAINT ck__audit_entry__value_after CHECK (JSON_VALID(value_after))
);

-- Idempotency-Key on POST for 24 h; webhooks' keys when Redis is away.
CREATE TABLE idempotency_key (
	organization_id BIGINT UNSIGNED NOT NULL,
	scope VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	key_hash BINARY(32) NOT NULL,
	request_hash BINARY(32) NULL,
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'pending',
	status SMALLINT UNSIGNED NULL,
	-- Head and body; it may hold a secret that is shown once.
	answer_sealed LONGBLOB NULL,
	expires_at DATETIME(3) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, scope, key_hash),
	KEY expires_at (expires_at),
	CONSTRAINT fk__idempotency_key__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__idempotency_key__state CHECK (state IN ('pending', 'done'))
);

-- The same of an operator who asks for no organization.
CREATE TABLE operator_idempotency_key (
	operator_id BIGINT UNSIGNED NOT NULL,
	scope VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	key_hash BINARY(32) NOT NULL,
	request_hash BINARY(32) NULL,
	state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'pending',
	status SMALLINT UNSIGNED NULL,
	answer_sealed LONGBLOB NULL,
	expires_at DATETIME(3) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (operator_id, scope, key_hash),
	KEY expires_at (expires_at),
	CONSTRAINT fk__operator_idempotency_key__operator
		FOREIGN KEY (operator_id) REFERENCES operator (id),
	CONSTRAINT ck__operator_idempotency_key__state
		CHECK (state IN ('pending', 'done'))
);

-- Counters when Redis is away: "pin:ROOM", "round_robin:GROUP".
CREATE TABLE counter (
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	number BIGINT UNSIGNED NOT NULL DEFAULT 0,
	expires_at DATETIME(3) NULL,
	PRIMARY KEY (organization_id, name),
	KEY expires_at (expires_at),
	CONSTRAINT fk__counter__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- Where each call of a round robin started, so that a repeated request of
-- the same call does not advance it.
CREATE TABLE ring_group_start (
	organization_id BIGINT UNSIGNED NOT NULL,
	ring_group_id BIGINT UNSIGNED NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NOT NULL,
	start BIGINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, ring_group_id, call_key),
	KEY created_at (created_at),
	CONSTRAINT fk__ring_group_start__ring_group FOREIGN KEY
		(organization_id, ring_group_id)
		REFERENCES ring_group (organization_id, id)
);

-- Mail and https requests that wait to be sent (lib/store/delivery.h): done
-- ones are gone.  Organization 0 is the platform.
CREATE TABLE delivery (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	-- Where its outcome is shown.
	notification_id BIGINT UNSIGNED NULL,
	kind VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	job_key CHAR(36) COLLATE utf8mb4_nopad_bin NOT NULL,
	content_sealed MEDIUMBLOB NOT NULL,
	attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	-- Due then; of one that is being sent: the end of its lease.
	next_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	failure VARCHAR(500) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY next_at (kind, next_at),
	CONSTRAINT ck__delivery__kind CHECK (kind IN ('mail', 'https'))
);

-- Jobs that failed too often: opbxctl jobs list|retry|drop.  Organization 0
-- is the platform.
-- What people who asked for it are told of, once each (lib/worker/notices.h).
CREATE TABLE notice (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	event VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	-- What happened: of two notices of the same there is one.
	notice_key VARCHAR(191) COLLATE utf8mb4_nopad_bin NOT NULL,
	call_key VARCHAR(128) COLLATE utf8mb4_nopad_bin NULL,
	voicemail_id BIGINT UNSIGNED NULL,
	text VARCHAR(1000) NOT NULL,
	-- 1 until there are deliveries for all who want it, then NULL.
	pending TINYINT NULL DEFAULT 1,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY pending (pending, id),
	KEY created_at (created_at),
	KEY call_key (organization_id, call_key),
	CONSTRAINT uq__notice__notice_key
		UNIQUE (organization_id, event, notice_key),
	CONSTRAINT fk__notice__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__notice__event CHECK (event IN ('missed_call',
		'voicemail', 'emergency', 'limit', 'failure'))
);

CREATE TABLE parked_job (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	queue VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
	job_key VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	payload LONGTEXT COLLATE utf8mb4_bin NOT NULL,
	attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	failure VARCHAR(1000) NOT NULL DEFAULT '',
	parked_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY parked_at (parked_at),
	CONSTRAINT uq__parked_job__job_key
		UNIQUE (organization_id, queue, job_key)
);
