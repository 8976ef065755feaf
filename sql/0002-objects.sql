-- What a tenant configures, and its child tables.  Where calls can go from
-- here (target, fallback, ...) follows in 0003.

CREATE TABLE prompt (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	-- An audio file, or words in a voice.
	text VARCHAR(2000) NULL,
	voice VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	language VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	-- The carrier fetches the file under this unguessable word.
	audio_token VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	media_type VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	bytes BIGINT UNSIGNED NULL,
	seconds INT UNSIGNED NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	-- Each order of the list, and its filters (lib/record/list.h).
	KEY by_id (organization_id, living, id),
	KEY by_name (organization_id, living, name),
	KEY by_created_at (organization_id, living, created_at),
	KEY by_updated_at (organization_id, living, updated_at),
	KEY audio_token (audio_token),
	CONSTRAINT uq__prompt__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__prompt__name UNIQUE (organization_id, name, living),
	CONSTRAINT fk__prompt__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__prompt__name CHECK (name <> ''),
	CONSTRAINT ck__prompt__text CHECK (text IS NULL OR audio_token IS NULL)
);

CREATE TABLE did (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	number VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(100) NOT NULL DEFAULT '',
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	-- Assigned by the operator, or the first authenticated inbound call.
	proved_at DATETIME(3) NULL,
	caller_name_prefix VARCHAR(32) NOT NULL DEFAULT '',
	record TINYINT UNSIGNED NOT NULL DEFAULT 0,
	announcement_prompt_id BIGINT UNSIGNED NULL,
	announcement_text VARCHAR(2000) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	-- The one key that reaches over all tenants.
	proved_number VARCHAR(16) COLLATE utf8mb4_nopad_bin AS (
		IF(proved_at IS NOT NULL AND deleted_at IS NULL, number, NULL)
	) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	-- Each order of the list, and its filters (lib/record/list.h).
	KEY by_id (organization_id, living, id),
	KEY by_number (organization_id, living, number),
	KEY by_name (organization_id, living, name),
	KEY by_status (organization_id, living, status),
	KEY by_created_at (organization_id, living, created_at),
	KEY by_updated_at (organization_id, living, updated_at),
	CONSTRAINT uq__did__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__did__number UNIQUE (organization_id, number, living),
	CONSTRAINT uq__did__number__proved UNIQUE (proved_number),
	CONSTRAINT fk__did__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT fk__did__announcement__prompt FOREIGN KEY
		(organization_id, announcement_prompt_id, living)
		REFERENCES prompt (organization_id, id, living),
	CONSTRAINT ck__did__number CHECK (number REGEXP '^\\+[1-9][0-9]{6,14}$'),
	CONSTRAINT ck__did__status CHECK (status IN ('active', 'inactive')),
	CONSTRAINT ck__did__record CHECK (record IN (0, 1))
);

ALTER TABLE organization
	ADD CONSTRAINT fk__organization__caller_id__did FOREIGN KEY
		(id, caller_id_did_id, living)
		REFERENCES did (organization_id, id, living),
	ADD CONSTRAINT fk__organization__emergency_did__did FOREIGN KEY
		(id, emergency_did_id, living)
		REFERENCES did (organization_id, id, living);

CREATE TABLE extension (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	number VARCHAR(6) COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(100) NOT NULL,
	type VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'user',
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	user_id BIGINT UNSIGNED NULL,
	-- NULL: the organization's
	ring_timeout SMALLINT UNSIGNED NULL,
	caller_id_did_id BIGINT UNSIGNED NULL,
	emergency_did_id BIGINT UNSIGNED NULL,
	do_not_disturb TINYINT UNSIGNED NOT NULL DEFAULT 0,
	voicemail TINYINT UNSIGNED NOT NULL DEFAULT 0,
	voicemail_pin_sealed VARBINARY(255) NULL,
	voicemail_email VARCHAR(254) NULL,
	greeting_prompt_id BIGINT UNSIGNED NULL,
	greeting_text VARCHAR(2000) NULL,
	sip_password_sealed VARBINARY(255) NULL,
	-- Tells one password from another; the seal differs every time.
	sip_password_mac BINARY(32) NULL,
	-- ai_assistant: provider and service_number, or service_url,
	-- service_token_sealed and service_params {name: value}.
	-- custom_logic: service_url.
	provider VARCHAR(64) NULL,
	service_number VARCHAR(64) NULL,
	service_url VARCHAR(2000) COLLATE utf8mb4_nopad_bin NULL,
	service_token_sealed VARBINARY(2000) NULL,
	service_params LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '{}',
	-- How far the carrier's subscriber is from this row.
	carrier_state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'none',
	carrier_error VARCHAR(500) NULL,
	carrier_at DATETIME(3) NULL,
	-- The subscriber's number there, which may be an earlier one; NULL: none.
	carrier_number VARCHAR(6) COLLATE utf8mb4_nopad_bin NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	-- Each order of the list, and its filters (lib/record/list.h).
	KEY by_id (organization_id, living, id),
	KEY by_number (organization_id, living, number),
	KEY by_name (organization_id, living, name),
	KEY by_type (organization_id, living, type),
	KEY by_status (organization_id, living, status),
	KEY by_created_at (organization_id, living, created_at),
	KEY by_updated_at (organization_id, living, updated_at),
	KEY carrier_state (organization_id, carrier_state, carrier_at),
	CONSTRAINT uq__extension__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__extension__number
		UNIQUE (organization_id, number, living),
	CONSTRAINT fk__extension__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT fk__extension__user_id FOREIGN KEY
		(organization_id, user_id, living)
		REFERENCES user (organization_id, id, living),
	CONSTRAINT fk__extension__caller_id__did FOREIGN KEY
		(organization_id, caller_id_did_id, living)
		REFERENCES did (organization_id, id, living),
	CONSTRAINT fk__extension__emergency_did__did FOREIGN KEY
		(organization_id, emergency_did_id, living)
		REFERENCES did (organization_id, id, living),
	CONSTRAINT fk__extension__greeting__prompt FOREIGN KEY
		(organization_id, greeting_prompt_id, living)
		REFERENCES prompt (organization_id, id, living),
	CONSTRAINT ck__extension__number CHECK (number REGEXP '^[0-9]{2,6}$'),
	CONSTRAINT ck__extension__name CHECK (name <> ''),
	CONSTRAINT ck__extension__type CHECK (type IN ('user', 'conference',
		'ring_group', 'ivr', 'ai_assistant', 'custom_logic', 'forward')),
	CONSTRAINT ck__extension__status
		CHECK (status IN ('active', 'inactive')),
	CONSTRAINT ck__extension__user_id
		CHECK (user_id IS NULL OR type = 'user'),
	CONSTRAINT ck__extension__ring_timeout
		CHECK (ring_timeout BETWEEN 5 AND 300),
	CONSTRAINT ck__extension__do_not_disturb
		CHECK (do_not_disturb IN (0, 1)),
	CONSTRAINT ck__extension__voicemail CHECK (voicemail IN (0, 1)),
	CONSTRAINT ck__extension__service_url
		CHECK (service_url LIKE '_%:_%'),
	CONSTRAINT ck__extension__service_params CHECK (
		JSON_VALID(service_params)
		AND JSON_TYPE(service_params) = 'OBJECT'),
	CONSTRAINT ck__extension__provider CHECK (
		IF(type = 'ai_assistant',
		(provider IS NOT NULL AND service_number IS NOT NULL
			AND service_url IS NULL)
		OR (provider IS NULL AND service_number IS NULL
			AND service_url IS NOT NULL),
		IF(type = 'custom_logic', service_url IS NOT NULL
			AND service_url LIKE 'https://_%', service_url IS NULL)
		AND provider IS NULL AND service_number IS NULL
		AND service_token_sealed IS NULL)),
	CONSTRAINT ck__extension__carrier_state
		CHECK (carrier_state IN ('none', 'pending', 'done', 'failed'))
);

CREATE TABLE ring_group (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	strategy VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL
		DEFAULT 'simultaneous',
	ring_timeout SMALLINT UNSIGNED NOT NULL DEFAULT 30,
	turns TINYINT UNSIGNED NOT NULL DEFAULT 1,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__ring_group__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__ring_group__name UNIQUE (organization_id, name, living),
	CONSTRAINT fk__ring_group__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__ring_group__name CHECK (name <> ''),
	CONSTRAINT ck__ring_group__strategy CHECK (strategy IN
		('simultaneous', 'sequential', 'round_robin')),
	CONSTRAINT ck__ring_group__ring_timeout
		CHECK (ring_timeout BETWEEN 5 AND 300),
	CONSTRAINT ck__ring_group__turns CHECK (turns BETWEEN 1 AND 9),
	CONSTRAINT ck__ring_group__status
		CHECK (status IN ('active', 'inactive'))
);

-- They ring by priority, then by the extension's id.
CREATE TABLE ring_group_member (
	organization_id BIGINT UNSIGNED NOT NULL,
	ring_group_id BIGINT UNSIGNED NOT NULL,
	extension_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	priority SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	CONSTRAINT uq__ring_group_member__members
		PRIMARY KEY (organization_id, ring_group_id, extension_id),
	CONSTRAINT fk__ring_group_member__id__ring_group FOREIGN KEY
		(organization_id, ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT fk__ring_group_member__members__extension FOREIGN KEY
		(organization_id, extension_id, living)
		REFERENCES extension (organization_id, id, living)
);

CREATE TABLE ivr_menu (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	greeting_prompt_id BIGINT UNSIGNED NULL,
	greeting_text VARCHAR(2000) NULL,
	voice VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
	language VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	invalid_prompt_id BIGINT UNSIGNED NULL,
	invalid_text VARCHAR(2000) NULL,
	no_input_prompt_id BIGINT UNSIGNED NULL,
	no_input_text VARCHAR(2000) NULL,
	first_timeout TINYINT UNSIGNED NOT NULL DEFAULT 10,
	digit_timeout TINYINT UNSIGNED NOT NULL DEFAULT 3,
	max_attempts TINYINT UNSIGNED NOT NULL DEFAULT 3,
	direct_dial TINYINT UNSIGNED NOT NULL DEFAULT 0,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__ivr_menu__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__ivr_menu__name UNIQUE (organization_id, name, living),
	CONSTRAINT fk__ivr_menu__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT fk__ivr_menu__greeting__prompt FOREIGN KEY
		(organization_id, greeting_prompt_id, living)
		REFERENCES prompt (organization_id, id, living),
	CONSTRAINT fk__ivr_menu__invalid__prompt FOREIGN KEY
		(organization_id, invalid_prompt_id, living)
		REFERENCES prompt (organization_id, id, living),
	CONSTRAINT fk__ivr_menu__no_input__prompt FOREIGN KEY
		(organization_id, no_input_prompt_id, living)
		REFERENCES prompt (organization_id, id, living),
	CONSTRAINT ck__ivr_menu__name CHECK (name <> ''),
	CONSTRAINT ck__ivr_menu__first_timeout
		CHECK (first_timeout BETWEEN 1 AND 30),
	CONSTRAINT ck__ivr_menu__digit_timeout
		CHECK (digit_timeout BETWEEN 1 AND 30),
	CONSTRAINT ck__ivr_menu__max_attempts
		CHECK (max_attempts BETWEEN 1 AND 9),
	CONSTRAINT ck__ivr_menu__direct_dial CHECK (direct_dial IN (0, 1)),
	CONSTRAINT ck__ivr_menu__status CHECK (status IN ('active', 'inactive'))
);

CREATE TABLE ivr_menu_option (
	organization_id BIGINT UNSIGNED NOT NULL,
	ivr_menu_id BIGINT UNSIGNED NOT NULL,
	digits VARCHAR(6) COLLATE utf8mb4_nopad_bin NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0,
	label VARCHAR(100) NOT NULL DEFAULT '',
	PRIMARY KEY (organization_id, ivr_menu_id, digits),
	CONSTRAINT fk__ivr_menu_option__id__ivr_menu FOREIGN KEY
		(organization_id, ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living)
		ON UPDATE CASCADE,
	CONSTRAINT ck__ivr_menu_option__options__digits
		CHECK (digits REGEXP '^[0-9*#]{1,6}$')
);

CREATE TABLE conference_room (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	pin_sealed VARBINARY(255) NULL,
	host_pin_sealed VARBINARY(255) NULL,
	wait_for_host TINYINT UNSIGNED NOT NULL DEFAULT 0,
	max_participants SMALLINT UNSIGNED NOT NULL DEFAULT 25,
	muted TINYINT UNSIGNED NOT NULL DEFAULT 0,
	beep TINYINT UNSIGNED NOT NULL DEFAULT 1,
	record TINYINT UNSIGNED NOT NULL DEFAULT 0,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY created_at (organization_id, created_at),
	CONSTRAINT uq__conference_room__id
		UNIQUE (organization_id, id, living),
	CONSTRAINT uq__conference_room__name
		UNIQUE (organization_id, name, living),
	CONSTRAINT fk__conference_room__organization
		FOREIGN KEY (organization_id) REFERENCES organization (id),
	CONSTRAINT ck__conference_room__name CHECK (name <> ''),
	CONSTRAINT ck__conference_room__wait_for_host CHECK (
		wait_for_host IN (0, 1)
		AND (wait_for_host = 0 OR host_pin_sealed IS NOT NULL)),
	CONSTRAINT ck__conference_room__max_participants
		CHECK (max_participants BETWEEN 2 AND 250),
	CONSTRAINT ck__conference_room__muted CHECK (muted IN (0, 1)),
	CONSTRAINT ck__conference_room__beep CHECK (beep IN (0, 1)),
	CONSTRAINT ck__conference_room__record CHECK (record IN (0, 1))
);
