#include "body.h"

/* A tree, because a form may name the parts of an object in any order. */
struct node {
	struct node *next, *first;
	struct str name;
	struct str value; /* absent: has children or nothing */
};

enum { DEPTH_MOST = 8 };

static struct node *
child(struct pool *pool, struct node *parent, struct str name)
{
	struct node **at = &parent->first;

	for (; *at != NULL; at = &(*at)->next)
		if (str_equal((*at)->name, name))
			return *at;
	*at = NEW(pool, struct node);
	(*at)->name = name;
	return *at;
}

static struct err *
add_pair(struct pool *pool, struct node *root, const struct param *pair)
{
	struct str rest = pair->name, name;
	struct node *node = root;
	int depth = 0;

	while (str_next(&rest, '.', &name)) {
		if (name.n == 0 || ++depth > DEPTH_MOST)
			return err_new(pool, BAD_REQUEST,
			    "\"%.*s\" is no name of a field.",
			    PSTR(pair->name));
		node = child(pool, node, name);
	}
	/* Of a hidden field and the box it stands for the last one counts. */
	node->value = pair->value;
	return NULL;
}

static bool
is_list(const struct node *node)
{
	for (const struct node *n = node->first; n != NULL; n = n->next)
		if (!str_is_digits(n->name))
			return false;
	return node->first != NULL;
}

static bool
is_empty(const struct node *node)
{
	if (node->value.n > 0)
		return false;
	for (const struct node *n = node->first; n != NULL; n = n->next)
		if (!is_empty(n))
			return false;
	return true;
}

static void
write_node(const struct node *node, const char *key, struct json_out *out)
{
	bool list = is_list(node);

	if (node->first == NULL) {
		json_put_text(out, key, node->value);
		return;
	}
	json_open(out, key, list ? '[' : '{');
	for (const struct node *n = node->first; n != NULL; n = n->next)
		if (!list)
			write_node(
			    n, pool_copy(out->buf->pool, n->name).p, out);
		else if (!is_empty(n))
			write_node(n, NULL, out);
	json_close(out, list ? ']' : '}');
}

struct err *
body_of_form(
    struct pool *pool, const struct form *form, const struct json **out)
{
	struct node root = {NULL, NULL, NO_STR, NO_STR};
	struct buf text = buf_new(pool, 256);
	struct json_out json = {&text, false};

	for (size_t i = 0; i < form->count; i++)
		if (!str_starts(form->params[i].name, STR("_")))
			TRY(add_pair(pool, &root, &form->params[i]));
	json_open(&json, NULL, '{');
	for (const struct node *n = root.first; n != NULL; n = n->next)
		write_node(n, pool_copy(pool, n->name).p, &json);
	json_close(&json, '}');
	return json_parse(pool, buf_str(&text), out);
}

struct err *
body_parse(struct req *req, struct body *body)
{
	*body = (struct body){.json = NULL};
	if (req->refused != NULL)
		return req->refused;
	if (req->upload != NULL) {
		body->form = true;
		body->upload = req->upload;
		body->fields = req->upload->fields;
		return body_of_form(req->pool, &body->fields, &body->json);
	}
	if (str_starts(req->content_type, STR("audio/"))) {
		body->raw = req->body;
		return json_parse(req->pool, STR("{}"), &body->json);
	}
	body->form =
	    str_is(req->content_type, "application/x-www-form-urlencoded");
	if (!body->form) {
		TRY(json_parse(req->pool,
		    req->body.n > 0 ? req->body : STR("{}"), &body->json));
		if (json_kind(body->json) != JSON_OBJECT)
			return err_new(req->pool, BAD_REQUEST,
			    "The body must be a JSON object.");
		return NULL;
	}
	TRY(form_parse(req->pool, req->body, &body->fields));
	return body_of_form(req->pool, &body->fields, &body->json);
}
