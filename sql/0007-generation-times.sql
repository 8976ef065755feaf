-- When a generation was raised, so that one question a second finds all that
-- changed while Redis is away (generations_since in routines.sql).

ALTER TABLE generation
	ADD changed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3),
	ADD KEY changed_at (changed_at);
