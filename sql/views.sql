-- What the accounts of grants.sql see in place of the tables: the tenant's
-- rows, and nothing without a tenant.  WITH CASCADED CHECK OPTION refuses to
-- write another tenant's (1369).
--
-- Columns are named one by one: the ids that only references stand on
-- (0004-targets.sql) are nobody's business.  Applied again whenever this file
-- changes.

CREATE OR REPLACE SQL SECURITY DEFINER VIEW organizations AS SELECT
	id, name, slug, country, timezone, domain, domain_uuid,
	caller_id_did_id, emergency_trunk, emergency_did_id, status,
	limit_extensions, limit_dids, limit_concurrent_calls,
	limit_storage_mb, settings, created_at, updated_at, deleted_at, living
FROM organization WHERE id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW users AS SELECT
	id, organization_id, name, email, role, status, phone, password_hash,
	password_changed_at, totp_sealed, totp_confirmed_at, totp_last_step,
	last_sign_in_at, settings, created_at, updated_at, deleted_at, living
FROM user WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW row_counts AS SELECT
	organization_id, name, alive, dead
FROM row_count WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW milestones AS SELECT
	organization_id, list, sorted_by, plain, name, row_id, ahead
FROM milestone WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW tokens AS SELECT
	id, organization_id, user_id, living, name, hash, abilities,
	expires_at, last_used_at, deleted_at, created_at, updated_at
FROM token WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW sessions AS SELECT
	id, organization_id, user_id, living, hash, remote, user_agent,
	last_seen_at, expires_at, created_at
FROM session WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW recovery_codes AS SELECT
	organization_id, user_id, hash, living, used_at, created_at
FROM recovery_code WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW password_links AS SELECT
	id, organization_id, user_id, living, hash, expires_at, used_at,
	created_at
FROM password_link WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW voice_keys AS SELECT
	id, organization_id, hash, key_sealed, expires_at, created_at
FROM voice_key WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW settings AS SELECT
	organization_id, organization_id AS id, living, carrier, base_url,
	carrier_api_key_sealed,
	webhook_secret_sealed, require_signature, default_ring_timeout, voice,
	language, forward_caller_number, emergency_numbers, sip_hosts,
	voice_rate, api_rate, webhook_rate, recording_retention,
	voicemail_retention, created_at, updated_at,
	CAST(NULL AS DATETIME(3)) AS deleted_at, default_type, default_id,
	default_number
FROM setting WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW carrier_steps AS SELECT
	organization_id, step, living, state, failure, told, updated_at
FROM carrier_step WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW carrier_lists AS SELECT
	organization_id, name, document, failure, fetched_at
FROM carrier_list WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW prompts AS SELECT
	id, organization_id, name, text, voice, language, audio_token,
	media_type, bytes, seconds, created_at, updated_at, deleted_at, living
FROM prompt WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW dids AS SELECT
	id, organization_id, number, name, status, proved_at,
	caller_name_prefix, record, announcement_prompt_id, announcement_text,
	created_at, updated_at, deleted_at, living, target_type, target_id,
	target_number
FROM did WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW extensions AS SELECT
	id, organization_id, number, name, type, status, user_id,
	ring_timeout, caller_id_did_id, emergency_did_id, do_not_disturb,
	voicemail, voicemail_pin_sealed, voicemail_email, greeting_prompt_id,
	greeting_text, sip_password_sealed, provider, service_number,
	service_url, service_token_sealed, service_params,
	carrier_state, carrier_error, carrier_at, created_at, updated_at,
	sip_password_mac, carrier_number, deleted_at, living, target_type, target_id, target_number,
	always_type, always_id, always_number, busy_type, busy_id,
	busy_number, no_answer_type, no_answer_id, no_answer_number
FROM extension WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW ring_groups AS SELECT
	id, organization_id, name, strategy, ring_timeout, turns, status,
	created_at, updated_at, deleted_at, living, fallback_type,
	fallback_id, fallback_number
FROM ring_group WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW ring_group_members AS SELECT
	organization_id, ring_group_id, extension_id, living, priority
FROM ring_group_member WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW ivr_menus AS SELECT
	id, organization_id, name, greeting_prompt_id, greeting_text, voice,
	language, invalid_prompt_id, invalid_text, no_input_prompt_id,
	no_input_text, first_timeout, digit_timeout, max_attempts,
	direct_dial, status, created_at, updated_at, deleted_at, living,
	timeout_type, timeout_id, timeout_number
FROM ivr_menu WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW ivr_menu_options AS SELECT
	organization_id, ivr_menu_id, digits, living, position, label,
	target_type, target_id, target_number
FROM ivr_menu_option WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW conference_rooms AS SELECT
	id, organization_id, name, pin_sealed, host_pin_sealed, wait_for_host,
	max_participants, muted, beep, record, created_at, updated_at,
	deleted_at, living
FROM conference_room WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW business_hours AS SELECT
	id, organization_id, name, timezone, override, override_until,
	created_at, updated_at, deleted_at, living, open_type, open_id,
	open_number, closed_type, closed_id, closed_number, exception_type,
	exception_id, exception_number
FROM business_hour WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW business_hour_periods AS SELECT
	organization_id, business_hour_id, day, from_minute, to_minute, living
FROM business_hour_period WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW business_hour_exceptions AS SELECT
	organization_id, business_hour_id, position, living, name, from_date,
	to_date, yearly
FROM business_hour_exception WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW business_hour_exception_periods AS SELECT
	organization_id, business_hour_id, position, from_minute, to_minute,
	living
FROM business_hour_exception_period WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW outbound_rules AS SELECT
	id, organization_id, name, trunk, caller_id_did_id, priority,
	max_minutes, status, created_at, updated_at, deleted_at, living
FROM outbound_rule WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW outbound_rule_countries AS SELECT
	organization_id, outbound_rule_id, country, living
FROM outbound_rule_country WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW outbound_rule_prefixes AS SELECT
	organization_id, outbound_rule_id, prefix, living
FROM outbound_rule_prefix WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW outbound_rule_extensions AS SELECT
	organization_id, outbound_rule_id, extension_id, living
FROM outbound_rule_extension WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW blocked_callers AS SELECT
	id, organization_id, pattern, prefix, action, note, expires_at,
	created_at, updated_at, deleted_at, living
FROM blocked_caller WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW notifications AS SELECT
	id, organization_id, name, event, email, url, secret_sealed, status,
	delivered_at, failed_at, failure, created_at, updated_at, deleted_at,
	living
FROM notification WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW notification_subjects AS SELECT
	organization_id, notification_id, subject_type, subject_id, living
FROM notification_subject WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW calls AS SELECT
	id, organization_id, call_key, direction, state, from_raw, to_raw,
	from_number, to_number, caller_name, did_id, from_extension_id,
	extension_id, target_type, target_id, target_number, emergency, missed,
	legs, steps,
	started_at, ringing_at, answered_at, ended_at, duration, billed,
	event_count, version, created_at, updated_at
FROM `call` WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW call_events AS SELECT
	id, organization_id, call_key, kind, event_hash, body, occurred_at,
	created_at, unfolded
FROM call_event WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW cdrs AS SELECT
	id, organization_id, record_key, call_key, direction, disposition,
	from_raw, to_raw, from_number, to_number, did_id, extension_id, trunk,
	started_at, answered_at, ended_at, duration, billed, cost, document,
	unfolded, created_at
FROM cdr WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW cdr_hours AS SELECT
	organization_id, hour, direction, disposition, calls, duration, billed
FROM cdr_hour WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW cdr_days AS SELECT
	organization_id, day, number, direction, calls, answered, duration
FROM cdr_day WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW recordings AS SELECT
	id, organization_id, call_key, leg, did_id, extension_id, from_number,
	to_number, state, failure, source_url, media_type, bytes, seconds,
	recorded_at, expires_at, created_at, updated_at, deleted_at, living
FROM recording WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW voicemails AS SELECT
	id, organization_id, extension_id, call_key, leg, from_number,
	caller_name, received_at, heard_at, state, failure, source_url,
	audio_token, media_type, bytes, seconds, expires_at, created_at,
	updated_at, deleted_at, living
FROM voicemail WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW audit_entries AS SELECT
	id, organization_id, actor_type, actor_id, actor_name, token_id,
	remote, request_id, action, object_type, object_id, object_name,
	value_before, value_after, created_at
FROM audit_entry WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW idempotency_keys AS SELECT
	organization_id, scope, key_hash, request_hash, state, status,
	answer_sealed, expires_at, created_at
FROM idempotency_key WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW notices AS SELECT
	id, organization_id, event, notice_key, call_key, voicemail_id, text,
	pending, created_at
FROM notice WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW parked_jobs AS SELECT
	id, organization_id, queue, job_key, payload, attempts, failure,
	parked_at
FROM parked_job WHERE organization_id = current_tenant()
WITH CASCADED CHECK OPTION;

-- The one operator whom the session named.

CREATE OR REPLACE SQL SECURITY DEFINER VIEW operators AS SELECT
	id, name, email, status, password_hash, password_changed_at,
	totp_sealed, totp_confirmed_at, totp_last_step, last_sign_in_at,
	created_at, updated_at, deleted_at, living
FROM operator WHERE id = current_operator()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW operator_sessions AS SELECT
	id, operator_id, living, hash, remote, user_agent, last_seen_at,
	expires_at, created_at
FROM operator_session WHERE operator_id = current_operator()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW operator_recovery_codes AS SELECT
	operator_id, hash, living, used_at, created_at
FROM operator_recovery_code WHERE operator_id = current_operator()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW operator_idempotency_keys AS SELECT
	operator_id, scope, key_hash, request_hash, state, status,
	answer_sealed, expires_at, created_at
FROM operator_idempotency_key WHERE operator_id = current_operator()
WITH CASCADED CHECK OPTION;

CREATE OR REPLACE SQL SECURITY DEFINER VIEW operator_password_links AS SELECT
	id, operator_id, living, hash, expires_at, used_at, created_at
FROM operator_password_link WHERE operator_id = current_operator()
WITH CASCADED CHECK OPTION;
