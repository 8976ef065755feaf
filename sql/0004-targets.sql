-- Where calls can go: the polymorphic target, wherever one is used.
--
-- A target is three columns of one prefix: target_type says what it is,
-- target_id which one, target_number where outside.  voicemail has the id of
-- the extension whose mailbox it is.  For each kind of object a generated
-- column holds the id when the target is of that kind, and a reference with
-- living stands on it; C sees the three columns only.
--
-- A row may lead to itself (a menu that repeats, an extension whose calls go
-- to its own mailbox).  InnoDB would then refuse to delete it, because it is
-- in use by itself.  own_id is the row's own id, set by triggers.sql
-- (AUTO_INCREMENT may not stand in a generated column), and the generated
-- columns leave such a reference out: it cannot dangle.

ALTER TABLE did
	ADD target_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD target_id BIGINT UNSIGNED NULL,
	ADD target_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD target_extension_id BIGINT UNSIGNED AS (
		IF(target_type IN ('extension', 'voicemail'), target_id, NULL)) STORED,
	ADD target_ring_group_id BIGINT UNSIGNED AS (
		IF(target_type = 'ring_group', target_id, NULL)) STORED,
	ADD target_ivr_menu_id BIGINT UNSIGNED AS (
		IF(target_type = 'ivr_menu', target_id, NULL)) STORED,
	ADD target_business_hour_id BIGINT UNSIGNED AS (
		IF(target_type = 'business_hours', target_id, NULL)) STORED,
	ADD target_conference_room_id BIGINT UNSIGNED AS (
		IF(target_type = 'conference_room', target_id, NULL)) STORED,
	ADD CONSTRAINT fk__did__target__extension FOREIGN KEY
		(organization_id, target_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__did__target__ring_group FOREIGN KEY
		(organization_id, target_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__did__target__ivr_menu FOREIGN KEY
		(organization_id, target_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__did__target__business_hour FOREIGN KEY
		(organization_id, target_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__did__target__conference_room FOREIGN KEY
		(organization_id, target_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__did__target CHECK (
		CASE target_type
		WHEN 'external' THEN target_id IS NULL AND target_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND target_number IS NOT NULL
		WHEN 'hangup' THEN target_id IS NULL AND target_number IS NULL
		ELSE target_number IS NULL AND IF(target_type IS NULL,
			target_id IS NULL, target_id IS NOT NULL AND target_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);

ALTER TABLE ring_group
	ADD own_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD fallback_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD fallback_id BIGINT UNSIGNED NULL,
	ADD fallback_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD fallback_extension_id BIGINT UNSIGNED AS (
		IF(fallback_type IN ('extension', 'voicemail'), fallback_id, NULL)) STORED,
	ADD fallback_ring_group_id BIGINT UNSIGNED AS (
		IF(fallback_type = 'ring_group'
		AND fallback_id <> own_id, fallback_id, NULL)) STORED,
	ADD fallback_ivr_menu_id BIGINT UNSIGNED AS (
		IF(fallback_type = 'ivr_menu', fallback_id, NULL)) STORED,
	ADD fallback_business_hour_id BIGINT UNSIGNED AS (
		IF(fallback_type = 'business_hours', fallback_id, NULL)) STORED,
	ADD fallback_conference_room_id BIGINT UNSIGNED AS (
		IF(fallback_type = 'conference_room', fallback_id, NULL)) STORED,
	ADD CONSTRAINT fk__ring_group__fallback__extension FOREIGN KEY
		(organization_id, fallback_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__ring_group__fallback__ring_group FOREIGN KEY
		(organization_id, fallback_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__ring_group__fallback__ivr_menu FOREIGN KEY
		(organization_id, fallback_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__ring_group__fallback__business_hour FOREIGN KEY
		(organization_id, fallback_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__ring_group__fallback__conference_room FOREIGN KEY
		(organization_id, fallback_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__ring_group__fallback CHECK (
		CASE fallback_type
		WHEN 'external' THEN fallback_id IS NULL AND fallback_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND fallback_number IS NOT NULL
		WHEN 'hangup' THEN fallback_id IS NULL AND fallback_number IS NULL
		ELSE fallback_number IS NULL AND IF(fallback_type IS NULL,
			fallback_id IS NULL, fallback_id IS NOT NULL AND fallback_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);

ALTER TABLE ivr_menu
	ADD own_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD timeout_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD timeout_id BIGINT UNSIGNED NULL,
	ADD timeout_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD timeout_extension_id BIGINT UNSIGNED AS (
		IF(timeout_type IN ('extension', 'voicemail'), timeout_id, NULL)) STORED,
	ADD timeout_ring_group_id BIGINT UNSIGNED AS (
		IF(timeout_type = 'ring_group', timeout_id, NULL)) STORED,
	ADD timeout_ivr_menu_id BIGINT UNSIGNED AS (
		IF(timeout_type = 'ivr_menu'
		AND timeout_id <> own_id, timeout_id, NULL)) STORED,
	ADD timeout_business_hour_id BIGINT UNSIGNED AS (
		IF(timeout_type = 'business_hours', timeout_id, NULL)) STORED,
	ADD timeout_conference_room_id BIGINT UNSIGNED AS (
		IF(timeout_type = 'conference_room', timeout_id, NULL)) STORED,
	ADD CONSTRAINT fk__ivr_menu__timeout__extension FOREIGN KEY
		(organization_id, timeout_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu__timeout__ring_group FOREIGN KEY
		(organization_id, timeout_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu__timeout__ivr_menu FOREIGN KEY
		(organization_id, timeout_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu__timeout__business_hour FOREIGN KEY
		(organization_id, timeout_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu__timeout__conference_room FOREIGN KEY
		(organization_id, timeout_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__ivr_menu__timeout CHECK (
		CASE timeout_type
		WHEN 'external' THEN timeout_id IS NULL AND timeout_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND timeout_number IS NOT NULL
		WHEN 'hangup' THEN timeout_id IS NULL AND timeout_number IS NULL
		ELSE timeout_number IS NULL AND IF(timeout_type IS NULL,
			timeout_id IS NULL, timeout_id IS NOT NULL AND timeout_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);

ALTER TABLE ivr_menu_option
	ADD own_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD target_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
	ADD target_id BIGINT UNSIGNED NULL,
	ADD target_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD target_extension_id BIGINT UNSIGNED AS (
		IF(target_type IN ('extension', 'voicemail'), target_id, NULL)) STORED,
	ADD target_ring_group_id BIGINT UNSIGNED AS (
		IF(target_type = 'ring_group', target_id, NULL)) STORED,
	ADD target_ivr_menu_id BIGINT UNSIGNED AS (
		IF(target_type = 'ivr_menu'
		AND target_id <> own_id, target_id, NULL)) STORED,
	ADD target_business_hour_id BIGINT UNSIGNED AS (
		IF(target_type = 'business_hours', target_id, NULL)) STORED,
	ADD target_conference_room_id BIGINT UNSIGNED AS (
		IF(target_type = 'conference_room', target_id, NULL)) STORED,
	ADD CONSTRAINT fk__ivr_menu_option__options__extension FOREIGN KEY
		(organization_id, target_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu_option__options__ring_group FOREIGN KEY
		(organization_id, target_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu_option__options__ivr_menu FOREIGN KEY
		(organization_id, target_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu_option__options__business_hour FOREIGN KEY
		(organization_id, target_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__ivr_menu_option__options__conference_room FOREIGN KEY
		(organization_id, target_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__ivr_menu_option__options__target CHECK (
		CASE target_type
		WHEN 'external' THEN target_id IS NULL AND target_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND target_number IS NOT NULL
		WHEN 'hangup' THEN target_id IS NULL AND target_number IS NULL
		ELSE target_number IS NULL AND IF(target_type IS NULL,
			target_id IS NULL, target_id IS NOT NULL AND target_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);

ALTER TABLE setting
	ADD default_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD default_id BIGINT UNSIGNED NULL,
	ADD default_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD default_extension_id BIGINT UNSIGNED AS (
		IF(default_type IN ('extension', 'voicemail'), default_id, NULL)) STORED,
	ADD default_ring_group_id BIGINT UNSIGNED AS (
		IF(default_type = 'ring_group', default_id, NULL)) STORED,
	ADD default_ivr_menu_id BIGINT UNSIGNED AS (
		IF(default_type = 'ivr_menu', default_id, NULL)) STORED,
	ADD default_business_hour_id BIGINT UNSIGNED AS (
		IF(default_type = 'business_hours', default_id, NULL)) STORED,
	ADD default_conference_room_id BIGINT UNSIGNED AS (
		IF(default_type = 'conference_room', default_id, NULL)) STORED,
	ADD CONSTRAINT fk__setting__default_target__extension FOREIGN KEY
		(organization_id, default_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__setting__default_target__ring_group FOREIGN KEY
		(organization_id, default_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__setting__default_target__ivr_menu FOREIGN KEY
		(organization_id, default_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__setting__default_target__business_hour FOREIGN KEY
		(organization_id, default_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__setting__default_target__conference_room FOREIGN KEY
		(organization_id, default_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__setting__default_target__target CHECK (
		CASE default_type
		WHEN 'external' THEN default_id IS NULL AND default_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND default_number IS NOT NULL
		WHEN 'hangup' THEN default_id IS NULL AND default_number IS NULL
		ELSE default_number IS NULL AND IF(default_type IS NULL,
			default_id IS NULL, default_id IS NOT NULL AND default_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);
