#include "letter.h"

#include "delivery.h"

struct err *
letter_put(struct db *db, struct pool *pool, const struct crypto_key *seal,
    const struct letter *letter)
{
	const struct delivery delivery = {
	    .organization = letter->organization,
	    .kind = DELIVERY_MAIL,
	    .to = letter->to,
	    .subject = letter->subject,
	    .text = letter->text,
	};

	return delivery_put(db, pool, seal, &delivery);
}
