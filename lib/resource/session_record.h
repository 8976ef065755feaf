/*
 * What a client sends to sign in and look after an account, and what it is
 * told.
 */
#ifndef RESOURCE_SESSION_RECORD_H
#define RESOURCE_SESSION_RECORD_H

#include "record.h"

struct sign_in_record {
	struct str email, password, organization, otp;
};
extern const struct record sign_in_body;

/* Who is signed in. */
struct session_record {
	uint64_t user_id;
	struct str user_name, user_email;
	unsigned user_role;
	struct document
	    organization;          /* absent: an operator who acts for none */
	struct str csrf_token;     /* absent for a token */
	struct instant expires_at; /* 0 for a token */
	bool two_factor;
};
extern const struct record session_data;

/* One of somebody's sessions. */
struct device_record {
	uint64_t id;
	struct str remote, user_agent;
	struct instant last_seen_at, created_at, expires_at;
	bool current;
};
extern const struct record device_data;

struct password_record {
	struct str current_password, password;
};
extern const struct record password_body;

struct reset_record {
	struct str email, organization;
};
extern const struct record reset_body;

struct link_record {
	struct str token, password;
};
extern const struct record link_body;
/* ?token= */
extern const struct record link_query;

/* What is proved by the password once more. */
struct proof_record {
	struct str password;
};
extern const struct record proof_body;

struct otp_record {
	struct str otp;
};
extern const struct record otp_body;

struct totp_record {
	struct str secret, uri;
};
extern const struct record totp_data;

struct codes_record {
	struct children recovery_codes; /* of struct str */
};
extern const struct record codes_data;

/* A word for people. */
struct message_record {
	struct str message;
};
extern const struct record message_data;

#endif
