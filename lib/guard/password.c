#include "password.h"

/* Those of enough characters that are tried before all others. */
static const char *const common[] = {"0123456789", "0987654321", "1029384756",
    "123123123123", "1234554321", "1234567890", "1234567891", "12345678910",
    "123456789a", "123456789q", "1234567890q", "123qwe123qwe", "147258369a",
    "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "9876543210", "a123456789",
    "abcdefghij", "abcdefghijk", "administrator", "asdfghjkl1", "asdfghjkl;",
    "basketball", "changeme123", "changemenow", "computer123", "football123",
    "iloveyou123", "iloveyou12", "letmein123", "monkey12345", "mypassword",
    "mypassword1", "opbxopbxopbx", "p@ssw0rd123", "passw0rd123", "password01",
    "password12", "password123", "password1234", "password12345",
    "password123456", "password!!", "passwordpassword", "q1w2e3r4t5",
    "q1w2e3r4t5y6", "qazwsxedcrfv", "qwerty1234", "qwerty12345", "qwerty123456",
    "qwertyuiop", "qwertyuiop123", "qwertyuiop[]", "starwars123", "superman123",
    "telephone1", "telephone123", "trustno1trustno1", "unknown123",
    "welcome123", "welcome1234", "zaq12wsxcde3", "zxcvbnm123"};

enum { DIFFERENT_LEAST = 4 };

static bool
is_common(struct str password)
{
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		if (str_is_nocase(password, common[i]))
			return true;
	return false;
}

/* "aaaaaaaaaa", "1212121212" */
static bool
is_monotonous(struct str password)
{
	bool seen[256] = {false};
	int different = 0;

	for (size_t i = 0; i < password.n; i++) {
		unsigned char byte = (unsigned char)password.p[i];

		different += !seen[byte];
		seen[byte] = true;
	}
	return different < DIFFERENT_LEAST;
}

static bool
is_own(struct str password, struct str email)
{
	struct str rest = email, name;

	return str_equal_nocase(password, email) ||
	       (str_next(&rest, '@', &name) &&
		   str_equal_nocase(password, name));
}

void
password_check(struct complaints *all, struct str field, struct str password,
    struct str email)
{
	size_t length = str_length(password);

	if (length < PASSWORD_LEAST || length > PASSWORD_MOST)
		complain(all, field, "must have %d to %d characters",
		    PASSWORD_LEAST, PASSWORD_MOST);
	else if (email.n > 0 && is_own(password, email))
		complain(all, field, "must not be your e-mail address");
	else if (is_common(password) || is_monotonous(password))
		complain(all, field, "is one that everybody tries first");
}

bool
password_verify(struct str hash, struct str password, bool cheap)
{
	/* Of random bytes that nobody knows, by the costs of crypto.c. */
	static const char *const nobody[] = {
	    "$argon2id$v=19$m=65536,t=2,p=1$eFNTrmX/oib44OGFn8wrZw"
	    "$4e/hoIX8e9WUh457va/XxaWOmNAcpiQnyMSE5TLvixQ",
	    "$argon2id$v=19$m=8,t=1,p=1$J2Py9drIaxI1hd0gcsRJWw"
	    "$imnInc611XhOHOVm4UMYXKGyGB70TGvbL84aTtISenI"};
	bool same = crypto_password_verify(
	    hash.n > 0 ? hash : str_of(nobody[cheap]), password);

	return same && hash.n > 0;
}
