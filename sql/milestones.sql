-- Where long lists are: in each order that a list can have, the row at every
-- few hundred places (milestone) and how many rows follow until the next one.
-- Any page is found by adding up some hundred numbers and passing some hundred
-- rows, and never by passing half of the list (lib/record/list_read.c).
--
-- A row that comes, goes or moves changes the number of the milestone before
-- its place.  Where that gets more than 1000, another milestone is put 500
-- rows further on; where it gets 0, the milestone goes.  A list gets its first
-- one, before all rows, with row 1001, and keeps it when it gets short again.
--
-- One transaction at a time changes a list's milestones: it holds the list's
-- row_count until it ends.  Who brings rows by the ten thousand sets
-- @rows_in_bulk: a list that has none gets them with the first row that comes
-- without it, all at once.  A client of an operator's own changes these tables
-- in transactions that are READ COMMITTED, or of one statement.
--
-- Applied again whenever this file changes.

DELIMITER $$

-- Whether a list has milestones or is to have them.
CREATE OR REPLACE FUNCTION list_is_long(tenant BIGINT UNSIGNED,
	listed VARCHAR(64) COLLATE utf8mb4_nopad_bin) RETURNS BOOLEAN
MODIFIES SQL DATA
BEGIN
	DECLARE rows_now BIGINT;
	SELECT alive INTO rows_now FROM row_count
		WHERE organization_id = tenant AND name = listed FOR UPDATE;
	RETURN (rows_now > 1000 AND @rows_in_bulk IS NULL) OR EXISTS
		(SELECT 1 FROM milestone WHERE organization_id = tenant
		AND list = listed FOR UPDATE);
END $$

-- One row more or less behind the milestone before this place, which
-- @milestone_ahead rows follow then.
CREATE OR REPLACE PROCEDURE milestone_count(tenant BIGINT UNSIGNED,
	listed VARCHAR(64) COLLATE utf8mb4_nopad_bin,
	ordered VARCHAR(64) COLLATE utf8mb4_nopad_bin,
	at_plain VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	at_name VARCHAR(100), at_id BIGINT UNSIGNED, more INT)
BEGIN
	SET @milestone_ahead = NULL;
	UPDATE milestone SET ahead = (@milestone_ahead := ahead + more)
		WHERE organization_id = tenant AND list = listed
		AND sorted_by = ordered AND (plain < at_plain
		OR (plain = at_plain AND (name < at_name
		OR (name = at_name AND row_id <= at_id))))
		ORDER BY plain DESC, name DESC, row_id DESC LIMIT 1;
	IF @milestone_ahead = 0 THEN
		DELETE FROM milestone
			WHERE organization_id = tenant AND list = listed
			AND sorted_by = ordered AND ahead = 0 AND row_id > 0;
	ELSEIF @milestone_ahead IS NULL AND more > 0 THEN
		SELECT alive INTO @milestone_ahead FROM row_count
			WHERE organization_id = tenant AND name = listed
			FOR UPDATE;
		INSERT INTO milestone (organization_id, list, sorted_by, plain,
			name, row_id, ahead) VALUES (tenant, listed, ordered,
			IF(ordered LIKE '%\_at', '0001-01-01', ''), '', 0,
			@milestone_ahead);
	END IF;
END $$

-- A row had one place in an order and has another; none where it was or is
-- not living.  from_id: of the milestone before it, which too many rows follow
-- now, or NULL.
CREATE OR REPLACE PROCEDURE milestone_move(tenant BIGINT UNSIGNED,
	listed VARCHAR(64) COLLATE utf8mb4_nopad_bin,
	ordered VARCHAR(64) COLLATE utf8mb4_nopad_bin, its_id BIGINT UNSIGNED,
	was_living TINYINT UNSIGNED,
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	is_living TINYINT UNSIGNED,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	OUT from_value VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	OUT from_id BIGINT UNSIGNED)
BEGIN
	DECLARE is_name BOOLEAN DEFAULT ordered = 'name';
	DECLARE at_plain VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT IF(is_name, '', becomes);
	DECLARE at_name VARCHAR(100) DEFAULT IF(is_name, becomes, '');
	SET @milestone_ahead = 0, from_id = NULL;
	IF was_living = 1 AND NOT (is_living <=> 1 AND was = becomes) THEN
		CALL milestone_count(tenant, listed, ordered,
			IF(is_name, '', was), IF(is_name, was, ''), its_id, -1);
	END IF;
	IF is_living = 1 AND NOT (was_living <=> 1 AND was = becomes) THEN
		CALL milestone_count(tenant, listed, ordered, at_plain, at_name,
			its_id, 1);
		IF @milestone_ahead > 1000 THEN
			SELECT CONCAT(plain, name), row_id
				INTO from_value, from_id FROM milestone
				WHERE organization_id = tenant AND list = listed
				AND sorted_by = ordered AND (plain < at_plain
				OR (plain = at_plain AND (name < at_name
				OR (name = at_name AND row_id <= its_id))))
				ORDER BY plain DESC, name DESC, row_id DESC
				LIMIT 1 FOR UPDATE;
		END IF;
	END IF;
END $$

-- Another one, 500 rows behind that at from_…; which is the new one then if
-- too many rows follow that, and NULL if not.  at_id NULL: there are not so
-- many, because an operator's own DELETE was counted by nobody; what is written
-- does not fail for that.
CREATE OR REPLACE PROCEDURE milestone_put(tenant BIGINT UNSIGNED,
	listed VARCHAR(64) COLLATE utf8mb4_nopad_bin,
	ordered VARCHAR(64) COLLATE utf8mb4_nopad_bin,
	INOUT from_value VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	INOUT from_id BIGINT UNSIGNED,
	at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin, at_id BIGINT UNSIGNED)
put: BEGIN
	DECLARE is_name BOOLEAN DEFAULT ordered = 'name';
	DECLARE followed BIGINT;
	IF at_id IS NULL THEN
		SET from_id = NULL;
		LEAVE put;
	END IF;
	SELECT ahead - 500 INTO followed FROM milestone
		WHERE organization_id = tenant AND list = listed
		AND sorted_by = ordered
		AND plain = IF(is_name, '', from_value)
		AND name = IF(is_name, from_value, '')
		AND row_id = from_id FOR UPDATE;
	UPDATE milestone SET ahead = 500
		WHERE organization_id = tenant AND list = listed
		AND sorted_by = ordered
		AND plain = IF(is_name, '', from_value)
		AND name = IF(is_name, from_value, '')
		AND row_id = from_id;
	INSERT INTO milestone (organization_id, list, sorted_by, plain, name,
		row_id, ahead) VALUES (tenant, listed, ordered,
		IF(is_name, '', at_value), IF(is_name, at_value, ''), at_id,
		followed);
	SET from_value = at_value, from_id = IF(followed > 1000, at_id, NULL);
END $$

-- users

CREATE OR REPLACE PROCEDURE user_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_name VARCHAR(100);
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, 'users', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM user FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;
		WHEN 'name' THEN
			SET from_name = from_value;
			SELECT name, id INTO at_value, at_id
				FROM user FORCE INDEX (by_name)
				WHERE organization_id = tenant AND living = 1
				AND (name > from_name OR
				(name = from_name AND id >= from_id))
				ORDER BY name, id LIMIT 1 OFFSET 500;
		WHEN 'email' THEN
			SELECT email, id INTO at_value, at_id
				FROM user FORCE INDEX (by_email)
				WHERE organization_id = tenant AND living = 1
				AND (email > from_value OR
				(email = from_value AND id >= from_id))
				ORDER BY email, id LIMIT 1 OFFSET 500;
		WHEN 'role' THEN
			SELECT role, id INTO at_value, at_id
				FROM user FORCE INDEX (by_role)
				WHERE organization_id = tenant AND living = 1
				AND (role > from_value OR
				(role = from_value AND id >= from_id))
				ORDER BY role, id LIMIT 1 OFFSET 500;
		WHEN 'status' THEN
			SELECT status, id INTO at_value, at_id
				FROM user FORCE INDEX (by_status)
				WHERE organization_id = tenant AND living = 1
				AND (status > from_value OR
				(status = from_value AND id >= from_id))
				ORDER BY status, id LIMIT 1 OFFSET 500;
		WHEN 'created_at' THEN
			SELECT created_at, id INTO at_value, at_id
				FROM user FORCE INDEX (by_created_at)
				WHERE organization_id = tenant AND living = 1
				AND (created_at > from_value OR
				(created_at = from_value AND id >= from_id))
				ORDER BY created_at, id LIMIT 1 OFFSET 500;
		WHEN 'updated_at' THEN
			SELECT updated_at, id INTO at_value, at_id
				FROM user FORCE INDEX (by_updated_at)
				WHERE organization_id = tenant AND living = 1
				AND (updated_at > from_value OR
				(updated_at = from_value AND id >= from_id))
				ORDER BY updated_at, id LIMIT 1 OFFSET 500;
		END CASE;
		CALL milestone_put(tenant, 'users', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END $$

CREATE OR REPLACE TRIGGER user_counted AFTER INSERT ON user
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, 'users',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, 'users') THEN
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'id', '', '');
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'name', '', NEW.name);
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'email', '', NEW.email);
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'role', '', NEW.role);
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'status', '', NEW.status);
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'created_at', '', NEW.created_at);
		CALL user_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'updated_at', '', NEW.updated_at);
	END IF;
END $$
CREATE OR REPLACE TRIGGER user_recounted AFTER UPDATE ON user
FOR EACH ROW IF NOT (OLD.living <=> NEW.living AND OLD.name = NEW.name
	AND OLD.email = NEW.email AND OLD.role = NEW.role AND
	OLD.status = NEW.status AND OLD.created_at = NEW.created_at AND
	OLD.updated_at = NEW.updated_at) THEN
	CALL count_living(NEW.organization_id, 'users', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, 'users') THEN
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'id', '', '');
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'name', OLD.name, NEW.name);
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'email', OLD.email, NEW.email);
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'role', OLD.role, NEW.role);
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'status', OLD.status, NEW.status);
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'created_at', OLD.created_at,
			NEW.created_at);
		CALL user_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'updated_at', OLD.updated_at,
			NEW.updated_at);
	END IF;
END IF $$

-- prompts

CREATE OR REPLACE PROCEDURE prompt_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_name VARCHAR(100);
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, 'prompts', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM prompt FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;
		WHEN 'name' THEN
			SET from_name = from_value;
			SELECT name, id INTO at_value, at_id
				FROM prompt FORCE INDEX (by_name)
				WHERE organization_id = tenant AND living = 1
				AND (name > from_name OR
				(name = from_name AND id >= from_id))
				ORDER BY name, id LIMIT 1 OFFSET 500;
		WHEN 'created_at' THEN
			SELECT created_at, id INTO at_value, at_id
				FROM prompt FORCE INDEX (by_created_at)
				WHERE organization_id = tenant AND living = 1
				AND (created_at > from_value OR
				(created_at = from_value AND id >= from_id))
				ORDER BY created_at, id LIMIT 1 OFFSET 500;
		WHEN 'updated_at' THEN
			SELECT updated_at, id INTO at_value, at_id
				FROM prompt FORCE INDEX (by_updated_at)
				WHERE organization_id = tenant AND living = 1
				AND (updated_at > from_value OR
				(updated_at = from_value AND id >= from_id))
				ORDER BY updated_at, id LIMIT 1 OFFSET 500;
		END CASE;
		CALL milestone_put(tenant, 'prompts', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END $$

CREATE OR REPLACE TRIGGER prompt_counted AFTER INSERT ON prompt
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, 'prompts',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, 'prompts') THEN
		CALL prompt_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'id', '', '');
		CALL prompt_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'name', '', NEW.name);
		CALL prompt_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'created_at', '', NEW.created_at);
		CALL prompt_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'updated_at', '', NEW.updated_at);
	END IF;
END $$
CREATE OR REPLACE TRIGGER prompt_recounted AFTER UPDATE ON prompt
FOR EACH ROW IF NOT (OLD.living <=> NEW.living AND OLD.name = NEW.name
	AND OLD.created_at = NEW.created_at AND OLD.updated_at = NEW.updated_at)
	THEN
	CALL count_living(NEW.organization_id, 'prompts', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, 'prompts') THEN
		CALL prompt_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'id', '', '');
		CALL prompt_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'name', OLD.name, NEW.name);
		CALL prompt_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'created_at', OLD.created_at,
			NEW.created_at);
		CALL prompt_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'updated_at', OLD.updated_at,
			NEW.updated_at);
	END IF;
END IF $$

-- dids

CREATE OR REPLACE PROCEDURE did_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_name VARCHAR(100);
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, 'dids', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM did FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;
		WHEN 'number' THEN
			SELECT number, id INTO at_value, at_id
				FROM did FORCE INDEX (by_number)
				WHERE organization_id = tenant AND living = 1
				AND (number > from_value OR
				(number = from_value AND id >= from_id))
				ORDER BY number, id LIMIT 1 OFFSET 500;
		WHEN 'name' THEN
			SET from_name = from_value;
			SELECT name, id INTO at_value, at_id
				FROM did FORCE INDEX (by_name)
				WHERE organization_id = tenant AND living = 1
				AND (name > from_name OR
				(name = from_name AND id >= from_id))
				ORDER BY name, id LIMIT 1 OFFSET 500;
		WHEN 'status' THEN
			SELECT status, id INTO at_value, at_id
				FROM did FORCE INDEX (by_status)
				WHERE organization_id = tenant AND living = 1
				AND (status > from_value OR
				(status = from_value AND id >= from_id))
				ORDER BY status, id LIMIT 1 OFFSET 500;
		WHEN 'created_at' THEN
			SELECT created_at, id INTO at_value, at_id
				FROM did FORCE INDEX (by_created_at)
				WHERE organization_id = tenant AND living = 1
				AND (created_at > from_value OR
				(created_at = from_value AND id >= from_id))
				ORDER BY created_at, id LIMIT 1 OFFSET 500;
		WHEN 'updated_at' THEN
			SELECT updated_at, id INTO at_value, at_id
				FROM did FORCE INDEX (by_updated_at)
				WHERE organization_id = tenant AND living = 1
				AND (updated_at > from_value OR
				(updated_at = from_value AND id >= from_id))
				ORDER BY updated_at, id LIMIT 1 OFFSET 500;
		END CASE;
		CALL milestone_put(tenant, 'dids', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END $$

CREATE OR REPLACE TRIGGER did_counted AFTER INSERT ON did
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, 'dids',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, 'dids') THEN
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'id', '', '');
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'number', '', NEW.number);
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'name', '', NEW.name);
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'status', '', NEW.status);
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'created_at', '', NEW.created_at);
		CALL did_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'updated_at', '', NEW.updated_at);
	END IF;
END $$
CREATE OR REPLACE TRIGGER did_recounted AFTER UPDATE ON did
FOR EACH ROW IF NOT (OLD.living <=> NEW.living AND
	OLD.number = NEW.number AND OLD.name = NEW.name AND
	OLD.status = NEW.status AND OLD.created_at = NEW.created_at AND
	OLD.updated_at = NEW.updated_at) THEN
	CALL count_living(NEW.organization_id, 'dids', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, 'dids') THEN
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'id', '', '');
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'number', OLD.number, NEW.number);
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'name', OLD.name, NEW.name);
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'status', OLD.status, NEW.status);
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'created_at', OLD.created_at,
			NEW.created_at);
		CALL did_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'updated_at', OLD.updated_at,
			NEW.updated_at);
	END IF;
END IF $$

-- extensions

CREATE OR REPLACE PROCEDURE extension_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_name VARCHAR(100);
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, 'extensions', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM extension FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;
		WHEN 'number' THEN
			SELECT number, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_number)
				WHERE organization_id = tenant AND living = 1
				AND (number > from_value OR
				(number = from_value AND id >= from_id))
				ORDER BY number, id LIMIT 1 OFFSET 500;
		WHEN 'name' THEN
			SET from_name = from_value;
			SELECT name, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_name)
				WHERE organization_id = tenant AND living = 1
				AND (name > from_name OR
				(name = from_name AND id >= from_id))
				ORDER BY name, id LIMIT 1 OFFSET 500;
		WHEN 'type' THEN
			SELECT type, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_type)
				WHERE organization_id = tenant AND living = 1
				AND (type > from_value OR
				(type = from_value AND id >= from_id))
				ORDER BY type, id LIMIT 1 OFFSET 500;
		WHEN 'status' THEN
			SELECT status, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_status)
				WHERE organization_id = tenant AND living = 1
				AND (status > from_value OR
				(status = from_value AND id >= from_id))
				ORDER BY status, id LIMIT 1 OFFSET 500;
		WHEN 'created_at' THEN
			SELECT created_at, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_created_at)
				WHERE organization_id = tenant AND living = 1
				AND (created_at > from_value OR
				(created_at = from_value AND id >= from_id))
				ORDER BY created_at, id LIMIT 1 OFFSET 500;
		WHEN 'updated_at' THEN
			SELECT updated_at, id INTO at_value, at_id
				FROM extension FORCE INDEX (by_updated_at)
				WHERE organization_id = tenant AND living = 1
				AND (updated_at > from_value OR
				(updated_at = from_value AND id >= from_id))
				ORDER BY updated_at, id LIMIT 1 OFFSET 500;
		END CASE;
		CALL milestone_put(tenant, 'extensions', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END $$

CREATE OR REPLACE TRIGGER extension_counted AFTER INSERT ON extension
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, 'extensions',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, 'extensions') THEN
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'id', '', '');
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'number', '', NEW.number);
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'name', '', NEW.name);
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'type', '', NEW.type);
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'status', '', NEW.status);
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'created_at', '', NEW.created_at);
		CALL extension_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'updated_at', '', NEW.updated_at);
	END IF;
END $$
CREATE OR REPLACE TRIGGER extension_recounted AFTER UPDATE ON extension
FOR EACH ROW IF NOT (OLD.living <=> NEW.living AND
	OLD.number = NEW.number AND OLD.name = NEW.name AND OLD.type = NEW.type
	AND OLD.status = NEW.status AND OLD.created_at = NEW.created_at AND
	OLD.updated_at = NEW.updated_at) THEN
	CALL count_living(NEW.organization_id, 'extensions', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, 'extensions') THEN
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'id', '', '');
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'number', OLD.number,
			NEW.number);
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'name', OLD.name, NEW.name);
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'type', OLD.type, NEW.type);
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'status', OLD.status,
			NEW.status);
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'created_at', OLD.created_at,
			NEW.created_at);
		CALL extension_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'updated_at', OLD.updated_at,
			NEW.updated_at);
	END IF;
END IF $$

-- blocked_callers

CREATE OR REPLACE PROCEDURE blocked_caller_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, 'blocked_callers', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM blocked_caller FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;
		WHEN 'pattern' THEN
			SELECT pattern, id INTO at_value, at_id
				FROM blocked_caller FORCE INDEX (by_pattern)
				WHERE organization_id = tenant AND living = 1
				AND (pattern > from_value OR
				(pattern = from_value AND id >= from_id))
				ORDER BY pattern, id LIMIT 1 OFFSET 500;
		WHEN 'action' THEN
			SELECT action, id INTO at_value, at_id
				FROM blocked_caller FORCE INDEX (by_action)
				WHERE organization_id = tenant AND living = 1
				AND (action > from_value OR
				(action = from_value AND id >= from_id))
				ORDER BY action, id LIMIT 1 OFFSET 500;
		WHEN 'created_at' THEN
			SELECT created_at, id INTO at_value, at_id
				FROM blocked_caller FORCE INDEX (by_created_at)
				WHERE organization_id = tenant AND living = 1
				AND (created_at > from_value OR
				(created_at = from_value AND id >= from_id))
				ORDER BY created_at, id LIMIT 1 OFFSET 500;
		WHEN 'updated_at' THEN
			SELECT updated_at, id INTO at_value, at_id
				FROM blocked_caller FORCE INDEX (by_updated_at)
				WHERE organization_id = tenant AND living = 1
				AND (updated_at > from_value OR
				(updated_at = from_value AND id >= from_id))
				ORDER BY updated_at, id LIMIT 1 OFFSET 500;
		END CASE;
		CALL milestone_put(tenant, 'blocked_callers', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END $$

CREATE OR REPLACE TRIGGER blocked_caller_counted AFTER INSERT ON blocked_caller
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, 'blocked_callers',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, 'blocked_callers') THEN
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			NULL, NEW.living, 'id', '', '');
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			NULL, NEW.living, 'pattern', '', NEW.pattern);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			NULL, NEW.living, 'action', '', NEW.action);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			NULL, NEW.living, 'created_at', '', NEW.created_at);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			NULL, NEW.living, 'updated_at', '', NEW.updated_at);
	END IF;
END $$
CREATE OR REPLACE TRIGGER blocked_caller_recounted AFTER UPDATE ON blocked_caller
FOR EACH ROW IF NOT (OLD.living <=> NEW.living AND
	OLD.pattern = NEW.pattern AND OLD.action = NEW.action AND
	OLD.created_at = NEW.created_at AND OLD.updated_at = NEW.updated_at)
	THEN
	CALL count_living(NEW.organization_id, 'blocked_callers', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, 'blocked_callers') THEN
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'id', '', '');
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'pattern', OLD.pattern,
			NEW.pattern);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'action', OLD.action,
			NEW.action);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'created_at', OLD.created_at,
			NEW.created_at);
		CALL blocked_caller_move(NEW.organization_id, NEW.id,
			OLD.living, NEW.living, 'updated_at', OLD.updated_at,
			NEW.updated_at);
	END IF;
END IF $$

DELIMITER ;
