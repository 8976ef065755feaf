#include "session_page.h"

#define INPUTS(table) \
	.inputs = (table), .count = sizeof(table) / sizeof *(table)

static const struct page_input sign_in_inputs[] = {
    {"email", "E-mail address", "email", "username", false},
    {"password", "Password", "password", "current-password", false},
    {"organization", "Organization, if your address is in several", "text",
	"organization", true},
    {"otp", "One-time code, if you use one", "text", "one-time-code", true},
};
static const struct page_input password_inputs[] = {
    {"current_password", "Password until now", "password", "current-password",
	false},
    {"password", "New password", "password", "new-password", false},
};
static const struct page_input reset_inputs[] = {
    {"email", "E-mail address", "email", "username", false},
    {"organization", "Organization, if your address is in several", "text",
	"organization", true},
};
static const struct page_input link_inputs[] = {
    {"token", "Token of the link", "text", "off", false},
    {"password", "New password", "password", "new-password", false},
};
static const struct page_input otp_inputs[] = {
    {"otp", "The code that it shows", "text", "one-time-code", false},
};
static const struct page_input proof_inputs[] = {
    {"password", "Password", "password", "current-password", false},
};

static const struct page_form forms[] = {
    [FORM_SIGN_IN] = {"Sign in", "", NULL, NULL, "Sign in",
	INPUTS(sign_in_inputs)},
    [FORM_PASSWORD] = {"Change the password", "/password", NULL,
	"All other sessions end, and access tokens are good no more.", "Change",
	INPUTS(password_inputs)},
    [FORM_RESET] = {"Forgotten password", "/reset", NULL,
	"A link by which you set a new one is sent to you.", "Send",
	INPUTS(reset_inputs)},
    [FORM_LINK] = {"Set a password", "/link", NULL,
	"10 to 200 characters. All your sessions end.", "Set",
	INPUTS(link_inputs)},
    [FORM_TOTP] = {"Use one-time codes", "/totp", NULL,
	"Besides the password, a code of an authenticator is asked for.",
	"Begin", NULL, 0},
    [FORM_CONFIRM] = {"Confirm the authenticator", "/totp/confirm", NULL, NULL,
	"Confirm", INPUTS(otp_inputs)},
    [FORM_DROP_TOTP] = {"Use no one-time codes any more", "/totp", "DELETE",
	NULL, "Remove", INPUTS(proof_inputs)},
    [FORM_CODES] = {"New recovery codes", "/recovery-codes", NULL,
	"Those you have are good no more.", "Make", INPUTS(proof_inputs)},
    [FORM_END_OTHERS] = {"End all other sessions", "/end-others", NULL, NULL,
	"End all other sessions", NULL, 0},
};

static struct buf *
out_of(struct visit *visit)
{
	return &visit->req->out;
}

void
session_open(struct visit *visit, int status, const char *heading)
{
	struct html html = visit_html(visit);

	html.title = NO_STR;
	html_open(&html, status, str_of(heading));
}

void
session_close(struct visit *visit)
{
	struct html html = visit_html(visit);

	html_close(&html);
}

void
session_add_line(struct visit *visit, const char *label, struct str text)
{
	struct buf *out = out_of(visit);

	buf_printf(out, "<p>%s: <output>", label);
	buf_add_html(out, text);
	buf_add_text(out, "</output></p>\n");
}

void
session_add_link(struct visit *visit, const char *path, const char *text)
{
	buf_printf(out_of(visit),
	    "<p><a href=\"/cgi-bin/session%s\">%s</a></p>\n", path, text);
}

static void
add_hidden(struct visit *visit, const char *name, struct str value)
{
	struct buf *out = out_of(visit);

	if (value.n == 0)
		return;
	buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	buf_add_html(out, value);
	buf_add_text(out, "\">\n");
}

/* What was typed, else what the link said; a password is typed again. */
static struct str
value_of(struct visit *visit, const struct page_input *input)
{
	struct str typed = json_text(json_get(visit->body.json, input->name));

	if (strcmp(input->type, "password") == 0 ||
	    strcmp(input->name, "otp") == 0)
		return STR("");
	return typed.n > 0 ? typed : form_get(&visit->query, input->name);
}

static const struct complaint *
complaint_of(const struct err *err, const char *name)
{
	const struct complaint *c = err != NULL ? err->complaints : NULL;

	while (c != NULL && !str_is(c->field, name))
		c = c->next;
	return c;
}

static void
add_select(
    struct buf *out, const char *name, struct str id, const struct slugs *slugs)
{
	buf_printf(out, "<select name=\"%s\" id=\"%.*s\">", name, PSTR(id));
	for (size_t i = 0; i < slugs->count; i++) {
		buf_add_text(out, "<option value=\"");
		buf_add_html(out, slugs->slugs[i]);
		buf_add_text(out, "\">");
		buf_add_html(out, slugs->names[i]);
		buf_add_text(out, "</option>");
	}
	buf_add_text(out, "</select>");
}

static void
add_input(struct visit *visit, enum session_form which,
    const struct page_input *input, const struct slugs *slugs,
    const struct err *err)
{
	const struct complaint *wrong = complaint_of(err, input->name);
	struct buf *out = out_of(visit);
	/* A page may hold two forms that ask for the same. */
	struct str id =
	    pool_printf(out->pool, "%s-%d", input->name, (int)which);

	buf_printf(
	    out, "<p><label for=\"%.*s\">%s</label> ", PSTR(id), input->label);
	if (slugs != NULL && strcmp(input->name, "organization") == 0) {
		add_select(out, input->name, id, slugs);
	} else {
		buf_printf(out,
		    "<input type=\"%s\" name=\"%s\" id=\"%.*s\""
		    " autocomplete=\"%s\"%s",
		    input->type, input->name, PSTR(id), input->autocomplete,
		    input->optional ? "" : " required");
		if (wrong != NULL)
			buf_printf(out,
			    " aria-invalid=\"true\""
			    " aria-describedby=\"%.*s-complaint\"",
			    PSTR(id));
		buf_add_text(out, " value=\"");
		buf_add_html(out, value_of(visit, input));
		buf_add_text(out, "\">");
	}
	if (wrong != NULL) {
		buf_printf(out,
		    " <em class=\"complaint\" id=\"%.*s-complaint\">",
		    PSTR(id));
		buf_add_html(out, wrong->text);
		buf_add_text(out, "</em>");
	}
	buf_add_text(out, "</p>\n");
}

static void
add_form(struct visit *visit, enum session_form which,
    const struct slugs *slugs, const struct err *err)
{
	const struct page_form *form = &forms[which];
	struct buf *out = out_of(visit);
	struct str next = rest_next(&visit->query, STR(""));

	if (next.n == 0)
		next = rest_next(&visit->body.fields, STR(""));
	if (form->intro != NULL)
		buf_printf(out, "<p>%s</p>\n", form->intro);
	buf_printf(out,
	    "<form method=\"post\" action=\"/cgi-bin/session%s\">\n",
	    form->action);
	add_hidden(visit, "_csrf", visit->who.csrf);
	add_hidden(visit, "_next", next);
	if (form->method != NULL)
		add_hidden(visit, "_method", str_of(form->method));
	for (size_t i = 0; i < form->count; i++)
		add_input(visit, which, &form->inputs[i], slugs, err);
	buf_printf(out, "<button>%s</button>\n</form>\n", form->submit);
}

void
session_add_form(
    struct visit *visit, enum session_form form, const struct err *err)
{
	buf_printf(out_of(visit), "<h2>%s</h2>\n", forms[form].heading);
	add_form(visit, form, NULL, err);
}

static void
page(struct visit *visit, enum session_form form, const struct slugs *slugs,
    const struct err *err)
{
	struct html html = visit_html(visit);

	if (err != NULL) {
		/* For its headers and the log. */
		answer_problem(visit->req, err);
		visit->req->out.n = 0;
	}
	session_open(visit, err != NULL ? err_status(err->code) : 200,
	    forms[form].heading);
	if (err != NULL)
		html_problem(&html, err);
	add_form(visit, form, slugs, err);
	if (form == FORM_SIGN_IN)
		session_add_link(visit, "/reset", "Forgotten password");
	session_close(visit);
}

void
session_page(struct visit *visit, enum session_form form, const struct err *err)
{
	page(visit, form, NULL, err);
}

void
session_page_choices(
    struct visit *visit, const struct slugs *slugs, const struct err *err)
{
	page(visit, FORM_SIGN_IN, slugs->count > 1 ? slugs : NULL, err);
}

struct err *
session_refused(struct visit *visit, enum session_form form, struct err *err)
{
	if (err == NULL || visit->face != FACE_HTML || err->code >= INTERNAL)
		return err;
	page(visit, form, NULL, err);
	return NULL;
}
