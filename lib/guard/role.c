#include "role.h"

static const struct {
	enum role role;
	const char *name;
} names[] = {
    {ROLE_OWNER, "owner"},
    {ROLE_ADMIN, "admin"},
    {ROLE_AGENT, "agent"},
    {ROLE_USER, "user"},
    {ROLE_OPERATOR, "operator"},
};

enum role
role_parse(struct str text)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_is(text, names[i].name))
			return names[i].role;
	return ROLE_NONE;
}

const char *
role_name(enum role role)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].role == role)
			return names[i].name;
	return "";
}

bool
role_in(enum role role, unsigned set)
{
	return ((unsigned)role & set) != 0;
}

bool
role_sees_secrets(enum role role)
{
	return role_in(role, ADMINS);
}

bool
role_manages(enum role role, enum role other)
{
	if (role == ROLE_OWNER)
		return role_in(other, READERS);
	return role == ROLE_ADMIN && role_in(other, ROLE_AGENT | ROLE_USER);
}
