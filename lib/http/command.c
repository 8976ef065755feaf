#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "buf.h"

enum { WAITING = 1024 /* connections that may wait for a process */ };

/* The strings of an environment while it grows. */
struct list {
	struct pool *pool;
	char **strings;
	size_t count;
};

static void
add(struct list *list, struct str name, struct str value)
{
	struct buf buf = buf_new(list->pool, name.n + value.n + 2);

	buf_add(&buf, name);
	buf_add_char(&buf, '=');
	buf_add(&buf, value);
	list->strings[list->count++] = buf.p;
}

/* "X-Cx-To: 1001" becomes HTTP_X_CX_TO=1001. */
static bool
add_header(struct list *list, struct str line)
{
	struct buf name = buf_new(list->pool, line.n + 6);
	ptrdiff_t colon = str_find(line, ':');

	if (colon <= 0)
		return false;
	if (!str_is_nocase(str_cut(line, 0, (size_t)colon), "Content-Type"))
		buf_add(&name, STR("HTTP_"));
	for (ptrdiff_t i = 0; i < colon; i++) {
		char c = line.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_add_char(&name, (char)(c == '-' ? '_' : c));
	}
	add(list, buf_str(&name),
	    str_trim(str_cut(line, (size_t)colon + 1, line.n)));
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As a server does before it hands over the path. */
static struct str
decode(struct pool *pool, struct str text)
{
	struct buf out = buf_new(pool, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' && i + 2 < text.n &&
		    hex_digit(text.p[i + 1]) >= 0 &&
		    hex_digit(text.p[i + 2]) >= 0) {
			buf_add_char(
			    &out, (char)(hex_digit(text.p[i + 1]) * 16 +
					 hex_digit(text.p[i + 2])));
			i += 2;
		} else {
			buf_add_char(&out, text.p[i]);
		}
	}
	return buf_str(&out);
}

static void
add_target(struct list *list, struct str target)
{
	struct str path = target, query = STR("");

	if (str_find(target, '?') >= 0) {
		query = target;
		str_next(&query, '?', &path);
	}
	add(list, STR("SCRIPT_NAME"), decode(list->pool, path));
	add(list, STR("QUERY_STRING"), query);
}

/* Tests and operators say so what a server would. */
static void
add_own(struct list *list)
{
	for (char **entry = environ; *entry != NULL; entry++)
		if (str_starts(str_of(*entry), STR("OPBX_")))
			list->strings[list->count++] = *entry;
}

static size_t
count_environment(void)
{
	size_t count = 0;

	while (environ[count] != NULL)
		count++;
	return count;
}

static bool
brings_body(const char *method)
{
	struct str text = str_of(method);

	return str_is(text, "POST") || str_is(text, "PUT") ||
	       str_is(text, "PATCH");
}

static struct err *
parse_request(struct pool *pool, int argc, char **argv, struct command *out)
{
	struct list list = {pool, NULL, 0};
	bool typed = false;

	list.strings =
	    NEW_ARRAY(pool, char *, (size_t)argc + count_environment() + 8);
	out->kind = COMMAND_REQUEST;
	add(&list, STR("REQUEST_METHOD"), str_of(argv[1]));
	add_target(&list, str_of(argv[2]));
	add(&list, STR("REMOTE_ADDR"), STR("127.0.0.1"));
	for (int i = 3; i < argc; i += 2) {
		struct str option = str_of(argv[i]);
		struct str value = i + 1 < argc ? str_of(argv[i + 1]) : NO_STR;

		if (value.p == NULL)
			return err_new(
			    pool, BAD_REQUEST, "%s wants a value.", argv[i]);
		if (str_is(option, "-d"))
			out->body = value;
		else if (!str_is(option, "-H"))
			return err_new(pool, BAD_REQUEST,
			    "%s is not understood.", argv[i]);
		else if (!add_header(&list, value))
			return err_new(pool, BAD_REQUEST,
			    "\"%s\" is not like \"Name: value\".", argv[i + 1]);
		else
			typed = typed ||
				str_starts(str_of(list.strings[list.count - 1]),
				    STR("CONTENT_TYPE="));
	}
	if (!typed)
		add(&list, STR("CONTENT_TYPE"),
		    STR("application/x-www-form-urlencoded"));
	add_own(&list);
	out->from_input = out->body.p == NULL && brings_body(argv[1]);
	out->environment = list.strings;
	return NULL;
}

/* "0660": octal digits, at most 0777; -1 for anything else. */
static int
parse_mode(struct str text)
{
	int mode = 0;

	if (text.n == 0 || text.n > 4)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return -1;
		mode = mode * 8 + (text.p[i] - '0');
	}
	return mode <= 0777 ? mode : -1;
}

struct err *
command_parse(struct pool *pool, int argc, char **argv, struct command *out)
{
	*out = (struct command){.kind = COMMAND_HELP, .mode = -1};
	if (argc < 2 || str_is(str_of(argv[1]), "--help"))
		return NULL;
	if (argc == 2 && str_is(str_of(argv[1]), "--describe")) {
		out->kind = COMMAND_DESCRIBE;
		return NULL;
	}
	if (argc < 3)
		return err_new(pool, BAD_REQUEST,
		    "%s wants something behind it.", argv[1]);
	if (argv[1][0] != '-')
		return parse_request(pool, argc, argv, out);
	if (!str_is(str_of(argv[1]), "--listen"))
		return err_new(
		    pool, BAD_REQUEST, "%s is not understood.", argv[1]);
	out->kind = COMMAND_LISTEN;
	out->socket = str_of(argv[2]);
	if (argc == 3)
		return NULL;
	if (argc == 5 && str_is(str_of(argv[3]), "--mode"))
		out->mode = parse_mode(str_of(argv[4]));
	if (out->mode < 0)
		return err_new(pool, BAD_REQUEST,
		    "Behind --listen PATH only --mode 0NNN is understood.");
	return NULL;
}

struct str
command_help(struct pool *pool, const char *name)
{
	return pool_printf(pool,
	    "%s: the responder behind /cgi-bin/%s of OpBX\n"
	    "\n"
	    "  %s METHOD PATH [-H 'Name: value']... [-d BODY]\n"
	    "        one request, as a shell command; the answer is CGI's.\n"
	    "        Without -d the body of POST, PUT and PATCH comes from\n"
	    "        standard input.\n"
	    "  %s --listen SOCKET [--mode 0660]\n"
	    "        FastCGI on a unix socket, until SIGTERM.\n"
	    "  %s --describe\n"
	    "        what it can be asked, as a part of an OpenAPI document.\n"
	    "  %s --help\n"
	    "        this page.\n"
	    "\n"
	    "Without arguments it serves FastCGI when its standard input is a\n"
	    "listening socket, and plain CGI when a server runs it so.\n"
	    "\n"
	    "  OPBX_CONF      configuration, else /etc/opbx/opbx.conf\n"
	    "  OPBX_CHILDREN  processes, else `children` in that file;\n"
	    "                 0: one per core\n"
	    "\n"
	    "  %s POST '/cgi-bin/%s?page=2' -H 'Accept: text/html' -d a=1\n",
	    name, name, name, name, name, name, name, name);
}

/* Removes a socket that a process which is gone has left behind. */
static struct err *
remove_stale(struct pool *pool, const struct sockaddr_un *address)
{
	struct stat found;
	int probe, result;

	if (lstat(address->sun_path, &found) != 0)
		return NULL;
	if (!S_ISSOCK(found.st_mode))
		return err_new(pool, CONFLICT, "%s is there and no socket.",
		    address->sun_path);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	result = connect(probe, (const void *)address, sizeof *address);
	if (result != 0 && errno != ECONNREFUSED)
		result = errno == ENOENT ? -1 : 0;
	close(probe);
	if (result == 0)
		return err_new(pool, CONFLICT, "Somebody else listens at %s.",
		    address->sun_path);
	unlink(address->sun_path);
	return NULL;
}

struct err *
command_listen(struct pool *pool, const struct command *command, int *listener)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;
	int result;

	if (command->socket.n == 0 ||
	    command->socket.n >= sizeof address.sun_path)
		return err_new(pool, BAD_REQUEST,
		    "A socket's path has 1 to %zu bytes.",
		    sizeof address.sun_path - 1);
	memcpy(address.sun_path, command->socket.p, command->socket.n);
	TRY(remove_stale(pool, &address));
	*listener =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mask makes it right from the start, a chmod() only later. */
	mask = umask(command->mode < 0 ? 0 : ~(mode_t)command->mode & 0777);
	if (command->mode < 0)
		umask(mask);
	result = bind(*listener, (const void *)&address, sizeof address);
	if (result != 0 || listen(*listener, WAITING) != 0) {
		result = errno;
		umask(mask);
		return err_new(pool, CONFLICT, "Cannot listen at %s: %s",
		    address.sun_path, strerror(result));
	}
	umask(mask);
	return NULL;
}
