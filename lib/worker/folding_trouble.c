#include "folding_trouble.h"

enum { PAUSE_US = 1000000 };

struct folding_trouble *
folding_trouble_find(
    struct folding_troubles *all, uint64_t organization, struct str key)
{
	uint64_t hash;

	if (all->count == 0)
		return NULL;
	hash = str_hash(key);
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].key == hash &&
		    all->list[i].organization == organization)
			return &all->list[i];
	return NULL;
}

void
folding_trouble_add(
    struct folding_troubles *all, uint64_t organization, struct str key)
{
	if (folding_trouble_find(all, organization, key) == NULL &&
	    all->count < TROUBLES)
		all->list[all->count++] = (struct folding_trouble){
		    .organization = organization, .key = str_hash(key)};
}

bool
folding_trouble_failed(struct folding_troubles *all, uint64_t organization,
    struct str key, int64_t now, struct str cause)
{
	struct folding_trouble *one;

	folding_trouble_add(all, organization, key);
	one = folding_trouble_find(all, organization, key);
	if (one == NULL)
		return false;
	if (one->failed == 0)
		one->folded = all->folded;
	if (one->failed < TROUBLE_MOST)
		one->failed++;
	one->again = now + ((int64_t)PAUSE_US << (one->failed - 1));
	cause = str_head(cause, sizeof one->cause - 1);
	memcpy(one->cause, cause.p, cause.n);
	one->cause[cause.n] = '\0';
	one->given_up =
	    one->failed == TROUBLE_MOST && all->folded != one->folded;
	return one->given_up;
}

void
folding_trouble_over(
    struct folding_troubles *all, uint64_t organization, struct str key)
{
	struct folding_trouble *one =
	    folding_trouble_find(all, organization, key);

	if (one != NULL)
		*one = all->list[--all->count];
}

void
folding_trouble_keep(struct folding_troubles *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (!all->list[i].there)
			continue;
		all->list[kept] = all->list[i];
		all->list[kept++].there = false;
	}
	all->count = kept;
}
