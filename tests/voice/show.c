#include "show.h"

/* A comment may hold neither "--" nor control characters. */
void
show_comment(struct buf *out, struct str text)
{
	buf_add_text(out, "<!-- ");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '-' && i > 0 && text.p[i - 1] == '-')
			buf_add_char(out, ' ');
		if ((unsigned char)text.p[i] < ' ')
			buf_printf(out, "\\x%02x", text.p[i]);
		else
			buf_add_char(out, text.p[i]);
	}
	buf_add_text(out, " -->\n");
}

/* One element a line, indented; texts stay on the line of their element. */
void
show_document(struct buf *out, struct str document)
{
	int depth = 1;

	for (size_t i = 0; i < document.n; i++) {
		bool tag = document.p[i] == '<';
		bool end =
		    tag && i + 1 < document.n && document.p[i + 1] == '/';

		if (end)
			depth--;
		if (tag && i > 0 && document.p[i - 1] == '>')
			buf_printf(out, "\n%*s", depth * 2, "");
		else if (tag && i == 0)
			buf_printf(out, "%*s", depth * 2, "");
		buf_add_char(out, document.p[i]);
		if (tag && !end)
			depth++;
		if (document.p[i] == '>' && i > 0 && document.p[i - 1] == '/')
			depth--;
	}
	buf_add_char(out, '\n');
}

/* What a cursor says, in words instead of its seal. */
struct str
show_cursor(const struct show *show, const struct cursor *cursor)
{
	static const struct {
		const char *name;
		enum target_type type;
	} stages[] = {
	    [STAGE_START] = {"start", TARGET_NONE},
	    [STAGE_EXTENSION] = {"rang", TARGET_EXTENSION},
	    [STAGE_GROUP] = {"rang", TARGET_RING_GROUP},
	    [STAGE_MENU] = {"played", TARGET_IVR_MENU},
	    [STAGE_ROOM_PIN] = {"pin", TARGET_CONFERENCE_ROOM},
	    [STAGE_SERVICE] = {"called", TARGET_EXTENSION},
	    [STAGE_TRUNK] = {"trunk", TARGET_EXTENSION},
	    [STAGE_RECORDED] = {"recorded", TARGET_VOICEMAIL},
	    [STAGE_MAILBOX_PIN] = {"pin", TARGET_VOICEMAIL},
	    [STAGE_MAILBOX] = {"message", TARGET_VOICEMAIL},
	};
	struct buf text = buf_new(show->pool, 128);

	buf_printf(&text, "%s %.*s", stages[cursor->stage].name,
	    PSTR(tenant_name(
		show->tenant, stages[cursor->stage].type, cursor->node)));
	if (cursor->position != 0)
		buf_printf(&text, ", position %d", cursor->position);
	if (cursor->start != 0)
		buf_printf(&text, ", start %d", cursor->start);
	if (cursor->mailbox != 0)
		buf_printf(&text, ", mailbox %.*s",
		    PSTR(tenant_name(
			show->tenant, TARGET_EXTENSION, cursor->mailbox)));
	if (cursor->forwarder != 0)
		buf_printf(&text, ", forwarder %.*s",
		    PSTR(tenant_name(
			show->tenant, TARGET_EXTENSION, cursor->forwarder)));
	if (cursor->message != 0)
		buf_printf(&text, ", message %llu",
		    (unsigned long long)cursor->message);
	if (cursor->external.n > 0)
		buf_printf(&text, ", external %.*s", PSTR(cursor->external));
	return buf_str(&text);
}

/* Whom or what the effect is about. */
static void
show_object(const struct show *show, struct buf *text, const struct effect *e)
{
	struct str name = NO_STR;

	switch (e->kind) {
	case EFFECT_EMERGENCY:
	case EFFECT_DO_NOT_DISTURB:
	case EFFECT_FORWARD_ALWAYS:
		if (e->id != 0)
			name =
			    tenant_name(show->tenant, TARGET_EXTENSION, e->id);
		break;
	case EFFECT_MISSED_CALL:
	case EFFECT_WRONG_PIN:
		name = tenant_name(show->tenant, e->node.type, e->node.id);
		break;
	case EFFECT_PROVE_DID:
		name = tenant_did(show->tenant, e->id);
		break;
	case EFFECT_MESSAGE_HEARD:
	case EFFECT_MESSAGE_DELETED:
		name =
		    pool_printf(show->pool, "%llu", (unsigned long long)e->id);
		break;
	}
	if (name.n > 0)
		buf_printf(text, " of %.*s", PSTR(name));
}

static void
show_effects(
    const struct show *show, struct buf *out, const struct decision *decision)
{
	static const char *const names[] = {
	    [EFFECT_EMERGENCY] = "emergency",
	    [EFFECT_MISSED_CALL] = "missed call",
	    [EFFECT_WRONG_PIN] = "wrong PIN",
	    [EFFECT_DO_NOT_DISTURB] = "do-not-disturb",
	    [EFFECT_FORWARD_ALWAYS] = "forward always",
	    [EFFECT_PROVE_DID] = "prove DID",
	    [EFFECT_MESSAGE_HEARD] = "message heard",
	    [EFFECT_MESSAGE_DELETED] = "message deleted",
	};

	for (const struct effect *e = decision->effects; e != NULL;
	     e = e->next) {
		struct buf text = buf_new(show->pool, 64);

		buf_printf(&text, "effect: %s", names[e->kind]);
		show_object(show, &text, e);
		if (e->text.n > 0)
			buf_printf(&text, " %.*s", PSTR(e->text));
		if (e->kind == EFFECT_DO_NOT_DISTURB ||
		    e->kind == EFFECT_FORWARD_ALWAYS)
			buf_printf(&text, " %s", e->on ? "on" : "off");
		if (e->target.type != TARGET_NONE)
			buf_printf(&text, " to %.*s",
			    PSTR(e->target.type == TARGET_EXTERNAL
				     ? e->target.number
				     : tenant_name(show->tenant, e->target.type,
					   e->target.id)));
		if (e->promised)
			buf_add_text(&text, ", promised");
		show_comment(out, buf_str(&text));
	}
}

void
show_decision(
    const struct show *show, struct buf *out, const struct decision *decision)
{
	for (const struct step *step = decision->steps; step != NULL;
	     step = step->next)
		show_comment(out,
		    pool_printf(show->pool, "step: %.*s", PSTR(step->text)));
	show_effects(show, out, decision);
	if (decision->loop.n > 0)
		show_comment(out, pool_printf(show->pool, "loop: %.*s",
				      PSTR(decision->loop)));
	if (decision->outage)
		show_comment(out, STR("outage"));
}
