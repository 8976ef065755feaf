#include "outbound.h"

static bool
applies_to(const struct outbound_rule *rule, uint64_t extension)
{
	for (size_t i = 0; i < rule->extension_count; i++)
		if (rule->extensions[i] == extension)
			return true;
	return rule->extension_count == 0;
}

int
outbound_match(const struct outbound_rule *rule, const struct number *number,
    uint64_t extension)
{
	struct str e164 = str_of(number->e164);
	int best = -1;

	if (e164.n == 0 || !applies_to(rule, extension))
		return -1;
	if (number_is_ordinary(number->kind))
		for (size_t i = 0; i < rule->country_count; i++)
			if (number_is_held(number, rule->countries[i]))
				best = 0;
	for (size_t i = 0; i < rule->prefix_count; i++)
		if (rule->prefixes[i].n > 0 &&
		    str_starts(e164, rule->prefixes[i]) &&
		    (int)rule->prefixes[i].n > best)
			best = (int)rule->prefixes[i].n;
	return best;
}

/* True when (a, match_a) is tried before (b, match_b). */
static bool
precedes(const struct outbound_rule *a, int match_a,
    const struct outbound_rule *b, int match_b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (match_a != match_b)
		return match_a > match_b;
	return a->id < b->id;
}

const struct outbound_rule *
outbound_choose(const struct outbound_rules *rules, const struct number *number,
    uint64_t extension, int n)
{
	const struct outbound_rule *last = NULL;
	int last_match = -1;

	if (rules == NULL)
		return NULL;
	/* Each round finds the first of those that come after the last one. */
	for (int round = 0; round <= n; round++) {
		const struct outbound_rule *next = NULL;
		int next_match = -1;

		for (size_t i = 0; i < rules->count; i++) {
			const struct outbound_rule *rule = &rules->rules[i];
			int match = outbound_match(rule, number, extension);

			if (match < 0)
				continue;
			if (last != NULL &&
			    !precedes(last, last_match, rule, match))
				continue;
			if (next == NULL ||
			    precedes(rule, match, next, next_match)) {
				next = rule;
				next_match = match;
			}
		}
		if (next == NULL)
			return NULL;
		last = next;
		last_match = next_match;
	}
	return last;
}

static bool
is_host(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || c == '-' || c == '.'))
			return false;
	}
	return host.n > 0 && host.p[0] != '.' && host.p[0] != '-';
}

struct str
outbound_sip_host(struct str uri)
{
	struct str rest, user, host, piece;

	if (uri.n > 255 || !str_equal_nocase(str_cut(uri, 0, 4), STR("sip:")))
		return NO_STR;
	rest = str_cut(uri, 4, uri.n);
	for (size_t i = 0; i < rest.n; i++)
		if ((unsigned char)rest.p[i] <= ' ' ||
		    (unsigned char)rest.p[i] >= 0x7f)
			return NO_STR;
	/* One '@' only: of two, implementations disagree which one counts. */
	if (str_find(rest, '?') >= 0 || !str_next(&rest, '@', &user) ||
	    user.n == 0 || rest.p == NULL || str_find(rest, '@') >= 0)
		return NO_STR;
	str_next(&rest, ';', &piece);
	str_next(&piece, ':', &host);
	if (!is_host(host) || (piece.p != NULL && !str_is_digits(piece)))
		return NO_STR;
	return host;
}

bool
outbound_sip_allowed(struct str uri, const struct str *hosts, size_t count)
{
	struct str host = outbound_sip_host(uri);

	for (size_t i = 0; i < count; i++)
		if (host.n > 0 && str_equal_nocase(host, hosts[i]))
			return true;
	return false;
}
