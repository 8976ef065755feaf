-- Organizations, the people in them, operators, keys, sessions.
--
-- How the schema is built (doc/decisions/0004-row-security.md says why):
--
--   A base table is singular (ring_group); the accounts of grants.sql see
--   only the tenant's view, which is plural (ring_groups, views.sql).
--
--   A tenant's table has PRIMARY KEY (organization_id, id).  So no unique key
--   that an INSERT can meet reaches into another tenant, and a tenant's rows
--   lie together.  The plain KEY (id) is there for AUTO_INCREMENT.
--
--   living is 1 for a living row and NULL for a deleted one.  It stands in
--   every unique key, so that a deleted name is free again, and in every
--   reference, so that what is in use cannot be deleted (1451) and nothing
--   can refer to the deleted or to another tenant's (1452).  In a table with
--   deleted_at it is generated.  In a child table (ring_group_member) it is
--   a plain column that follows the parent's by ON UPDATE CASCADE; a restore
--   sets it back to 1 in the same transaction, parent first.
--
--   A secret is sealed by the application (lib/core/crypto.h) and its column
--   ends in _sealed.  Instants are DATETIME(3), UTC.  Texts of a fixed set
--   are VARCHAR with a CHECK, so that a wrong one names its field.
--
-- Constraint names: KIND__TABLE__FIELD, or KIND__TABLE__FIELD__MORE.
--   KIND   uq unique key, fk foreign key, ck check
--   TABLE  the table it stands in
--   FIELD  the field of the client's document that it guards: "pin" for
--          pin_sealed, "caller_id" for caller_id_did_id, "fallback" for
--          fallback_type, _id, _number and all that is generated from them.
--          "id" and "organization" belong to no field of a client.
--   MORE   what tells two constraints of one field apart; of a foreign key
--          the table it refers to: fk__ring_group__fallback__extension

ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_as_ci;

CREATE TABLE organization (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	name VARCHAR(100) NOT NULL,
	slug VARCHAR(63) COLLATE utf8mb4_nopad_bin NOT NULL,
	country CHAR(2) COLLATE utf8mb4_nopad_bin NOT NULL,
	timezone VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	domain VARCHAR(253) COLLATE utf8mb4_nopad_bin NULL,
	domain_uuid CHAR(36) COLLATE utf8mb4_nopad_bin NULL,
	caller_id_did_id BIGINT UNSIGNED NULL,
	emergency_trunk VARCHAR(64) NULL,
	emergency_did_id BIGINT UNSIGNED NULL,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	-- 0: no limit
	limit_extensions INT UNSIGNED NOT NULL DEFAULT 0,
	limit_dids INT UNSIGNED NOT NULL DEFAULT 0,
	limit_concurrent_calls INT UNSIGNED NOT NULL DEFAULT 0,
	limit_storage_mb INT UNSIGNED NOT NULL DEFAULT 0,
	settings LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '{}',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (id),
	CONSTRAINT uq__organization__id UNIQUE (id, living),
	CONSTRAINT uq__organization__slug UNIQUE (slug, living),
	CONSTRAINT uq__organization__domain UNIQUE (domain, living),
	CONSTRAINT uq__organization__domain_uuid UNIQUE (domain_uuid, living),
	KEY name (name),
	CONSTRAINT ck__organization__name CHECK (name <> ''),
	CONSTRAINT ck__organization__slug
		CHECK (slug REGEXP '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'),
	CONSTRAINT ck__organization__country CHECK (country REGEXP '^[A-Z]{2}$'),
	CONSTRAINT ck__organization__domain
		CHECK (domain REGEXP '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$'),
	CONSTRAINT ck__organization__domain_uuid
		CHECK (domain_uuid REGEXP '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
	CONSTRAINT ck__organization__status
		CHECK (status IN ('active', 'suspended')),
	CONSTRAINT ck__organization__settings CHECK (
		JSON_VALID(settings) AND JSON_TYPE(settings) = 'OBJECT')
);

-- Raised by every change of the organization's configuration, in the same
-- transaction.  Organization 0 counts changes of which domain and which key
-- name which tenant.  Not a column of organization: whoever inserts a row of
-- a tenant locks that tenant's organization for the foreign key, and raising
-- a number beside it would deadlock two who do both.
CREATE TABLE generation (
	organization_id BIGINT UNSIGNED NOT NULL,
	number BIGINT UNSIGNED NOT NULL,
	PRIMARY KEY (organization_id)
);
INSERT INTO generation (organization_id, number) VALUES (0, 1);

-- How many rows a tenant has of what is listed, by the name of its view:
-- counted by triggers, because counting 100,000 takes longer than a page of
-- them.  alive and dead: not deleted, and deleted.
CREATE TABLE row_count (
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	alive BIGINT NOT NULL DEFAULT 0,
	dead BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (organization_id, name),
	CONSTRAINT fk__row_count__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- The rows at every few hundred places of a long list, in one of its orders
-- (milestones.sql): at the value of the column that it is sorted by, "name"
-- if that is the name and "plain" otherwise, and the id.  ahead: how many rows
-- stand from there to the next one.
CREATE TABLE milestone (
	organization_id BIGINT UNSIGNED NOT NULL,
	list VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	sorted_by VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
	plain VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(100) NOT NULL,
	row_id BIGINT UNSIGNED NOT NULL,
	ahead BIGINT NOT NULL,
	PRIMARY KEY (organization_id, list, sorted_by, plain, name, row_id),
	CONSTRAINT fk__milestone__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- Generations that Redis was not told yet.
CREATE TABLE outbox (
	organization_id BIGINT UNSIGNED NOT NULL,
	generation BIGINT UNSIGNED NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, generation),
	KEY created_at (created_at)
);

CREATE TABLE user (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	name VARCHAR(100) NOT NULL,
	email VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	role VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'user',
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	phone VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
	password_hash VARCHAR(160) COLLATE utf8mb4_nopad_bin NULL,
	-- Sessions and tokens from before this instant are worth nothing.
	password_changed_at DATETIME(3) NULL,
	totp_sealed VARBINARY(255) NULL,
	totp_confirmed_at DATETIME(3) NULL,
	-- A time step is accepted once.
	totp_last_step BIGINT UNSIGNED NOT NULL DEFAULT 0,
	last_sign_in_at DATETIME(3) NULL,
	settings LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '{}',
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
	KEY by_email (organization_id, living, email),
	KEY by_role (organization_id, living, role),
	KEY by_status (organization_id, living, status),
	KEY by_created_at (organization_id, living, created_at),
	KEY by_updated_at (organization_id, living, updated_at),
	KEY email (email),
	CONSTRAINT uq__user__id UNIQUE (organization_id, id, living),
	CONSTRAINT uq__user__email UNIQUE (organization_id, email, living),
	CONSTRAINT fk__user__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT ck__user__name CHECK (name <> ''),
	CONSTRAINT ck__user__email
		CHECK (email = LOWER(email) AND email LIKE '_%@_%'),
	CONSTRAINT ck__user__role
		CHECK (role IN ('owner', 'admin', 'agent', 'user')),
	CONSTRAINT ck__user__status CHECK (status IN ('active', 'inactive')),
	CONSTRAINT ck__user__phone CHECK (phone REGEXP '^\\+[1-9][0-9]{6,14}$'),
	CONSTRAINT ck__user__settings CHECK (
		JSON_VALID(settings) AND JSON_TYPE(settings) = 'OBJECT')
);

-- Personal access tokens, "id|secret".  What hangs on a user ends with him:
-- living becomes NULL and a restore of the user leaves it so.
CREATE TABLE token (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	user_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	name VARCHAR(100) NOT NULL,
	hash BINARY(32) NOT NULL,
	abilities LONGTEXT COLLATE utf8mb4_bin NOT NULL DEFAULT '[]',
	expires_at DATETIME(3) NULL,
	last_used_at DATETIME(3) NULL,
	-- When it was revoked; it never comes back.
	deleted_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	-- That it was used is no change of it.
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY user_id (organization_id, user_id, living),
	KEY created_at (organization_id, created_at),
	CONSTRAINT fk__token__user_id FOREIGN KEY
		(organization_id, user_id, living)
		REFERENCES user (organization_id, id, living) ON UPDATE CASCADE,
	CONSTRAINT ck__token__name CHECK (name <> ''),
	CONSTRAINT ck__token__abilities CHECK (
		JSON_VALID(abilities) AND JSON_TYPE(abilities) = 'ARRAY')
);

-- Who is signed in.  Redis remembers besides which tenant a session is of and
-- when it was last seen.
CREATE TABLE session (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	user_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	hash BINARY(32) NOT NULL,
	remote VARCHAR(45) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	user_agent VARCHAR(255) NOT NULL DEFAULT '',
	last_seen_at DATETIME(3) NULL,
	expires_at DATETIME(3) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY hash (hash),
	KEY expires_at (expires_at),
	KEY user_id (organization_id, user_id, living),
	CONSTRAINT fk__session__user_id FOREIGN KEY
		(organization_id, user_id, living)
		REFERENCES user (organization_id, id, living) ON UPDATE CASCADE
);

-- What stands in for a one-time code, once each.
CREATE TABLE recovery_code (
	organization_id BIGINT UNSIGNED NOT NULL,
	user_id BIGINT UNSIGNED NOT NULL,
	hash BINARY(32) NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	used_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, user_id, hash),
	KEY user_id (organization_id, user_id, living),
	CONSTRAINT fk__recovery_code__user_id FOREIGN KEY
		(organization_id, user_id, living)
		REFERENCES user (organization_id, id, living) ON UPDATE CASCADE
);

-- Single-use links by which a password is set: a new owner's first one, too.
CREATE TABLE password_link (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	user_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	hash BINARY(32) NOT NULL,
	expires_at DATETIME(3) NOT NULL,
	used_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY hash (hash),
	KEY user_id (organization_id, user_id, living),
	CONSTRAINT fk__password_link__user_id FOREIGN KEY
		(organization_id, user_id, living)
		REFERENCES user (organization_id, id, living) ON UPDATE CASCADE
);

-- Operators of the platform belong to no tenant: their views show the one
-- operator whom the session named (current_operator()).
CREATE TABLE operator (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	name VARCHAR(100) NOT NULL,
	email VARCHAR(254) COLLATE utf8mb4_nopad_bin NOT NULL,
	status VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'active',
	password_hash VARCHAR(160) COLLATE utf8mb4_nopad_bin NULL,
	password_changed_at DATETIME(3) NULL,
	totp_sealed VARBINARY(255) NULL,
	totp_confirmed_at DATETIME(3) NULL,
	totp_last_step BIGINT UNSIGNED NOT NULL DEFAULT 0,
	last_sign_in_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	deleted_at DATETIME(3) NULL,
	living TINYINT UNSIGNED AS (IF(deleted_at IS NULL, 1, NULL)) STORED,
	PRIMARY KEY (id),
	CONSTRAINT uq__operator__id UNIQUE (id, living),
	CONSTRAINT uq__operator__email UNIQUE (email, living),
	CONSTRAINT ck__operator__email
		CHECK (email = LOWER(email) AND email LIKE '_%@_%'),
	CONSTRAINT ck__operator__status CHECK (status IN ('active', 'inactive'))
);

CREATE TABLE operator_session (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	operator_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	hash BINARY(32) NOT NULL,
	remote VARCHAR(45) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT '',
	user_agent VARCHAR(255) NOT NULL DEFAULT '',
	last_seen_at DATETIME(3) NULL,
	expires_at DATETIME(3) NOT NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (operator_id, id),
	KEY id (id),
	KEY hash (hash),
	KEY operator_id (operator_id, living),
	CONSTRAINT fk__operator_session__operator FOREIGN KEY
		(operator_id, living)
		REFERENCES operator (id, living) ON UPDATE CASCADE
);

CREATE TABLE operator_recovery_code (
	operator_id BIGINT UNSIGNED NOT NULL,
	hash BINARY(32) NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	used_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (operator_id, hash),
	KEY operator_id (operator_id, living),
	CONSTRAINT fk__operator_recovery_code__operator FOREIGN KEY
		(operator_id, living)
		REFERENCES operator (id, living) ON UPDATE CASCADE
);

CREATE TABLE operator_password_link (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	operator_id BIGINT UNSIGNED NOT NULL,
	living TINYINT UNSIGNED NULL DEFAULT 1,
	hash BINARY(32) NOT NULL,
	expires_at DATETIME(3) NOT NULL,
	used_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (operator_id, id),
	KEY id (id),
	KEY hash (hash),
	KEY operator_id (operator_id, living),
	CONSTRAINT fk__operator_password_link__operator FOREIGN KEY
		(operator_id, living)
		REFERENCES operator (id, living) ON UPDATE CASCADE
);

-- The keys that a tenant's carrier sends.  One has no end; in a rotation the
-- older ones have, and both are valid until then.
CREATE TABLE voice_key (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
	organization_id BIGINT UNSIGNED NOT NULL,
	hash BINARY(32) NOT NULL,
	key_sealed VARBINARY(512) NOT NULL,
	expires_at DATETIME(3) NULL,
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
	PRIMARY KEY (organization_id, id),
	KEY id (id),
	KEY hash (hash),
	CONSTRAINT fk__voice_key__organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
);

-- How often somebody tried to get in within a minute, when Redis is away.
-- The name is a hash: what was tried may be an address of nobody here.
CREATE TABLE attempt (
	name BINARY(32) NOT NULL,
	number INT UNSIGNED NOT NULL,
	expires_at DATETIME(3) NOT NULL,
	PRIMARY KEY (name),
	KEY expires_at (expires_at)
);
