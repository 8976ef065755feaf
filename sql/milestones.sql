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
DETERMINISTIC MODIFIES SQL DATA
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

-- What follows is the same for every list that may get long.  A trigger cannot
-- put a statement together, so each list has a procedure and triggers of its
-- own, which are made here of one text: SHOW CREATE shows what it became.
-- @table@ is the list's table; what has @column@ in it stands once for each
-- column that the list can be sorted by and that is never NULL, but the id.

BEGIN NOT ATOMIC
	FOR list IN (
		SELECT 'user' AS its_table,
			'name,email,role,status,created_at,updated_at' AS orders
		UNION SELECT 'prompt', 'name,created_at,updated_at'
		UNION SELECT 'did', 'number,name,status,created_at,updated_at'
		UNION SELECT 'extension',
			'number,name,type,status,created_at,updated_at'
		UNION SELECT 'blocked_caller',
			'pattern,action,created_at,updated_at'
	) DO
		SELECT GROUP_CONCAT(REPLACE(REPLACE("
		WHEN '@column@' THEN BEGIN
			DECLARE from_this VARCHAR(254) COLLATE @collation@
				DEFAULT from_value;
			SELECT @column@, id INTO at_value, at_id
				FROM @table@ FORCE INDEX (by_@column@)
				WHERE organization_id = tenant AND living = 1
				AND (@column@ > from_this OR
				(@column@ = from_this AND id >= from_id))
				ORDER BY @column@, id LIMIT 1 OFFSET 500;
		END;", '@column@', column_name), '@collation@',
				COALESCE(collation_name, 'utf8mb4_nopad_bin'))
				SEPARATOR ''),
			GROUP_CONCAT(REPLACE("
		CALL @table@_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, '@column@', '', NEW.@column@);",
				'@column@', column_name) SEPARATOR ''),
			GROUP_CONCAT(REPLACE("
	AND OLD.@column@ = NEW.@column@",
				'@column@', column_name) SEPARATOR ''),
			GROUP_CONCAT(REPLACE("
		CALL @table@_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, '@column@', OLD.@column@, NEW.@column@);",
				'@column@', column_name) SEPARATOR '')
			INTO @seek, @arrive, @stay, @move
			FROM information_schema.columns
			WHERE table_schema = DATABASE()
			AND table_name = list.its_table
			AND FIND_IN_SET(column_name, list.orders);

		EXECUTE IMMEDIATE REPLACE(REPLACE(
"CREATE OR REPLACE PROCEDURE @table@_move(tenant BIGINT UNSIGNED,
	its_id BIGINT UNSIGNED, was_living TINYINT UNSIGNED,
	is_living TINYINT UNSIGNED, ordered VARCHAR(64),
	was VARCHAR(254) COLLATE utf8mb4_nopad_bin,
	becomes VARCHAR(254) COLLATE utf8mb4_nopad_bin)
BEGIN
	DECLARE from_value, at_value VARCHAR(254) COLLATE utf8mb4_nopad_bin
		DEFAULT '';
	DECLARE from_id, at_id BIGINT UNSIGNED;
	CALL milestone_move(tenant, '@table@s', ordered, its_id, was_living,
		was, is_living, becomes, from_value, from_id);
	WHILE from_id IS NOT NULL DO
		SET at_id = NULL;
		CASE ordered
		WHEN 'id' THEN
			SELECT id INTO at_id FROM @table@ FORCE INDEX (by_id)
				WHERE organization_id = tenant AND living = 1
				AND id >= from_id
				ORDER BY id LIMIT 1 OFFSET 500;@seek@
		END CASE;
		CALL milestone_put(tenant, '@table@s', ordered, from_value,
			from_id, at_value, at_id);
	END WHILE;
END", '@seek@', @seek), '@table@', list.its_table);

		EXECUTE IMMEDIATE REPLACE(REPLACE(
"CREATE OR REPLACE TRIGGER @table@_counted AFTER INSERT ON @table@
FOR EACH ROW BEGIN
	CALL count_rows(NEW.organization_id, '@table@s',
		IF(NEW.deleted_at IS NULL, 1, 0),
		IF(NEW.deleted_at IS NULL, 0, 1));
	IF list_is_long(NEW.organization_id, '@table@s') THEN
		CALL @table@_move(NEW.organization_id, NEW.id, NULL,
			NEW.living, 'id', '', '');@arrive@
	END IF;
END", '@arrive@', @arrive), '@table@', list.its_table);

		EXECUTE IMMEDIATE REPLACE(REPLACE(REPLACE(
"CREATE OR REPLACE TRIGGER @table@_recounted AFTER UPDATE ON @table@
FOR EACH ROW IF NOT (OLD.living <=> NEW.living@stay@) THEN
	CALL count_living(NEW.organization_id, '@table@s', OLD.living,
		NEW.living);
	IF list_is_long(NEW.organization_id, '@table@s') THEN
		CALL @table@_move(NEW.organization_id, NEW.id, OLD.living,
			NEW.living, 'id', '', '');@move@
	END IF;
END IF", '@stay@', @stay), '@move@', @move), '@table@', list.its_table);
	END FOR;
END $$

DELIMITER ;
