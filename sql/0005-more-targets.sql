-- Targets of extensions and of business hours, as in 0004.

ALTER TABLE extension
	ADD own_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD target_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD target_id BIGINT UNSIGNED NULL,
	ADD target_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD target_extension_id BIGINT UNSIGNED AS (
		IF(target_type IN ('extension', 'voicemail')
		AND target_id <> own_id, target_id, NULL)) STORED,
	ADD target_ring_group_id BIGINT UNSIGNED AS (
		IF(target_type = 'ring_group', target_id, NULL)) STORED,
	ADD target_ivr_menu_id BIGINT UNSIGNED AS (
		IF(target_type = 'ivr_menu', target_id, NULL)) STORED,
	ADD target_business_hour_id BIGINT UNSIGNED AS (
		IF(target_type = 'business_hours', target_id, NULL)) STORED,
	ADD target_conference_room_id BIGINT UNSIGNED AS (
		IF(target_type = 'conference_room', target_id, NULL)) STORED,
	ADD always_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD always_id BIGINT UNSIGNED NULL,
	ADD always_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD always_extension_id BIGINT UNSIGNED AS (
		IF(always_type IN ('extension', 'voicemail')
		AND always_id <> own_id, always_id, NULL)) STORED,
	ADD always_ring_group_id BIGINT UNSIGNED AS (
		IF(always_type = 'ring_group', always_id, NULL)) STORED,
	ADD always_ivr_menu_id BIGINT UNSIGNED AS (
		IF(always_type = 'ivr_menu', always_id, NULL)) STORED,
	ADD always_business_hour_id BIGINT UNSIGNED AS (
		IF(always_type = 'business_hours', always_id, NULL)) STORED,
	ADD always_conference_room_id BIGINT UNSIGNED AS (
		IF(always_type = 'conference_room', always_id, NULL)) STORED,
	ADD busy_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD busy_id BIGINT UNSIGNED NULL,
	ADD busy_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD busy_extension_id BIGINT UNSIGNED AS (
		IF(busy_type IN ('extension', 'voicemail')
		AND busy_id <> own_id, busy_id, NULL)) STORED,
	ADD busy_ring_group_id BIGINT UNSIGNED AS (
		IF(busy_type = 'ring_group', busy_id, NULL)) STORED,
	ADD busy_ivr_menu_id BIGINT UNSIGNED AS (
		IF(busy_type = 'ivr_menu', busy_id, NULL)) STORED,
	ADD busy_business_hour_id BIGINT UNSIGNED AS (
		IF(busy_type = 'business_hours', busy_id, NULL)) STORED,
	ADD busy_conference_room_id BIGINT UNSIGNED AS (
		IF(busy_type = 'conference_room', busy_id, NULL)) STORED,
	ADD no_answer_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD no_answer_id BIGINT UNSIGNED NULL,
	ADD no_answer_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD no_answer_extension_id BIGINT UNSIGNED AS (
		IF(no_answer_type IN ('extension', 'voicemail')
		AND no_answer_id <> own_id, no_answer_id, NULL)) STORED,
	ADD no_answer_ring_group_id BIGINT UNSIGNED AS (
		IF(no_answer_type = 'ring_group', no_answer_id, NULL)) STORED,
	ADD no_answer_ivr_menu_id BIGINT UNSIGNED AS (
		IF(no_answer_type = 'ivr_menu', no_answer_id, NULL)) STORED,
	ADD no_answer_business_hour_id BIGINT UNSIGNED AS (
		IF(no_answer_type = 'business_hours', no_answer_id, NULL)) STORED,
	ADD no_answer_conference_room_id BIGINT UNSIGNED AS (
		IF(no_answer_type = 'conference_room', no_answer_id, NULL)) STORED,
	ADD CONSTRAINT fk__extension__target__extension FOREIGN KEY
		(organization_id, target_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__extension__target__ring_group FOREIGN KEY
		(organization_id, target_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__extension__target__ivr_menu FOREIGN KEY
		(organization_id, target_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__extension__target__business_hour FOREIGN KEY
		(organization_id, target_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__extension__target__conference_room FOREIGN KEY
		(organization_id, target_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__extension__target CHECK (
		CASE target_type
		WHEN 'external' THEN target_id IS NULL AND target_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND target_number IS NOT NULL
		WHEN 'hangup' THEN target_id IS NULL AND target_number IS NULL
		ELSE target_number IS NULL AND IF(target_type IS NULL,
			target_id IS NULL, target_id IS NOT NULL AND target_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT fk__extension__always__extension FOREIGN KEY
		(organization_id, always_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__extension__always__ring_group FOREIGN KEY
		(organization_id, always_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__extension__always__ivr_menu FOREIGN KEY
		(organization_id, always_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__extension__always__business_hour FOREIGN KEY
		(organization_id, always_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__extension__always__conference_room FOREIGN KEY
		(organization_id, always_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__extension__always CHECK (
		CASE always_type
		WHEN 'external' THEN always_id IS NULL AND always_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND always_number IS NOT NULL
		WHEN 'hangup' THEN always_id IS NULL AND always_number IS NULL
		ELSE always_number IS NULL AND IF(always_type IS NULL,
			always_id IS NULL, always_id IS NOT NULL AND always_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT fk__extension__busy__extension FOREIGN KEY
		(organization_id, busy_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__extension__busy__ring_group FOREIGN KEY
		(organization_id, busy_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__extension__busy__ivr_menu FOREIGN KEY
		(organization_id, busy_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__extension__busy__business_hour FOREIGN KEY
		(organization_id, busy_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__extension__busy__conference_room FOREIGN KEY
		(organization_id, busy_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__extension__busy CHECK (
		CASE busy_type
		WHEN 'external' THEN busy_id IS NULL AND busy_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND busy_number IS NOT NULL
		WHEN 'hangup' THEN busy_id IS NULL AND busy_number IS NULL
		ELSE busy_number IS NULL AND IF(busy_type IS NULL,
			busy_id IS NULL, busy_id IS NOT NULL AND busy_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT fk__extension__no_answer__extension FOREIGN KEY
		(organization_id, no_answer_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__extension__no_answer__ring_group FOREIGN KEY
		(organization_id, no_answer_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__extension__no_answer__ivr_menu FOREIGN KEY
		(organization_id, no_answer_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__extension__no_answer__business_hour FOREIGN KEY
		(organization_id, no_answer_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__extension__no_answer__conference_room FOREIGN KEY
		(organization_id, no_answer_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__extension__no_answer CHECK (
		CASE no_answer_type
		WHEN 'external' THEN no_answer_id IS NULL AND no_answer_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND no_answer_number IS NOT NULL
		WHEN 'hangup' THEN no_answer_id IS NULL AND no_answer_number IS NULL
		ELSE no_answer_number IS NULL AND IF(no_answer_type IS NULL,
			no_answer_id IS NULL, no_answer_id IS NOT NULL AND no_answer_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT ck__extension__target__type CHECK (
		CASE type
		WHEN 'conference' THEN target_type = 'conference_room'
			AND target_type IS NOT NULL
		WHEN 'ring_group' THEN target_type = 'ring_group'
			AND target_type IS NOT NULL
		WHEN 'ivr' THEN target_type = 'ivr_menu'
			AND target_type IS NOT NULL
		WHEN 'forward' THEN target_type IS NOT NULL
		ELSE target_type IS NULL END);

ALTER TABLE business_hour
	ADD own_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
	ADD open_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD open_id BIGINT UNSIGNED NULL,
	ADD open_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD open_extension_id BIGINT UNSIGNED AS (
		IF(open_type IN ('extension', 'voicemail'), open_id, NULL)) STORED,
	ADD open_ring_group_id BIGINT UNSIGNED AS (
		IF(open_type = 'ring_group', open_id, NULL)) STORED,
	ADD open_ivr_menu_id BIGINT UNSIGNED AS (
		IF(open_type = 'ivr_menu', open_id, NULL)) STORED,
	ADD open_business_hour_id BIGINT UNSIGNED AS (
		IF(open_type = 'business_hours'
		AND open_id <> own_id, open_id, NULL)) STORED,
	ADD open_conference_room_id BIGINT UNSIGNED AS (
		IF(open_type = 'conference_room', open_id, NULL)) STORED,
	ADD closed_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD closed_id BIGINT UNSIGNED NULL,
	ADD closed_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD closed_extension_id BIGINT UNSIGNED AS (
		IF(closed_type IN ('extension', 'voicemail'), closed_id, NULL)) STORED,
	ADD closed_ring_group_id BIGINT UNSIGNED AS (
		IF(closed_type = 'ring_group', closed_id, NULL)) STORED,
	ADD closed_ivr_menu_id BIGINT UNSIGNED AS (
		IF(closed_type = 'ivr_menu', closed_id, NULL)) STORED,
	ADD closed_business_hour_id BIGINT UNSIGNED AS (
		IF(closed_type = 'business_hours'
		AND closed_id <> own_id, closed_id, NULL)) STORED,
	ADD closed_conference_room_id BIGINT UNSIGNED AS (
		IF(closed_type = 'conference_room', closed_id, NULL)) STORED,
	ADD exception_type VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	ADD exception_id BIGINT UNSIGNED NULL,
	ADD exception_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
	ADD exception_extension_id BIGINT UNSIGNED AS (
		IF(exception_type IN ('extension', 'voicemail'), exception_id, NULL)) STORED,
	ADD exception_ring_group_id BIGINT UNSIGNED AS (
		IF(exception_type = 'ring_group', exception_id, NULL)) STORED,
	ADD exception_ivr_menu_id BIGINT UNSIGNED AS (
		IF(exception_type = 'ivr_menu', exception_id, NULL)) STORED,
	ADD exception_business_hour_id BIGINT UNSIGNED AS (
		IF(exception_type = 'business_hours'
		AND exception_id <> own_id, exception_id, NULL)) STORED,
	ADD exception_conference_room_id BIGINT UNSIGNED AS (
		IF(exception_type = 'conference_room', exception_id, NULL)) STORED,
	ADD CONSTRAINT fk__business_hour__open__extension FOREIGN KEY
		(organization_id, open_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__open__ring_group FOREIGN KEY
		(organization_id, open_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__open__ivr_menu FOREIGN KEY
		(organization_id, open_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__open__business_hour FOREIGN KEY
		(organization_id, open_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__open__conference_room FOREIGN KEY
		(organization_id, open_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__business_hour__open CHECK (
		CASE open_type
		WHEN 'external' THEN open_id IS NULL AND open_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND open_number IS NOT NULL
		WHEN 'hangup' THEN open_id IS NULL AND open_number IS NULL
		ELSE open_number IS NULL AND IF(open_type IS NULL,
			open_id IS NULL, open_id IS NOT NULL AND open_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT fk__business_hour__closed__extension FOREIGN KEY
		(organization_id, closed_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__closed__ring_group FOREIGN KEY
		(organization_id, closed_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__closed__ivr_menu FOREIGN KEY
		(organization_id, closed_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__closed__business_hour FOREIGN KEY
		(organization_id, closed_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__closed__conference_room FOREIGN KEY
		(organization_id, closed_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__business_hour__closed CHECK (
		CASE closed_type
		WHEN 'external' THEN closed_id IS NULL AND closed_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND closed_number IS NOT NULL
		WHEN 'hangup' THEN closed_id IS NULL AND closed_number IS NULL
		ELSE closed_number IS NULL AND IF(closed_type IS NULL,
			closed_id IS NULL, closed_id IS NOT NULL AND closed_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END),
	ADD CONSTRAINT fk__business_hour__exception__extension FOREIGN KEY
		(organization_id, exception_extension_id, living)
		REFERENCES extension (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__exception__ring_group FOREIGN KEY
		(organization_id, exception_ring_group_id, living)
		REFERENCES ring_group (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__exception__ivr_menu FOREIGN KEY
		(organization_id, exception_ivr_menu_id, living)
		REFERENCES ivr_menu (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__exception__business_hour FOREIGN KEY
		(organization_id, exception_business_hour_id, living)
		REFERENCES business_hour (organization_id, id, living),
	ADD CONSTRAINT fk__business_hour__exception__conference_room FOREIGN KEY
		(organization_id, exception_conference_room_id, living)
		REFERENCES conference_room (organization_id, id, living),
	ADD CONSTRAINT ck__business_hour__exception CHECK (
		CASE exception_type
		WHEN 'external' THEN exception_id IS NULL AND exception_number
			REGEXP '^(\\+[1-9][0-9]{6,14}|sips?:[^ ]+)$'
			AND exception_number IS NOT NULL
		WHEN 'hangup' THEN exception_id IS NULL AND exception_number IS NULL
		ELSE exception_number IS NULL AND IF(exception_type IS NULL,
			exception_id IS NULL, exception_id IS NOT NULL AND exception_type IN
			('extension', 'ring_group', 'ivr_menu', 'business_hours',
			'conference_room', 'voicemail')) END);
