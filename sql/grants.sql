-- Who may do what: one account for each responder, for the worker (worker)
-- and for opbxctl (ctl), with grants on views and definer routines only.
--
-- A template.  @voice@ becomes the account, @database@ the database; @all@ is
-- every account, @control@ those of the control plane, which all ask who is
-- signed in, read configuration without its secrets (to check what an object
-- refers to and what refers to it) and write audit rows.  opbxctl migrate
-- takes every privilege away and grants these, whenever this file changes.
--
-- DELETE only where every unique key begins with organization_id, so that
-- REPLACE cannot reach another tenant's row.

-- Every account
GRANT EXECUTE ON FUNCTION @database@.current_tenant TO @all@;
GRANT EXECUTE ON FUNCTION @database@.generation_of TO @all@;
GRANT EXECUTE ON FUNCTION @database@.generation_raise TO @all@;
GRANT EXECUTE ON FUNCTION @database@.generation_sent TO @all@;
GRANT EXECUTE ON FUNCTION @database@.generations_since TO @all@;

-- The control plane: who is signed in
GRANT EXECUTE ON FUNCTION @database@.current_operator TO @control@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_token TO @control@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_session TO
	@control@;
GRANT EXECUTE ON FUNCTION @database@.operator_by_session TO @control@;
GRANT EXECUTE ON FUNCTION @database@.attempts TO @control@;
GRANT SELECT ON @database@.organizations TO @control@;
GRANT SELECT ON @database@.tokens TO @control@;
GRANT SELECT ON @database@.sessions TO @control@;
GRANT SELECT ON @database@.operator_sessions TO @control@;
GRANT SELECT (id, organization_id, name, email, role, status, phone,
	password_changed_at, totp_confirmed_at, last_sign_in_at, settings,
	created_at, updated_at, deleted_at, living) ON @database@.users TO
	@control@;
GRANT SELECT (id, name, email, status, password_changed_at,
	totp_confirmed_at, last_sign_in_at, created_at, updated_at, deleted_at,
	living) ON @database@.operators TO @control@;
GRANT SELECT (organization_id, living, carrier, base_url,
	require_signature, default_ring_timeout, voice, language,
	forward_caller_number, emergency_numbers, sip_hosts, voice_rate,
	api_rate, webhook_rate, recording_retention, voicemail_retention,
	created_at, updated_at, default_type, default_id, default_number) ON
	@database@.settings TO @control@;
GRANT UPDATE (last_used_at) ON @database@.tokens TO @control@;
GRANT UPDATE (last_seen_at) ON @database@.sessions TO @control@;
GRANT UPDATE (last_seen_at) ON @database@.operator_sessions TO
	@control@;

-- The control plane: configuration, references, audit, Idempotency-Key
GRANT SELECT ON @database@.row_counts TO @control@;
GRANT SELECT ON @database@.milestones TO @control@;
GRANT SELECT ON @database@.prompts TO @control@;
GRANT SELECT ON @database@.dids TO @control@;
GRANT SELECT ON @database@.ring_groups TO @control@;
GRANT SELECT ON @database@.ring_group_members TO @control@;
GRANT SELECT ON @database@.ivr_menus TO @control@;
GRANT SELECT ON @database@.ivr_menu_options TO @control@;
GRANT SELECT ON @database@.business_hours TO @control@;
GRANT SELECT ON @database@.business_hour_periods TO @control@;
GRANT SELECT ON @database@.business_hour_exceptions TO @control@;
GRANT SELECT ON @database@.business_hour_exception_periods TO @control@;
GRANT SELECT ON @database@.outbound_rules TO @control@;
GRANT SELECT ON @database@.outbound_rule_countries TO @control@;
GRANT SELECT ON @database@.outbound_rule_prefixes TO @control@;
GRANT SELECT ON @database@.outbound_rule_extensions TO @control@;
GRANT SELECT ON @database@.blocked_callers TO @control@;
GRANT SELECT ON @database@.notification_subjects TO @control@;
GRANT SELECT (id, organization_id, number, name, type, status, user_id,
	ring_timeout, caller_id_did_id, emergency_did_id, do_not_disturb,
	voicemail, voicemail_email, greeting_prompt_id, greeting_text,
	provider, service_number, service_url, service_params,
	carrier_state, carrier_error, carrier_at, created_at, updated_at,
	deleted_at, living, target_type, target_id, target_number, always_type,
	always_id, always_number, busy_type, busy_id, busy_number,
	no_answer_type, no_answer_id, no_answer_number) ON
	@database@.extensions TO @control@;
GRANT SELECT (id, organization_id, name, wait_for_host,
	max_participants, muted, beep, record, created_at, updated_at,
	deleted_at, living) ON @database@.conference_rooms TO @control@;
GRANT SELECT (id, organization_id, name, event, email, url, status,
	delivered_at, failed_at, failure, created_at, updated_at, deleted_at,
	living) ON @database@.notifications TO @control@;
GRANT INSERT ON @database@.audit_entries TO @control@;
GRANT EXECUTE ON FUNCTION @database@.delivery_put TO @control@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.idempotency_keys TO
	@control@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.operator_idempotency_keys TO @control@;

-- People
GRANT EXECUTE ON FUNCTION @database@.users_by_email TO @session@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_slug TO @session@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_password_link TO
	@session@;
GRANT EXECUTE ON FUNCTION @database@.operator_by_email TO @session@;
GRANT EXECUTE ON FUNCTION @database@.operator_by_password_link TO
	@session@;
GRANT EXECUTE ON FUNCTION @database@.attempts_forget TO @session@;
GRANT SELECT ON @database@.users TO @session@;
GRANT SELECT ON @database@.operators TO @session@;
GRANT UPDATE (password_hash, password_changed_at, totp_sealed,
	totp_confirmed_at, totp_last_step, last_sign_in_at, settings,
	updated_at) ON @database@.users TO @session@;
GRANT UPDATE (password_hash, password_changed_at, totp_sealed,
	totp_confirmed_at, totp_last_step, last_sign_in_at, updated_at) ON
	@database@.operators TO @session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.sessions TO
	@session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.recovery_codes TO
	@session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.password_links TO
	@session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.operator_sessions TO
	@session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.operator_recovery_codes TO @session@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.operator_password_links TO @session@;
GRANT INSERT, UPDATE ON @database@.users TO @users@;
GRANT SELECT, INSERT, UPDATE ON @database@.users TO @ctl@;
GRANT DELETE ON @database@.sessions TO @users@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.recovery_codes TO
	@users@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.password_links TO
	@users@, @ctl@;
GRANT UPDATE (deleted_at, updated_at) ON @database@.tokens TO @users@,
	@session@, @ctl@;
GRANT INSERT, UPDATE ON @database@.tokens TO @tokens@, @ctl@;

-- Organizations and their settings
GRANT EXECUTE ON FUNCTION @database@.organization_create TO
	@organizations@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_delete TO
	@organizations@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_restore TO
	@organizations@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_ids TO
	@organizations@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_page TO
	@organizations@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_slug TO
	@organizations@, @ctl@;
GRANT UPDATE (name, slug, country, timezone, domain, domain_uuid,
	caller_id_did_id, emergency_trunk, emergency_did_id, status,
	limit_extensions, limit_dids, limit_concurrent_calls, limit_storage_mb,
	settings, updated_at) ON @database@.organizations TO @organizations@,
	@ctl@;
GRANT INSERT ON @database@.users TO @organizations@;
GRANT DELETE ON @database@.sessions TO @organizations@;
GRANT SELECT (id, organization_id, expires_at), INSERT, UPDATE, DELETE ON
	@database@.voice_keys TO @organizations@;
GRANT UPDATE (webhook_secret_sealed) ON @database@.settings TO
	@organizations@;
GRANT SELECT, INSERT ON @database@.password_links TO @organizations@;
GRANT SELECT, UPDATE ON @database@.settings TO @settings@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.voice_keys TO
	@settings@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.carrier_steps TO
	@settings@, @ctl@;
GRANT SELECT, DELETE ON @database@.carrier_lists TO @settings@;
GRANT EXECUTE ON FUNCTION @database@.carrier_wanted TO @settings@, @ctl@;

-- Objects: each by the responder of its name
GRANT SELECT, INSERT, UPDATE ON @database@.extensions TO @extensions@,
	@ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.dids TO @dids@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.number_proved_elsewhere TO @dids@,
	@ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.ring_groups TO @ring-groups@,
	@ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.ivr_menus TO @ivr-menus@,
	@ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.business_hours TO
	@business-hours@, @ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.conference_rooms TO
	@conference-rooms@, @ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.outbound_rules TO
	@outbound-rules@, @ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.blocked_callers TO
	@blocked-callers@, @ctl@;
GRANT SELECT, INSERT, UPDATE ON @database@.prompts TO @prompts@, @ctl@;
GRANT SELECT (bytes) ON @database@.recordings TO @prompts@;
GRANT SELECT (bytes) ON @database@.voicemails TO @prompts@;
GRANT SELECT, INSERT, UPDATE ON @database@.notifications TO
	@notifications@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.notification_tests TO
	@notifications@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.ring_group_members TO
	@ring-groups@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.ivr_menu_options TO
	@ivr-menus@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.business_hour_periods
	TO @business-hours@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.business_hour_exceptions TO @business-hours@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.business_hour_exception_periods TO @business-hours@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.outbound_rule_countries TO @outbound-rules@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.outbound_rule_prefixes TO @outbound-rules@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.outbound_rule_extensions TO @outbound-rules@, @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.notification_subjects
	TO @notifications@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_audio TO @prompts@,
	@voicemails@;

-- Records
GRANT SELECT, UPDATE ON @database@.recordings TO @recordings@, @ctl@;
GRANT SELECT, UPDATE ON @database@.voicemails TO @voicemails@, @ctl@;
GRANT SELECT ON @database@.calls TO @calls@, @events@, @cdrs@,
	@recordings@, @voicemails@, @health@;
GRANT SELECT ON @database@.call_events TO @calls@, @events@, @cdrs@,
	@recordings@, @voicemails@, @health@;
GRANT SELECT ON @database@.notices TO @events@;
GRANT SELECT ON @database@.calls TO @extensions@;
GRANT EXECUTE ON FUNCTION @database@.hang_up_put TO @calls@;
GRANT SELECT ON @database@.cdrs TO @cdrs@, @calls@;
GRANT SELECT ON @database@.cdr_hours TO @cdrs@, @calls@;
GRANT SELECT ON @database@.cdr_days TO @cdrs@, @calls@;
GRANT SELECT ON @database@.recordings TO @calls@, @cdrs@;
GRANT SELECT ON @database@.voicemails TO @calls@, @cdrs@;
GRANT SELECT ON @database@.audit_entries TO @audit@, @calls@;
GRANT SELECT ON @database@.carrier_steps TO @health@, @extensions@;
GRANT SELECT ON @database@.parked_jobs TO @health@;
GRANT EXECUTE ON FUNCTION @database@.schema_newest TO @health@;
GRANT EXECUTE ON PROCEDURE @database@.backlog TO @health@;

-- The execution plane: what the router reads, the PIN that a caller is asked
-- for, what callers change by phone. The same without changes for the
-- simulator
GRANT EXECUTE ON FUNCTION @database@.organization_by_domain TO @voice@,
	@webhook@, @simulate@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_domain_uuid TO
	@voice@, @webhook@, @simulate@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_voice_key TO
	@voice@, @webhook@, @simulate@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.ring_group_call TO @voice@;
GRANT EXECUTE ON FUNCTION @database@.pin_locked TO @voice@, @simulate@;
GRANT EXECUTE ON FUNCTION @database@.wrong_pin TO @voice@;
GRANT SELECT ON @database@.organizations TO @voice@;
GRANT SELECT (organization_id, living, carrier, base_url,
	require_signature, default_ring_timeout, voice, language,
	forward_caller_number, emergency_numbers, sip_hosts, voice_rate,
	api_rate, webhook_rate, recording_retention, voicemail_retention,
	created_at, updated_at, default_type, default_id, default_number) ON
	@database@.settings TO @voice@;
GRANT SELECT (id, organization_id, hash, expires_at, created_at) ON
	@database@.voice_keys TO @voice@, @webhook@, @simulate@;
GRANT SELECT ON @database@.prompts TO @voice@;
GRANT SELECT ON @database@.dids TO @voice@;
GRANT SELECT ON @database@.ring_groups TO @voice@;
GRANT SELECT ON @database@.ring_group_members TO @voice@;
GRANT SELECT ON @database@.ivr_menus TO @voice@;
GRANT SELECT ON @database@.ivr_menu_options TO @voice@;
GRANT SELECT ON @database@.business_hours TO @voice@;
GRANT SELECT ON @database@.business_hour_periods TO @voice@;
GRANT SELECT ON @database@.business_hour_exceptions TO @voice@;
GRANT SELECT ON @database@.business_hour_exception_periods TO @voice@;
GRANT SELECT ON @database@.outbound_rules TO @voice@;
GRANT SELECT ON @database@.outbound_rule_countries TO @voice@;
GRANT SELECT ON @database@.outbound_rule_prefixes TO @voice@;
GRANT SELECT ON @database@.outbound_rule_extensions TO @voice@;
GRANT SELECT ON @database@.blocked_callers TO @voice@;
GRANT SELECT (id, organization_id, number, name, type, status, user_id,
	ring_timeout, caller_id_did_id, emergency_did_id, do_not_disturb,
	voicemail, voicemail_pin_sealed, voicemail_email, greeting_prompt_id,
	greeting_text, provider, service_number, service_url,
	service_token_sealed, service_params, carrier_state,
	carrier_error, carrier_at, created_at, updated_at, deleted_at, living,
	target_type, target_id, target_number, always_type, always_id,
	always_number, busy_type, busy_id, busy_number, no_answer_type,
	no_answer_id, no_answer_number) ON @database@.extensions TO @voice@,
	@simulate@;
GRANT SELECT ON @database@.conference_rooms TO @voice@, @simulate@;
GRANT SELECT ON @database@.voicemails TO @voice@, @simulate@;
GRANT UPDATE (do_not_disturb, always_type, always_id, always_number,
	updated_at) ON @database@.extensions TO @voice@;
GRANT UPDATE (proved_at, updated_at) ON @database@.dids TO @voice@;
GRANT INSERT, UPDATE ON @database@.voicemails TO @voice@;
GRANT SELECT, INSERT, UPDATE ON @database@.calls TO @voice@;
GRANT INSERT ON @database@.call_events TO @voice@;
GRANT INSERT ON @database@.audit_entries TO @voice@;

-- Webhooks: the key and the secret of their signature; events are only added
GRANT SELECT ON @database@.organizations TO @webhook@;
GRANT SELECT (organization_id, living, carrier, base_url,
	webhook_secret_sealed, require_signature, default_ring_timeout, voice,
	language, forward_caller_number, emergency_numbers, sip_hosts,
	voice_rate, api_rate, webhook_rate, recording_retention,
	voicemail_retention, created_at, updated_at, default_type, default_id,
	default_number) ON @database@.settings TO @webhook@;
GRANT SELECT ON @database@.dids TO @webhook@;
GRANT SELECT (id, organization_id, number, living) ON
	@database@.extensions TO @webhook@;
GRANT INSERT ON @database@.call_events TO @webhook@;

-- The worker: queues, deliveries, the carrier's side, retention
GRANT EXECUTE ON FUNCTION @database@.organization_ids TO @worker@;
GRANT EXECUTE ON PROCEDURE @database@.events_unfolded TO @worker@;
GRANT EXECUTE ON PROCEDURE @database@.events_passed TO @worker@;
GRANT EXECUTE ON PROCEDURE @database@.events_late TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.organizations_by_call TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_domain TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_domain_uuid TO
	@worker@;
GRANT EXECUTE ON FUNCTION @database@.organization_by_voice_key TO
	@worker@;
GRANT EXECUTE ON FUNCTION @database@.audio_unfetched TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.audio_expired TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.cdrs_unfolded TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.forget TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.generations_unsent TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.notices_pending TO @worker@;
GRANT SELECT, INSERT, UPDATE ON @database@.notices TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.delivery_put TO @worker@;
GRANT EXECUTE ON PROCEDURE @database@.delivery_claim TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.delivery_done TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.delivery_failed TO @worker@;
GRANT SELECT ON @database@.organizations TO @worker@;
GRANT SELECT ON @database@.settings TO @worker@;
GRANT SELECT ON @database@.prompts TO @worker@;
GRANT SELECT ON @database@.dids TO @worker@;
GRANT SELECT ON @database@.ring_groups TO @worker@;
GRANT SELECT ON @database@.ring_group_members TO @worker@;
GRANT SELECT ON @database@.ivr_menus TO @worker@;
GRANT SELECT ON @database@.ivr_menu_options TO @worker@;
GRANT SELECT ON @database@.business_hours TO @worker@;
GRANT SELECT ON @database@.business_hour_periods TO @worker@;
GRANT SELECT ON @database@.business_hour_exceptions TO @worker@;
GRANT SELECT ON @database@.business_hour_exception_periods TO @worker@;
GRANT SELECT ON @database@.outbound_rules TO @worker@;
GRANT SELECT ON @database@.outbound_rule_countries TO @worker@;
GRANT SELECT ON @database@.outbound_rule_prefixes TO @worker@;
GRANT SELECT ON @database@.outbound_rule_extensions TO @worker@;
GRANT SELECT ON @database@.blocked_callers TO @worker@;
GRANT SELECT ON @database@.notification_subjects TO @worker@;
GRANT SELECT ON @database@.conference_rooms TO @worker@;
GRANT SELECT ON @database@.extensions TO @worker@;
GRANT SELECT ON @database@.notifications TO @worker@;
GRANT SELECT (id, organization_id, name, email, role, status, phone,
	password_changed_at, totp_confirmed_at, last_sign_in_at, settings,
	created_at, updated_at, deleted_at, living) ON @database@.users TO
	@worker@;
GRANT UPDATE (carrier_state, carrier_error, carrier_at, carrier_number,
	updated_at) ON @database@.extensions TO @worker@;
GRANT UPDATE (delivered_at, failed_at, failure) ON
	@database@.notifications TO @worker@;
GRANT SELECT ON @database@.voice_keys TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.carrier_steps TO
	@worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.carrier_lists TO
	@worker@, @ctl@;
GRANT EXECUTE ON PROCEDURE @database@.carrier_claim TO @worker@, @ctl@;
GRANT EXECUTE ON FUNCTION @database@.carrier_release TO @worker@, @ctl@;
GRANT EXECUTE ON PROCEDURE @database@.hang_up_claim TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.hang_up_done TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.hang_up_failed TO @worker@;
GRANT EXECUTE ON PROCEDURE @database@.quiet_claim TO @worker@;
GRANT EXECUTE ON FUNCTION @database@.quiet_later TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.calls TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.call_events TO
	@worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.cdrs TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.cdr_hours TO
	@worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.cdr_days TO @worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.recordings TO
	@worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.voicemails TO
	@worker@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.parked_jobs TO
	@worker@;
GRANT SELECT (organization_id, id, expires_at), DELETE ON
	@database@.sessions TO @worker@;
GRANT SELECT (organization_id, scope, key_hash, expires_at), DELETE ON
	@database@.idempotency_keys TO @worker@;
GRANT INSERT ON @database@.audit_entries TO @worker@;

-- opbxctl: as the control plane, and what an operator has besides
GRANT EXECUTE ON FUNCTION @database@.operator_create TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.did_is_taken TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.operator_by_email TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.operator_ids TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.users_by_email TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.generations_unsent TO @ctl@;
GRANT EXECUTE ON PROCEDURE @database@.parked_jobs_list TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.parked_job_drop TO @ctl@;
GRANT EXECUTE ON FUNCTION @database@.parked_job_retry TO @ctl@;
GRANT SELECT, UPDATE ON @database@.operators TO @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.operator_recovery_codes TO @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON
	@database@.operator_password_links TO @ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.operator_sessions TO
	@ctl@;
GRANT SELECT, INSERT, UPDATE, DELETE ON @database@.parked_jobs TO @ctl@;
GRANT SELECT ON @database@.calls TO @ctl@;
GRANT SELECT ON @database@.call_events TO @ctl@;
GRANT SELECT ON @database@.cdrs TO @ctl@;
GRANT SELECT ON @database@.cdr_hours TO @ctl@;
GRANT SELECT ON @database@.cdr_days TO @ctl@;
GRANT SELECT ON @database@.audit_entries TO @ctl@;
