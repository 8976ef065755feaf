#include "session_record.h"

enum { TYPED_MOST = 1000 };

static const char *const roles[] = {
    "owner", "admin", "agent", "user", "operator", NULL};

/* clang-format off */
static const struct field sign_in_fields[] = {
	{ FIELD(sign_in_record, email), .max = 254, .flags = REQUIRED },
	{ FIELD(sign_in_record, password), .max = TYPED_MOST,
	    .flags = REQUIRED | WRITEONLY },
	{ FIELD(sign_in_record, organization), .max = 63,
	    .help = "its slug, where the address is in several" },
	{ FIELD(sign_in_record, otp), .max = 40, .flags = WRITEONLY,
	    .help = "a one-time code or a recovery code" },
};
static const struct field session_fields[] = {
	{ FIELD_AS(session_record, user_id, "user.id"),
	    .flags = READONLY },
	{ FIELD_AS(session_record, user_name, "user.name"),
	    .flags = READONLY },
	{ FIELD_AS(session_record, user_email, "user.email"),
	    .flags = READONLY },
	{ FIELD_AS(session_record, user_role, "user.role"), .choices = roles,
	    .flags = READONLY },
	{ FIELD(session_record, organization), .flags = READONLY,
	    .help = "id, name, slug and timezone" },
	{ FIELD(session_record, csrf_token), .flags = READONLY },
	{ FIELD(session_record, expires_at), .flags = READONLY },
	{ FIELD(session_record, two_factor), .flags = READONLY },
};
static const struct field device_fields[] = {
	{ FIELD(device_record, id), .flags = READONLY },
	{ FIELD(device_record, remote), .flags = READONLY },
	{ FIELD(device_record, user_agent), .flags = READONLY },
	{ FIELD(device_record, last_seen_at), .flags = READONLY },
	{ FIELD(device_record, created_at), .flags = READONLY },
	{ FIELD(device_record, expires_at), .flags = READONLY },
	{ FIELD(device_record, current), .flags = READONLY },
};
static const struct field password_fields[] = {
	{ FIELD(password_record, current_password), .max = TYPED_MOST,
	    .flags = REQUIRED | WRITEONLY },
	{ FIELD(password_record, password), .max = TYPED_MOST,
	    .flags = REQUIRED | WRITEONLY },
};
static const struct field reset_fields[] = {
	{ FIELD(reset_record, email), .max = 254, .flags = REQUIRED },
	{ FIELD(reset_record, organization), .max = 63 },
};
static const struct field link_fields[] = {
	{ FIELD(link_record, token), .max = 100, .flags = REQUIRED },
	{ FIELD(link_record, password), .max = TYPED_MOST,
	    .flags = REQUIRED | WRITEONLY },
};
static const struct field link_query_fields[] = {
	{ FIELD(link_record, token), .max = 100 },
};
static const struct field proof_fields[] = {
	{ FIELD(proof_record, password), .max = TYPED_MOST,
	    .flags = REQUIRED | WRITEONLY },
};
static const struct field otp_fields[] = {
	{ FIELD(otp_record, otp), .max = 40, .flags = REQUIRED | WRITEONLY },
};
static const struct field totp_fields[] = {
	{ FIELD(totp_record, secret), .flags = READONLY,
	    .help = "base32, to be typed" },
	{ FIELD(totp_record, uri), .flags = READONLY,
	    .help = "the same as a QR code holds it" },
};
struct code_row {
	struct str code;
};
static const struct field code_fields[] = {
	{ FIELD_AS(code_row, code, ""), .flags = READONLY },
};
static const struct record code_record = {
	.name = "recovery_code", RECORD(code_row, code_fields),
};
static const struct field codes_fields[] = {
	{ FIELD(codes_record, recovery_codes), .of = &code_record,
	    .flags = READONLY },
};
static const struct field message_fields[] = {
	{ FIELD(message_record, message), .flags = READONLY },
};
/* clang-format on */

const struct record sign_in_body = {
    .name = "sign_in", RECORD(sign_in_record, sign_in_fields)};
const struct record session_data = {
    .name = "session", RECORD(session_record, session_fields)};
const struct record device_data = {
    .name = "device", RECORD(device_record, device_fields)};
const struct record password_body = {
    .name = "new_password", RECORD(password_record, password_fields)};
const struct record reset_body = {
    .name = "reset", RECORD(reset_record, reset_fields)};
const struct record link_body = {
    .name = "password_link", RECORD(link_record, link_fields)};
const struct record link_query = {
    .name = "password_link_query", RECORD(link_record, link_query_fields)};
const struct record proof_body = {
    .name = "proof", RECORD(proof_record, proof_fields)};
const struct record otp_body = {
    .name = "one_time_code", RECORD(otp_record, otp_fields)};
const struct record totp_data = {
    .name = "totp", RECORD(totp_record, totp_fields)};
const struct record codes_data = {
    .name = "recovery_codes", RECORD(codes_record, codes_fields)};
const struct record message_data = {
    .name = "message", RECORD(message_record, message_fields)};
