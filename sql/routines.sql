-- What precedes the tenant, and what one account does for all: definer
-- routines with an exact key that return ids and numbers, never rows.
--
-- Applied again whenever this file changes.  A function that writes is said
-- to be DETERMINISTIC because a server with a binary log demands it.

DELIMITER $$

-- The views' only condition.  An unset tenant is an error, so that it can
-- never look like "no rows".
CREATE OR REPLACE FUNCTION current_tenant() RETURNS BIGINT UNSIGNED
DETERMINISTIC NO SQL
BEGIN
	IF COALESCE(@organization_id, 0) = 0 THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no tenant is set';
	END IF;
	RETURN @organization_id;
END $$

CREATE OR REPLACE FUNCTION current_operator() RETURNS BIGINT UNSIGNED
DETERMINISTIC NO SQL
BEGIN
	IF COALESCE(@operator_id, 0) = 0 THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no operator is set';
	END IF;
	RETURN @operator_id;
END $$

CREATE OR REPLACE PROCEDURE keep_tenant(was BIGINT UNSIGNED,
	becomes BIGINT UNSIGNED) NO SQL
BEGIN
	IF was <> becomes THEN
		SIGNAL SQLSTATE '45000'
			SET MESSAGE_TEXT = 'organization_id must not change';
	END IF;
END $$

-- What lists are told of how many rows there are (row_count), by triggers.
CREATE OR REPLACE PROCEDURE count_rows(tenant BIGINT UNSIGNED,
	counted VARCHAR(64), more_alive BIGINT, more_dead BIGINT)
BEGIN
	INSERT INTO row_count (organization_id, name, alive, dead)
		VALUES (tenant, counted, more_alive, more_dead)
		ON DUPLICATE KEY UPDATE alive = alive + more_alive,
			dead = dead + more_dead;
END $$

-- A row was deleted (living 1, then NULL) or restored.
CREATE OR REPLACE PROCEDURE count_living(tenant BIGINT UNSIGNED,
	counted VARCHAR(64), was TINYINT UNSIGNED, is_now TINYINT UNSIGNED)
BEGIN
	IF NOT (was <=> is_now) THEN
		CALL count_rows(tenant, counted, IF(is_now IS NULL, -1, 1),
			IF(is_now IS NULL, 1, -1));
	END IF;
END $$

-- Whose call, whose token, whose session: NULL when it is nobody's.  An id
-- or hash that stands in two tenants' rows is nobody's, too.

CREATE OR REPLACE FUNCTION organization_by_domain(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS BIGINT UNSIGNED
READS SQL DATA
	RETURN (SELECT id FROM organization
		WHERE domain = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION organization_by_domain_uuid(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS BIGINT UNSIGNED
READS SQL DATA
	RETURN (SELECT id FROM organization
		WHERE domain_uuid = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION organization_by_slug(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS BIGINT UNSIGNED
READS SQL DATA
	RETURN (SELECT id FROM organization
		WHERE slug = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION organization_by_voice_key(wanted VARBINARY(512))
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(DISTINCT o.id) = 1, MAX(o.id), NULL)
		FROM voice_key k JOIN organization o
			ON o.id = k.organization_id AND o.living = 1
		WHERE k.hash = wanted AND (k.expires_at IS NULL
			OR k.expires_at > UTC_TIMESTAMP(3))) $$

CREATE OR REPLACE FUNCTION organization_by_token(wanted BIGINT UNSIGNED)
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(o.id), NULL)
		FROM token t JOIN organization o
			ON o.id = t.organization_id AND o.living = 1
		WHERE t.id = wanted) $$

CREATE OR REPLACE FUNCTION organization_by_session(wanted VARBINARY(512))
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(o.id), NULL)
		FROM session s JOIN organization o
			ON o.id = s.organization_id AND o.living = 1
		WHERE s.hash = wanted) $$

CREATE OR REPLACE FUNCTION organization_by_password_link(
	wanted VARBINARY(512)) RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(o.id), NULL)
		FROM password_link l JOIN organization o
			ON o.id = l.organization_id AND o.living = 1
		WHERE l.hash = wanted) $$

-- A prompt or a message that a carrier fetches.
CREATE OR REPLACE FUNCTION organization_by_audio(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS BIGINT UNSIGNED
READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(organization_id), NULL) FROM
		(SELECT organization_id FROM prompt
			WHERE audio_token = wanted AND living = 1
		UNION ALL SELECT organization_id FROM voicemail
			WHERE audio_token = wanted AND living = 1) audio) $$

-- A number of which there can be one over all tenants.
CREATE OR REPLACE FUNCTION number_proved_elsewhere(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS INT
READS SQL DATA
	RETURN EXISTS (SELECT 1 FROM did WHERE proved_number = wanted
		AND organization_id <> current_tenant()) $$

-- Who may be signing in: "organization:user,organization:user", '' for none.
CREATE OR REPLACE FUNCTION users_by_email(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS TEXT
READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(
			CONCAT(u.organization_id, ':', u.id)
			ORDER BY u.organization_id SEPARATOR ','), '')
		FROM user u JOIN organization o
			ON o.id = u.organization_id AND o.living = 1
		WHERE u.email = wanted AND u.living = 1) $$

CREATE OR REPLACE FUNCTION operator_by_email(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS BIGINT UNSIGNED
READS SQL DATA
	RETURN (SELECT id FROM operator WHERE email = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION operator_by_session(wanted VARBINARY(512))
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(operator_id), NULL)
		FROM operator_session WHERE hash = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION operator_by_password_link(wanted VARBINARY(512))
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = 1, MAX(operator_id), NULL)
		FROM operator_password_link
		WHERE hash = wanted AND living = 1) $$

CREATE OR REPLACE FUNCTION operator_create(
	new_name VARCHAR(512), new_email VARCHAR(512)) RETURNS BIGINT UNSIGNED
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	INSERT INTO operator (name, email) VALUES (new_name, new_email);
	RETURN LAST_INSERT_ID();
END $$

CREATE OR REPLACE FUNCTION operator_ids() RETURNS TEXT
READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(id ORDER BY id SEPARATOR ','), '')
		FROM operator WHERE living = 1) $$

-- Lists of organizations: at most `most` ids above `after`, "3,5,9", whose
-- name, slug or domain contains the text; NULL status is any.  with_deleted:
-- 0 the living, 1 the deleted, NULL both.

CREATE OR REPLACE FUNCTION organization_ids(search VARCHAR(512),
	wanted_status VARCHAR(16), with_deleted TINYINT,
	after BIGINT UNSIGNED, most INT UNSIGNED) RETURNS TEXT
READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(id ORDER BY id SEPARATOR ','), '')
		FROM (SELECT id FROM organization
			WHERE id > after
			AND (wanted_status IS NULL OR status = wanted_status)
			AND (with_deleted IS NULL
				OR (deleted_at IS NOT NULL) = with_deleted)
			AND (search IS NULL OR LOCATE(search, name) > 0
				OR LOCATE(search, slug) > 0
				OR LOCATE(search, domain) > 0)
			ORDER BY id LIMIT most) page) $$

-- A page of that list in an order: "total:3,5,9".  wanted_living: 1 the
-- living, 0 the deleted, NULL both; search: a LIKE pattern with '!'; by_one and
-- by_two: name, id, created_at or updated_at, downwards with '-' before it.
CREATE OR REPLACE FUNCTION organization_page(wanted_living TINYINT,
	search VARCHAR(512), wanted_status VARCHAR(16),
	path_1 VARCHAR(512), value_1 VARCHAR(512),
	path_2 VARCHAR(512), value_2 VARCHAR(512),
	path_3 VARCHAR(512), value_3 VARCHAR(512),
	by_one VARCHAR(16), by_two VARCHAR(16),
	skipped BIGINT UNSIGNED, most INT UNSIGNED) RETURNS TEXT
READS SQL DATA
BEGIN
	DECLARE total BIGINT UNSIGNED DEFAULT (SELECT COUNT(*)
		FROM organization WHERE (wanted_living IS NULL
			OR (deleted_at IS NULL) = wanted_living)
		AND (search IS NULL OR name LIKE search ESCAPE '!'
			OR slug LIKE LOWER(search) ESCAPE '!'
			OR domain LIKE LOWER(search) ESCAPE '!')
		AND (wanted_status IS NULL OR status = wanted_status)
		AND (path_1 IS NULL
			OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_1)) = value_1)
		AND (path_2 IS NULL
			OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_2)) = value_2)
		AND (path_3 IS NULL
			OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_3)) = value_3));
	RETURN CONCAT(total, ':', COALESCE((SELECT
		GROUP_CONCAT(id ORDER BY up_1, down_1 DESC, number_1,
			up_2, down_2 DESC, number_2, id SEPARATOR ',')
		FROM (SELECT id,
			IF(by_one = 'name', name, NULL) AS up_1,
			IF(by_one = '-name', name, NULL) AS down_1,
			CASE by_one WHEN 'id' THEN id
				WHEN '-id' THEN -CAST(id AS SIGNED)
				WHEN 'created_at' THEN UNIX_TIMESTAMP(created_at)
				WHEN '-created_at' THEN -UNIX_TIMESTAMP(created_at)
				WHEN 'updated_at' THEN UNIX_TIMESTAMP(updated_at)
				WHEN '-updated_at' THEN -UNIX_TIMESTAMP(updated_at)
				END AS number_1,
			IF(by_two = 'name', name, NULL) AS up_2,
			IF(by_two = '-name', name, NULL) AS down_2,
			CASE by_two WHEN 'id' THEN id
				WHEN '-id' THEN -CAST(id AS SIGNED)
				WHEN 'created_at' THEN UNIX_TIMESTAMP(created_at)
				WHEN '-created_at' THEN -UNIX_TIMESTAMP(created_at)
				WHEN 'updated_at' THEN UNIX_TIMESTAMP(updated_at)
				WHEN '-updated_at' THEN -UNIX_TIMESTAMP(updated_at)
				END AS number_2
			FROM organization WHERE (wanted_living IS NULL
				OR (deleted_at IS NULL) = wanted_living)
			AND (search IS NULL OR name LIKE search ESCAPE '!'
				OR slug LIKE LOWER(search) ESCAPE '!'
				OR domain LIKE LOWER(search) ESCAPE '!')
			AND (wanted_status IS NULL OR status = wanted_status)
			AND (path_1 IS NULL
				OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_1)) = value_1)
			AND (path_2 IS NULL
				OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_2)) = value_2)
			AND (path_3 IS NULL
				OR JSON_UNQUOTE(JSON_EXTRACT(settings, path_3)) = value_3)
			ORDER BY up_1, down_1 DESC, number_1, up_2,
				down_2 DESC, number_2, id
			LIMIT skipped, most) page), ''));
END $$

-- An organization begins and ends here; the rest of it is changed through
-- its view, as that tenant.

CREATE OR REPLACE FUNCTION organization_create(new_name VARCHAR(512),
	new_slug VARCHAR(512), new_country VARCHAR(16),
	new_timezone VARCHAR(512)) RETURNS BIGINT UNSIGNED
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE new_id BIGINT UNSIGNED;
	INSERT INTO organization (name, slug, country, timezone)
		VALUES (new_name, new_slug, new_country, new_timezone);
	SET new_id = LAST_INSERT_ID();
	INSERT INTO setting (organization_id) VALUES (new_id);
	INSERT INTO generation (organization_id, number) VALUES (new_id, 1);
	-- The rest of the transaction is the new tenant's.
	SET @organization_id = new_id;
	RETURN new_id;
END $$

-- Its numbers are proved no more, so that others can prove them.  Returns
-- the number of organizations deleted: 0 or 1.
CREATE OR REPLACE FUNCTION organization_delete() RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE affected INT;
	UPDATE organization SET deleted_at = UTC_TIMESTAMP(3)
		WHERE id = current_tenant() AND living = 1;
	SET affected = ROW_COUNT();
	IF affected > 0 THEN
		UPDATE did SET proved_at = NULL
			WHERE organization_id = current_tenant()
			AND proved_at IS NOT NULL;
		DELETE FROM session WHERE organization_id = current_tenant();
	END IF;
	RETURN affected;
END $$

CREATE OR REPLACE FUNCTION organization_restore() RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE affected INT;
	UPDATE organization SET deleted_at = NULL
		WHERE id = current_tenant() AND living IS NULL;
	SET affected = ROW_COUNT();
	IF affected > 0 THEN
		UPDATE setting SET living = 1
			WHERE organization_id = current_tenant();
		UPDATE carrier_step SET living = 1
			WHERE organization_id = current_tenant();
	END IF;
	RETURN affected;
END $$

-- Generations (lib/store/generation.h).  Organization 0: all of them.

CREATE OR REPLACE FUNCTION generation_of(wanted BIGINT UNSIGNED)
RETURNS BIGINT UNSIGNED READS SQL DATA
	RETURN COALESCE((SELECT number FROM generation
		WHERE organization_id = wanted), 0) $$

CREATE OR REPLACE FUNCTION generation_raise(raised BIGINT UNSIGNED)
RETURNS BIGINT UNSIGNED DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE now_is BIGINT UNSIGNED;
	IF raised <> 0 THEN
		CALL keep_tenant(current_tenant(), raised);
	END IF;
	INSERT INTO generation (organization_id, number) VALUES (raised, 1)
		ON DUPLICATE KEY UPDATE number = number + 1;
	SELECT number INTO now_is FROM generation
		WHERE organization_id = raised;
	INSERT INTO outbox (organization_id, generation)
		VALUES (raised, now_is);
	RETURN now_is;
END $$

-- Redis knows this generation and all before it.
CREATE OR REPLACE FUNCTION generation_sent(sent BIGINT UNSIGNED,
	known BIGINT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DELETE FROM outbox
		WHERE organization_id = sent AND generation <= known;
	RETURN ROW_COUNT();
END $$

-- The newest file of the schema that was applied whole; "" while one is not.
CREATE OR REPLACE FUNCTION schema_newest() RETURNS VARCHAR(100)
READS SQL DATA
	RETURN (SELECT IF(COUNT(*) = COUNT(finished_at),
			COALESCE(MAX(file), ''), '')
		FROM schema_version WHERE file REGEXP '^[0-9]{4}-') $$

-- What Redis was not told, oldest first: "organization:generation,...".
CREATE OR REPLACE FUNCTION generations_unsent(most INT UNSIGNED) RETURNS TEXT
READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(CONCAT(organization_id, ':',
			generation) SEPARATOR ','), '')
		FROM (SELECT organization_id, MAX(generation) AS generation
			FROM outbox GROUP BY organization_id
			ORDER BY MIN(created_at) LIMIT most) page) $$

-- What changed in the last seconds: "organization:generation,...".
CREATE OR REPLACE FUNCTION generations_since(seconds INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(CONCAT(organization_id, ':',
			number) SEPARATOR ','), '')
		FROM generation
		WHERE changed_at >= NOW(3) - INTERVAL seconds SECOND) $$

-- Has another organization proved that the number is its own?  Whose it is
-- nobody is told.
CREATE OR REPLACE FUNCTION did_is_taken(
	wanted VARCHAR(512) COLLATE utf8mb4_nopad_bin) RETURNS INT
READS SQL DATA
	RETURN EXISTS (SELECT 1 FROM did WHERE proved_number = wanted
		AND organization_id <> current_tenant()) $$

-- Counters when Redis is away (lib/voice/counters.h).

-- How many calls the group had before this one; asked again for the same
-- call the answer is the same.  Without a key every request is a call.
CREATE OR REPLACE FUNCTION ring_group_call(wanted BIGINT UNSIGNED,
	wanted_key VARCHAR(512) COLLATE utf8mb4_nopad_bin)
RETURNS BIGINT UNSIGNED DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE tenant BIGINT UNSIGNED DEFAULT current_tenant();
	DECLARE counted BIGINT UNSIGNED;
	DECLARE is_new INT DEFAULT 1;
	IF COALESCE(wanted_key, '') <> '' THEN
		-- The row is locked at once: a repeat at the same time waits.
		INSERT INTO ring_group_start
			(organization_id, ring_group_id, call_key)
			VALUES (tenant, wanted, wanted_key)
			ON DUPLICATE KEY UPDATE start = start;
		SET is_new = ROW_COUNT();
	END IF;
	IF is_new = 0 THEN
		RETURN (SELECT start FROM ring_group_start
			WHERE organization_id = tenant
			AND ring_group_id = wanted AND call_key = wanted_key);
	END IF;
	INSERT INTO counter (organization_id, name, number)
		VALUES (tenant, CONCAT('ring_group:', wanted), 1)
		ON DUPLICATE KEY UPDATE number = number + 1;
	SELECT number - 1 INTO counted FROM counter
		WHERE organization_id = tenant
		AND name = CONCAT('ring_group:', wanted);
	UPDATE ring_group_start SET start = counted
		WHERE organization_id = tenant
		AND ring_group_id = wanted AND call_key = wanted_key;
	RETURN counted;
END $$

CREATE OR REPLACE FUNCTION pin_locked(kind VARCHAR(16), wanted BIGINT UNSIGNED)
RETURNS INT READS SQL DATA
	RETURN EXISTS (SELECT 1 FROM counter
		WHERE organization_id = current_tenant()
		AND name = CONCAT('pin_lock:', kind, ':', wanted)
		AND expires_at > UTC_TIMESTAMP(3)) $$

-- 20 within 10 minutes lock for 15; returns how many there are.
CREATE OR REPLACE FUNCTION wrong_pin(kind VARCHAR(16), wanted BIGINT UNSIGNED)
RETURNS INT DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE tenant BIGINT UNSIGNED DEFAULT current_tenant();
	DECLARE wrong_ones VARCHAR(128)
		DEFAULT CONCAT('wrong_pins:', kind, ':', wanted);
	DECLARE counted INT;
	INSERT INTO counter (organization_id, name, number, expires_at)
		VALUES (tenant, wrong_ones, 1,
			UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE)
		ON DUPLICATE KEY UPDATE
			number = IF(expires_at > UTC_TIMESTAMP(3),
				number + 1, 1),
			expires_at = IF(number > 1, expires_at,
				UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE);
	SELECT number INTO counted FROM counter
		WHERE organization_id = tenant AND name = wrong_ones;
	IF counted >= 20 THEN
		INSERT INTO counter (organization_id, name, number, expires_at)
			VALUES (tenant, CONCAT('pin_lock:', kind, ':', wanted),
				1, UTC_TIMESTAMP(3) + INTERVAL 15 MINUTE)
			ON DUPLICATE KEY UPDATE expires_at =
				UTC_TIMESTAMP(3) + INTERVAL 15 MINUTE;
		DELETE FROM counter
			WHERE organization_id = tenant AND name = wrong_ones;
	END IF;
	RETURN counted;
END $$

-- How many tests of notifications the tenant asked for in this minute, this
-- one included: they reach people who did not ask for them.
CREATE OR REPLACE FUNCTION notification_tests() RETURNS BIGINT UNSIGNED
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE tenant BIGINT UNSIGNED DEFAULT current_tenant();
	INSERT INTO counter (organization_id, name, number, expires_at)
		VALUES (tenant, 'notification_tests', 1,
			UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)
		ON DUPLICATE KEY UPDATE
			number = IF(expires_at > UTC_TIMESTAMP(3),
				number + 1, 1),
			expires_at = IF(number > 1, expires_at,
				UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE);
	RETURN (SELECT number FROM counter WHERE organization_id = tenant
		AND name = 'notification_tests');
END $$

-- Calls that have events which are not in them yet, by tenant, and for how many
-- milliseconds; of at most so many events, the oldest above that id: how many
-- they are, and the last one's id.  What was folded a moment ago still looks to
-- the optimizer as if it waited, and then it would look through all there are.
CREATE OR REPLACE PROCEDURE events_unfolded(after BIGINT UNSIGNED,
	most INT UNSIGNED)
READS SQL DATA
	SELECT organization_id, call_key, TIMESTAMPDIFF(MICROSECOND,
			MIN(created_at), UTC_TIMESTAMP(3)) DIV 1000,
			COUNT(*), MAX(id) FROM
		(SELECT organization_id, call_key, created_at, id
			FROM call_event FORCE INDEX (unfolded)
			WHERE unfolded = 1 AND id > after
			ORDER BY id LIMIT most) oldest
		GROUP BY organization_id, call_key
		ORDER BY organization_id, MIN(id) $$

-- Of those the ones that tell of a call's progress: of a call that has too many
-- of them they are not read (lib/worker/folding_full.c).
CREATE OR REPLACE PROCEDURE events_passed(
	wanted VARCHAR(128) COLLATE utf8mb4_nopad_bin, after BIGINT UNSIGNED,
	most INT UNSIGNED)
READS SQL DATA
	SELECT id FROM
		(SELECT organization_id, call_key, kind, id FROM call_event
			FORCE INDEX (unfolded)
			WHERE unfolded = 1 AND id > after
			ORDER BY id LIMIT most) oldest
		WHERE organization_id = current_tenant() AND call_key = wanted
		AND kind IN ('call-initiated', 'call-status',
			'session-update') $$

-- Some of the others, as FOLDING_EVENTS reads them.  By what waits, not by the
-- call: most of its own may be folded.
CREATE OR REPLACE PROCEDURE events_late(
	wanted VARCHAR(128) COLLATE utf8mb4_nopad_bin, after BIGINT UNSIGNED,
	most INT UNSIGNED, some INT UNSIGNED)
READS SQL DATA
	SELECT STRAIGHT_JOIN e.id, e.kind, e.event_hash,
		IF(LENGTH(e.body) <= 8192, e.body, NULL), e.occurred_at,
		e.created_at, e.unfolded, e.call_key, LENGTH(e.body) FROM
		(SELECT organization_id, call_key, kind, id FROM call_event
			FORCE INDEX (unfolded)
			WHERE unfolded = 1 AND id > after
			ORDER BY id LIMIT most) oldest
		JOIN call_event e FORCE INDEX (id) ON e.id = oldest.id
			AND e.organization_id = oldest.organization_id
		WHERE oldest.organization_id = current_tenant()
		AND oldest.call_key = wanted
		AND oldest.kind NOT IN ('call-initiated', 'call-status',
			'session-update')
		ORDER BY oldest.id LIMIT some $$

-- Deliveries (lib/store/delivery.h).  Whoever has claimed one is known by the
-- number of its attempt: a later one has taken it over.

CREATE OR REPLACE FUNCTION delivery_put(tenant BIGINT UNSIGNED,
	notification BIGINT UNSIGNED, new_kind VARCHAR(16),
	new_key VARCHAR(64), content MEDIUMBLOB) RETURNS BIGINT UNSIGNED
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	IF tenant <> 0 THEN
		CALL keep_tenant(current_tenant(), tenant);
	END IF;
	INSERT INTO delivery (organization_id, notification_id, kind, job_key,
		content_sealed)
		VALUES (tenant, notification, new_kind, new_key, content);
	RETURN LAST_INSERT_ID();
END $$

-- The one that waits longest, sealed; no row when none is due.
CREATE OR REPLACE PROCEDURE delivery_claim(
	wanted VARCHAR(16) COLLATE utf8mb4_nopad_bin, lease INT UNSIGNED)
MODIFIES SQL DATA
BEGIN
	DECLARE tenant, claimed BIGINT UNSIGNED DEFAULT NULL;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET claimed = NULL;
	SELECT organization_id, id INTO tenant, claimed FROM delivery
		WHERE kind = wanted AND next_at <= UTC_TIMESTAMP(3)
		ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
	UPDATE delivery SET attempts = attempts + 1,
		next_at = UTC_TIMESTAMP(3) + INTERVAL lease SECOND
		WHERE organization_id = tenant AND id = claimed;
	SELECT organization_id, id, notification_id, kind, job_key, attempts,
		content_sealed FROM delivery
		WHERE organization_id = tenant AND id = claimed;
END $$

CREATE OR REPLACE FUNCTION delivery_done(tenant BIGINT UNSIGNED,
	wanted BIGINT UNSIGNED, attempt INT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	UPDATE notification n JOIN delivery d
		ON d.organization_id = n.organization_id
			AND d.notification_id = n.id
		SET n.delivered_at = UTC_TIMESTAMP(3), n.failure = NULL,
			n.updated_at = n.updated_at
		WHERE d.organization_id = tenant AND d.id = wanted
		AND d.attempts = attempt;
	DELETE FROM delivery WHERE organization_id = tenant AND id = wanted
		AND attempts = attempt;
	RETURN ROW_COUNT();
END $$

-- Due again after the pause, or parked when it is 0.
CREATE OR REPLACE FUNCTION delivery_failed(tenant BIGINT UNSIGNED,
	wanted BIGINT UNSIGNED, attempt INT UNSIGNED,
	why VARCHAR(500), pause INT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	UPDATE notification n JOIN delivery d
		ON d.organization_id = n.organization_id
			AND d.notification_id = n.id
		SET n.failed_at = UTC_TIMESTAMP(3), n.failure = why,
			n.updated_at = n.updated_at
		WHERE d.organization_id = tenant AND d.id = wanted
		AND d.attempts = attempt;
	IF pause > 0 THEN
		UPDATE delivery SET failure = why,
			next_at = UTC_TIMESTAMP(3) + INTERVAL pause SECOND
			WHERE organization_id = tenant AND id = wanted
			AND attempts = attempt;
		RETURN ROW_COUNT();
	END IF;
	INSERT INTO parked_job (organization_id, queue, job_key, payload,
		attempts, failure)
		SELECT organization_id, 'deliveries', job_key,
			JSON_OBJECT('kind', kind,
				'notification_id', notification_id,
				'content_sealed', HEX(content_sealed)),
			attempts, why FROM delivery
		WHERE organization_id = tenant AND id = wanted
		AND attempts = attempt;
	DELETE FROM delivery WHERE organization_id = tenant AND id = wanted
		AND attempts = attempt;
	RETURN ROW_COUNT();
END $$

-- Notices (lib/worker/notices.h).  Triggers call this.
CREATE OR REPLACE PROCEDURE notice_put(tenant BIGINT UNSIGNED,
	new_event VARCHAR(16), new_key VARCHAR(191), new_text VARCHAR(2000))
MODIFIES SQL DATA
	INSERT INTO notice (organization_id, event, notice_key, text)
		VALUES (tenant, new_event, new_key, LEFT(new_text, 1000))
		ON DUPLICATE KEY UPDATE id = id $$

-- Those that nobody was told of yet: "notice:ORGANIZATION:ID,…".
CREATE OR REPLACE FUNCTION notices_pending(age INT UNSIGNED, most INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(CONCAT('notice:',
			organization_id, ':', id) ORDER BY id SEPARATOR ','), '')
		FROM (SELECT organization_id, id FROM notice WHERE pending = 1
			AND created_at <= UTC_TIMESTAMP(3) - INTERVAL age SECOND
			ORDER BY id LIMIT most) rows_found) $$

-- The worker's sweep: rows that are work, for the jobs that Redis lost.

-- Audio to be fetched, of rows older than so many seconds:
-- "recording:ORGANIZATION:ID,voicemail:ORGANIZATION:ID".
CREATE OR REPLACE FUNCTION audio_unfetched(age INT UNSIGNED, most INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(job SEPARATOR ','), '') FROM
		((SELECT CONCAT('recording:', organization_id, ':', id) AS job
			FROM recording WHERE unfetched = 1 AND created_at <=
				UTC_TIMESTAMP(3) - INTERVAL age SECOND
			ORDER BY id LIMIT most)
		UNION ALL (SELECT CONCAT('voicemail:', organization_id, ':', id)
			FROM voicemail WHERE unfetched = 1 AND created_at <=
				UTC_TIMESTAMP(3) - INTERVAL age SECOND
			ORDER BY id LIMIT most)) jobs) $$

-- Organizations that have CDRs which no sum counts yet: "3,5,9".
CREATE OR REPLACE FUNCTION cdrs_unfolded(age INT UNSIGNED, most INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(DISTINCT organization_id
			ORDER BY organization_id SEPARATOR ','), '')
		FROM (SELECT organization_id FROM cdr FORCE INDEX (unfolded)
			WHERE unfolded = 1 AND created_at <=
				UTC_TIMESTAMP(3) - INTERVAL age SECOND
			ORDER BY id LIMIT most) rows_found) $$

-- All living organizations, those that were called last first: "5,3,9".
CREATE OR REPLACE FUNCTION organizations_by_call(most INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(id ORDER BY called DESC, id
			SEPARATOR ','), '')
		FROM (SELECT o.id, c.called FROM organization o LEFT JOIN
			(SELECT organization_id, MAX(created_at) AS called
				FROM `call` GROUP BY organization_id) c
			ON c.organization_id = o.id
			WHERE o.living = 1
			ORDER BY c.called DESC, o.id LIMIT most) page) $$

-- What is over, oldest first: "recording:ORGANIZATION:ID,...": its time came,
-- or it was deleted so many days ago.
CREATE OR REPLACE FUNCTION audio_expired(days INT UNSIGNED, most INT UNSIGNED)
RETURNS LONGTEXT READS SQL DATA
	RETURN (SELECT COALESCE(GROUP_CONCAT(job SEPARATOR ','), '') FROM
		((SELECT CONCAT('recording:', organization_id, ':', id) AS job
			FROM recording WHERE expires_at <= UTC_TIMESTAMP(3)
			ORDER BY expires_at LIMIT most)
		UNION (SELECT CONCAT('recording:', organization_id, ':', id)
			FROM recording WHERE deleted_at <=
				UTC_TIMESTAMP(3) - INTERVAL days DAY
			ORDER BY deleted_at LIMIT most)
		UNION (SELECT CONCAT('voicemail:', organization_id, ':', id)
			FROM voicemail WHERE expires_at <= UTC_TIMESTAMP(3)
			ORDER BY expires_at LIMIT most)
		UNION (SELECT CONCAT('voicemail:', organization_id, ':', id)
			FROM voicemail WHERE deleted_at <=
				UTC_TIMESTAMP(3) - INTERVAL days DAY
			ORDER BY deleted_at LIMIT most)) jobs) $$

-- Removes at most so many rows of one table that are of no use any more, and
-- says how many there were.  Ids grow with time, so that of events and audit
-- only the lowest are looked at.
CREATE OR REPLACE FUNCTION forget(wanted VARCHAR(32) COLLATE utf8mb4_nopad_bin,
	days INT UNSIGNED, most INT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE now_is DATETIME(3) DEFAULT UTC_TIMESTAMP(3);
	DECLARE before_it DATETIME(3)
		DEFAULT UTC_TIMESTAMP(3) - INTERVAL days DAY;
	CASE wanted
	WHEN 'call_event' THEN
		DELETE e FROM call_event e JOIN (SELECT organization_id, id
			FROM call_event ORDER BY id LIMIT most) oldest
			ON oldest.organization_id = e.organization_id
				AND oldest.id = e.id
			WHERE e.created_at < before_it;
	WHEN 'idempotency_key' THEN
		DELETE FROM idempotency_key WHERE expires_at < now_is
			ORDER BY expires_at LIMIT most;
	WHEN 'operator_idempotency_key' THEN
		DELETE FROM operator_idempotency_key WHERE expires_at < now_is
			ORDER BY expires_at LIMIT most;
	WHEN 'counter' THEN
		DELETE FROM counter WHERE expires_at < now_is
			ORDER BY expires_at LIMIT most;
	WHEN 'attempt' THEN
		DELETE FROM attempt WHERE expires_at < now_is
			ORDER BY expires_at LIMIT most;
	WHEN 'ring_group_start' THEN
		DELETE FROM ring_group_start WHERE created_at < before_it
			ORDER BY created_at LIMIT most;
	WHEN 'session' THEN
		DELETE FROM session WHERE expires_at < now_is
			ORDER BY expires_at LIMIT most;
	WHEN 'operator_session' THEN
		DELETE FROM operator_session WHERE expires_at < now_is
			LIMIT most;
	WHEN 'password_link' THEN
		DELETE FROM password_link WHERE expires_at < before_it
			LIMIT most;
	WHEN 'operator_password_link' THEN
		DELETE FROM operator_password_link WHERE expires_at < before_it
			LIMIT most;
	WHEN 'recovery_code' THEN
		DELETE FROM recovery_code WHERE used_at < before_it LIMIT most;
	WHEN 'operator_recovery_code' THEN
		DELETE FROM operator_recovery_code WHERE used_at < before_it
			LIMIT most;
	WHEN 'voice_key' THEN
		DELETE FROM voice_key WHERE expires_at < before_it LIMIT most;
	WHEN 'notice' THEN
		DELETE FROM notice WHERE created_at < before_it
			ORDER BY created_at LIMIT most;
	WHEN 'parked_job' THEN
		DELETE FROM parked_job WHERE parked_at < before_it
			ORDER BY parked_at LIMIT most;
	WHEN 'outbox' THEN
		-- The newest of a tenant stands for those before it.
		DELETE old FROM outbox old JOIN outbox newer
			ON newer.organization_id = old.organization_id
				AND newer.generation > old.generation;
		RETURN 0;
	END CASE;
	RETURN ROW_COUNT();
END $$

-- Parked jobs of all tenants and of the platform (0), for opbxctl: the oldest
-- above that id; of one tenant or queue where they are named.
CREATE OR REPLACE PROCEDURE parked_jobs_list(after BIGINT UNSIGNED,
	tenant BIGINT UNSIGNED, wanted VARCHAR(32) COLLATE utf8mb4_nopad_bin,
	most INT UNSIGNED)
READS SQL DATA
	SELECT id, organization_id, queue, job_key, attempts, failure,
		parked_at FROM parked_job WHERE id > after
		AND (tenant IS NULL OR organization_id = tenant)
		AND (wanted IS NULL OR queue = wanted)
		ORDER BY id LIMIT most $$

CREATE OR REPLACE FUNCTION parked_job_drop(wanted BIGINT UNSIGNED)
RETURNS INT DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DELETE FROM parked_job WHERE id = wanted;
	RETURN ROW_COUNT();
END $$

-- Its row is due again, as if it had never failed; where Redis is to be told,
-- too, that is left to the caller.  Returns how many jobs there were: 0 or 1;
-- 0 as well for an event that is refused again, and stays.
CREATE OR REPLACE FUNCTION parked_job_retry(wanted BIGINT UNSIGNED)
RETURNS INT DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE parked_queue, parked_key VARCHAR(64)
		COLLATE utf8mb4_nopad_bin DEFAULT NULL;
	DECLARE parked_call VARCHAR(128) COLLATE utf8mb4_nopad_bin;
	DECLARE refused TINYINT DEFAULT 0;
	DECLARE tenant, row_id BIGINT UNSIGNED DEFAULT NULL;
	SELECT queue, job_key, organization_id
		INTO parked_queue, parked_key, tenant
		FROM parked_job WHERE id = wanted FOR UPDATE;
	IF parked_queue IS NULL THEN
		RETURN 0;
	ELSEIF parked_queue = 'events' THEN
		BEGIN
			DECLARE EXIT HANDLER FOR SQLSTATE '40001' RESIGNAL;
			DECLARE EXIT HANDLER FOR SQLEXCEPTION SET refused = 1;
			INSERT INTO call_event (organization_id, call_key,
				kind, event_hash, body, occurred_at)
				SELECT organization_id,
					JSON_VALUE(payload, '$.call_key'),
					JSON_VALUE(payload, '$.kind'),
					UNHEX(job_key),
					JSON_VALUE(payload, '$.body'),
					JSON_VALUE(payload, '$.occurred_at')
				FROM parked_job WHERE id = wanted
				ON DUPLICATE KEY UPDATE
					event_hash = VALUES(event_hash);
		END;
		IF refused THEN
			RETURN 0;
		END IF;
	ELSEIF parked_queue = 'deliveries' THEN
		INSERT INTO delivery (organization_id, notification_id, kind,
			job_key, content_sealed)
			SELECT organization_id,
				JSON_VALUE(payload, '$.notification_id'),
				JSON_VALUE(payload, '$.kind'), job_key,
				UNHEX(JSON_VALUE(payload, '$.content_sealed'))
			FROM parked_job WHERE id = wanted;
	ELSEIF parked_queue = 'recordings' THEN
		SET row_id = SUBSTRING_INDEX(parked_key, ':', -1);
		IF parked_key LIKE 'recording:%' THEN
			UPDATE recording SET state = 'pending', failure = NULL
				WHERE organization_id = tenant AND id = row_id
				AND state = 'failed';
		ELSE
			UPDATE voicemail SET state = 'pending', failure = NULL
				WHERE organization_id = tenant AND id = row_id
				AND state = 'failed';
		END IF;
	ELSEIF parked_queue = 'notifications' THEN
		SET row_id = SUBSTRING_INDEX(parked_key, ':', -1);
		UPDATE notice SET pending = 1
			WHERE organization_id = tenant AND id = row_id;
	ELSEIF parked_queue = 'fold' THEN
		SELECT LEFT(payload, 128) INTO parked_call
			FROM parked_job WHERE id = wanted;
		UPDATE call_event SET unfolded = 1
			WHERE organization_id = tenant
			AND call_key = parked_call AND unfolded = 2;
	END IF;
	DELETE FROM parked_job WHERE id = wanted;
	RETURN ROW_COUNT();
END $$

-- The carrier's side (lib/store/carrier_due.h).  Triggers call the first.

CREATE OR REPLACE PROCEDURE carrier_now(tenant BIGINT UNSIGNED)
MODIFIES SQL DATA
	INSERT INTO carrier_due (organization_id, due_at)
		VALUES (tenant, UTC_TIMESTAMP(3))
		ON DUPLICATE KEY UPDATE due_at = LEAST(UTC_TIMESTAMP(3),
			COALESCE(due_at, UTC_TIMESTAMP(3))) $$

CREATE OR REPLACE FUNCTION carrier_wanted() RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	CALL carrier_now(current_tenant());
	RETURN 1;
END $$

-- The tenant that waits longest, or the one that is wanted; no row when none
-- is due.  leased_until is also the name of the lease.
CREATE OR REPLACE PROCEDURE carrier_claim(wanted BIGINT UNSIGNED,
	lease INT UNSIGNED) MODIFIES SQL DATA
BEGIN
	DECLARE claimed BIGINT UNSIGNED DEFAULT NULL;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET claimed = NULL;
	IF wanted IS NULL THEN
		SELECT organization_id INTO claimed FROM carrier_due
			WHERE due_at <= UTC_TIMESTAMP(3)
			AND COALESCE(leased_until, '2000-01-01')
				<= UTC_TIMESTAMP(3)
			ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
	ELSE
		SELECT organization_id INTO claimed FROM carrier_due
			WHERE organization_id = wanted
			AND COALESCE(leased_until, '2000-01-01')
				<= UTC_TIMESTAMP(3)
			FOR UPDATE;
	END IF;
	UPDATE carrier_due SET
		leased_until = UTC_TIMESTAMP(3) + INTERVAL lease SECOND,
		due_at = leased_until WHERE organization_id = claimed;
	SELECT organization_id, leased_until, attempts FROM carrier_due
		WHERE organization_id = claimed;
END $$

-- pause: milliseconds, NULL for "not before the next change".  What became
-- due meanwhile stays due.
CREATE OR REPLACE FUNCTION carrier_release(tenant BIGINT UNSIGNED,
	lease DATETIME(3), pause BIGINT UNSIGNED, failures INT UNSIGNED)
RETURNS INT DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DECLARE again DATETIME(3)
		DEFAULT UTC_TIMESTAMP(3) + INTERVAL pause * 1000 MICROSECOND;
	UPDATE carrier_due SET due_at = IF(due_at = leased_until, again,
			LEAST(due_at, COALESCE(again, due_at))),
		leased_until = NULL, attempts = failures
		WHERE organization_id = tenant AND leased_until = lease;
	RETURN ROW_COUNT();
END $$

-- 0: there is no API key to ask the carrier with.
CREATE OR REPLACE FUNCTION hang_up_put(wanted BIGINT UNSIGNED,
	wanted_key VARCHAR(128) COLLATE utf8mb4_nopad_bin) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	IF NOT EXISTS (SELECT 1 FROM setting
		WHERE organization_id = current_tenant()
		AND carrier = 'cloudonix'
		AND carrier_api_key_sealed IS NOT NULL) THEN
		RETURN 0;
	END IF;
	INSERT INTO hang_up (organization_id, call_id, call_key)
		VALUES (current_tenant(), wanted, wanted_key)
		ON DUPLICATE KEY UPDATE call_key = wanted_key;
	RETURN 1;
END $$

-- The one that waits longest; no row when none is due.
CREATE OR REPLACE PROCEDURE hang_up_claim(lease INT UNSIGNED)
MODIFIES SQL DATA
BEGIN
	DECLARE tenant, claimed BIGINT UNSIGNED DEFAULT NULL;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET claimed = NULL;
	SELECT organization_id, call_id INTO tenant, claimed FROM hang_up
		WHERE next_at <= UTC_TIMESTAMP(3)
		ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
	UPDATE hang_up SET attempts = attempts + 1,
		next_at = UTC_TIMESTAMP(3) + INTERVAL lease SECOND
		WHERE organization_id = tenant AND call_id = claimed;
	SELECT organization_id, call_id, call_key, attempts FROM hang_up
		WHERE organization_id = tenant AND call_id = claimed;
END $$

CREATE OR REPLACE FUNCTION hang_up_done(tenant BIGINT UNSIGNED,
	wanted BIGINT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DELETE FROM hang_up
		WHERE organization_id = tenant AND call_id = wanted;
	RETURN ROW_COUNT();
END $$

-- Due again after so many milliseconds; one that was not even sent was no
-- attempt.
CREATE OR REPLACE FUNCTION hang_up_failed(tenant BIGINT UNSIGNED,
	wanted BIGINT UNSIGNED, pause BIGINT UNSIGNED, sent INT) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	UPDATE hang_up SET attempts = attempts - IF(sent, 0, 1),
		next_at = UTC_TIMESTAMP(3) + INTERVAL pause * 1000 MICROSECOND
		WHERE organization_id = tenant AND call_id = wanted;
	RETURN ROW_COUNT();
END $$

-- A call of which nothing was heard for so many seconds, of one that was
-- answered for `talking`; no row when there is none.  Nobody else gets it for
-- as long again.  Calls are looked at when they are due, whatever was heard of
-- them; then those that are not quiet are due when they might be, those whose
-- events are not in them yet in a minute.
CREATE OR REPLACE PROCEDURE quiet_claim(silent INT UNSIGNED,
	talking INT UNSIGNED) MODIFIES SQL DATA
BEGIN
	DECLARE tenant, claimed BIGINT UNSIGNED DEFAULT NULL;
	DECLARE wanted_key VARCHAR(128) COLLATE utf8mb4_nopad_bin;
	DECLARE pause INT UNSIGNED;
	DECLARE heard, due DATETIME(3);
	DECLARE moment DATETIME(3) DEFAULT UTC_TIMESTAMP(3);
	DECLARE looks INT DEFAULT 1000;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET claimed = NULL;
	REPEAT
		SET due = NULL, looks = looks - 1;
		SELECT organization_id, id, call_key, updated_at,
				IF(state = 'answered', talking, silent)
			INTO tenant, claimed, wanted_key, heard, pause
			FROM `call`
			WHERE live = 1 AND ask_at <= moment
			ORDER BY ask_at LIMIT 1 FOR UPDATE SKIP LOCKED;
		IF claimed IS NOT NULL AND heard > moment - INTERVAL pause SECOND
		THEN
			SET due = heard + INTERVAL pause SECOND;
		ELSEIF claimed IS NOT NULL AND EXISTS (SELECT 1 FROM call_event
			WHERE organization_id = tenant
			AND call_key = wanted_key AND unfolded = 1)
		THEN
			SET due = moment + INTERVAL 1 MINUTE;
		END IF;
		UPDATE `call` SET updated_at = updated_at,
			ask_at = COALESCE(due, moment + INTERVAL pause SECOND)
			WHERE organization_id = tenant AND id = claimed;
	UNTIL due IS NULL OR looks = 0 END REPEAT;
	SELECT organization_id, id, call_key, state, event_count,
		TIMESTAMPDIFF(SECOND, updated_at, moment)
		FROM `call` WHERE organization_id = tenant AND id = claimed
		AND due IS NULL;
END $$

-- It may be asked for after so many milliseconds.
CREATE OR REPLACE FUNCTION quiet_later(tenant BIGINT UNSIGNED,
	wanted BIGINT UNSIGNED, pause BIGINT UNSIGNED) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	UPDATE `call` SET updated_at = updated_at,
		ask_at = UTC_TIMESTAMP(3) + INTERVAL pause * 1000 MICROSECOND
		WHERE organization_id = tenant AND id = wanted;
	RETURN ROW_COUNT();
END $$

-- What waits in all tenants, for the metrics (lib/store/backlog.h): kind, name,
-- how many, seconds of the oldest.
CREATE OR REPLACE PROCEDURE backlog() READS SQL DATA
	SELECT 'call' AS kind, states.state AS name, COUNT(`call`.id) AS number,
			0 AS age
		FROM (SELECT 'initiated' COLLATE utf8mb4_nopad_bin AS state
			UNION SELECT 'ringing' UNION SELECT 'answered') states
		LEFT JOIN `call` ON `call`.live = 1
			AND `call`.state = states.state GROUP BY states.state
	UNION ALL SELECT 'event', '', COUNT(*), COALESCE(TIMESTAMPDIFF(SECOND,
			MIN(created_at), UTC_TIMESTAMP(3)), 0)
		FROM call_event WHERE unfolded = 1
	UNION ALL SELECT 'delivery', kinds.kind, COUNT(delivery.id),
			COALESCE(TIMESTAMPDIFF(SECOND, MIN(created_at),
			UTC_TIMESTAMP(3)), 0)
		FROM (SELECT 'mail' COLLATE utf8mb4_nopad_bin AS kind
			UNION SELECT 'https') kinds
		LEFT JOIN delivery ON delivery.kind = kinds.kind
		GROUP BY kinds.kind
	UNION ALL SELECT 'parked', queue, COUNT(*), TIMESTAMPDIFF(SECOND,
			MIN(parked_at), UTC_TIMESTAMP(3))
		FROM parked_job GROUP BY queue $$

-- How many tries of that name there were within a minute of the first one,
-- with those added now (lib/guard/attempt.h).
CREATE OR REPLACE FUNCTION attempts(wanted BINARY(32), added INT UNSIGNED)
RETURNS INT UNSIGNED DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DELETE FROM attempt WHERE expires_at < UTC_TIMESTAMP(3)
		ORDER BY expires_at LIMIT 10;
	INSERT INTO attempt (name, number, expires_at)
		VALUES (wanted, added, UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)
		ON DUPLICATE KEY UPDATE
			number = IF(expires_at > UTC_TIMESTAMP(3), number, 0)
				+ added,
			expires_at = IF(expires_at > UTC_TIMESTAMP(3),
				expires_at,
				UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE);
	RETURN (SELECT number FROM attempt WHERE name = wanted);
END $$

CREATE OR REPLACE FUNCTION attempts_forget(wanted BINARY(32)) RETURNS INT
DETERMINISTIC MODIFIES SQL DATA
BEGIN
	DELETE FROM attempt WHERE name = wanted;
	RETURN ROW_COUNT();
END $$

DELIMITER ;
