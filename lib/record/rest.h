/*
 * What HTTP says about an answer's form, for every resource alike: which
 * face the client wants, where it goes next, what is read of the path.
 */
#ifndef RECORD_REST_H
#define RECORD_REST_H

#include "body.h"

enum face { FACE_JSON, FACE_HTML, FACE_CSV };

/* By the Accept header: the one named first wins, JSON if none is known. */
enum face rest_face(const struct req *req);
/*
 * True when the path is the pattern; in it ID stands for a number > 0, which
 * goes to *id: "/ring-groups/ID/restore".  An object has one address, so "07"
 * is not 7.  TOKEN stands for 16 to 64 of A-Z a-z 0-9 _ -, which are a slice
 * of the path: "/prompts/audio/TOKEN".
 */
bool rest_match(
    struct str path, const char *pattern, uint64_t *id, struct str *token);
/*
 * Where a form wants to go after success ("_next"), when that is a path of
 * this site; else `otherwise`.
 */
struct str rest_next(const struct form *form, struct str otherwise);
void rest_see_other(struct req *req, struct str where);

#endif
