/* What people below admin may change of an extension. */
#include "check.h"
#include "extension.h"

/* Mail goes to the address that an admin gave, and a PIN opens a mailbox. */
const char *const extension_own[] = {"do_not_disturb", "forward.always",
    "forward.busy", "forward.no_answer", "voicemail.greeting.prompt_id",
    "voicemail.greeting.text", NULL};

static bool
is_own_field(const char *name)
{
	for (size_t i = 0; extension_own[i] != NULL; i++)
		if (strcmp(name, extension_own[i]) == 0)
			return true;
	return false;
}

struct err *
check_agent(struct change *change, const struct extension_record *before,
    const struct extension_record *x)
{
	const struct record *record = extensions.record;

	if (role_in(change->role, ADMINS))
		return NULL;
	if (before == NULL || before->user_id == 0 ||
	    before->user_id != change->actor.user)
		return err_new(change->pool, FORBIDDEN,
		    "You may change your own extension only.");
	for (size_t i = 0; i < record->count; i++)
		if (!is_own_field(record->fields[i].name) &&
		    !field_same(&record->fields[i], before, x))
			forbid(change, str_of(record->fields[i].name),
			    "is not for your role to change");
	return NULL;
}
