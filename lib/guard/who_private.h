/* The two ways to show who one is. */
#ifndef GUARD_WHO_PRIVATE_H
#define GUARD_WHO_PRIVATE_H

#include "who.h"

struct err *who_unknown(struct req *req);
struct err *who_by_token(
    struct gate *gate, struct req *req, int64_t now, struct who *who);
struct err *who_by_session(
    struct gate *gate, struct req *req, int64_t now, struct who *who);

#endif
