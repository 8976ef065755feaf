/*
 * /cgi-bin/session[/new|/end|/others|/ID|/password|/reset|/link|/totp …]
 *
 * Signing in and out, and what one may do with one's own account.
 *
 * Touches: sessions, users, operators, recovery_codes, password_links, their
 * operators' sisters, attempt, delivery, audit_entries.
 */
#include "session_answers.h"

/* clang-format off */
static const struct route routes[] = {
    ROUTE("GET", "/session", SIGNED_IN, show_session,
	.gives = GIVES_ONE, .data = &session_data, .does = "who is signed in"),
    ROUTE("POST", "/session", ANYBODY, create_session, .gives = GIVES_NEW,
	.takes = &sign_in_body, .data = &session_data, .does = "sign in"),
    ROUTE("DELETE", "/session", SIGNED_IN, end_session,
	.gives = GIVES_NOTHING, .does = "sign out"),
    ROUTE("GET", "/session/new", ANYBODY, ask_sign_in, .gives = GIVES_PAGE,
	.does = "the form to sign in"),
    ROUTE("POST", "/session/end", SIGNED_IN, end_session,
	.gives = GIVES_NOTHING, .does = "sign out"),
    ROUTE("GET", "/session/others", SIGNED_IN, list_sessions,
	.gives = GIVES_LIST, .data = &device_data, .does = "one's sessions"),
    ROUTE("POST", "/session/end-others", SIGNED_IN, end_other_sessions,
	.gives = GIVES_NOTHING, .does = "end all other sessions"),
    ROUTE("DELETE", "/session/ID", SIGNED_IN, end_one_session,
	.gives = GIVES_NOTHING, .does = "end a session"),
    ROUTE("POST", "/session/ID/end", SIGNED_IN, end_one_session,
	.gives = GIVES_NOTHING, .does = "end a session"),
    ROUTE("GET", "/session/password", SIGNED_IN, ask_password,
	.gives = GIVES_PAGE, .does = "the form of a new password"),
    ROUTE("POST", "/session/password", SIGNED_IN, change_password,
	.gives = GIVES_ONE, .takes = &password_body, .data = &session_data,
	.does = "change the password"),
    ROUTE("GET", "/session/reset", ANYBODY, ask_reset, .gives = GIVES_PAGE,
	.does = "the form for a forgotten password"),
    ROUTE("POST", "/session/reset", ANYBODY, request_reset,
	.gives = GIVES_ONE, .takes = &reset_body, .data = &message_data,
	.does = "send a link to set a password by"),
    ROUTE("GET", "/session/link", ANYBODY, ask_link, .gives = GIVES_PAGE,
	.query = &link_query, .does = "the form of a link"),
    ROUTE("POST", "/session/link", ANYBODY, use_link, .gives = GIVES_ONE,
	.takes = &link_body, .data = &message_data,
	.does = "set the password by a link"),
    ROUTE("GET", "/session/totp", SIGNED_IN, show_second,
	.gives = GIVES_PAGE, .does = "the forms of the second factor"),
    ROUTE("POST", "/session/totp", SIGNED_IN, begin_second,
	.gives = GIVES_ONE, .data = &totp_data,
	.does = "begin with one-time codes"),
    ROUTE("DELETE", "/session/totp", SIGNED_IN, remove_second,
	.gives = GIVES_NOTHING, .takes = &proof_body,
	.does = "ask for one-time codes no more"),
    ROUTE("POST", "/session/totp/confirm", SIGNED_IN, confirm_second,
	.gives = GIVES_ONE, .takes = &otp_body, .data = &codes_data,
	.does = "ask for one-time codes from now on"),
    ROUTE("POST", "/session/recovery-codes", SIGNED_IN, renew_codes,
	.gives = GIVES_ONE, .takes = &proof_body, .data = &codes_data,
	.does = "new recovery codes"),
};
/* clang-format on */

int
main(int argc, char **argv)
{
	return control_serve(CONTROL("session", routes), argc, argv);
}
