/*
 * The yardstick of `make bench`: a responder that only reads its request and
 * prints a constant document.  It has the libfcgi and the number of processes
 * that the others have, and nothing else; what it does not do it cannot be
 * slow at.
 *
 * The listening socket is standard input.  OPBX_CHILDREN: processes, else one
 * per core.
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DOCUMENT                                                              \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                        \
	"<Response><Dial timeout=\"30\" action=\"https://pbx.example.com/"    \
	"cgi-bin/voice?c=0123456789abcdef0123456789abcdef0123456789abcdef\" " \
	"method=\"POST\"><Number>1001</Number></Dial></Response>\n"

static const char answer[] = "Status: 200\r\n"
			     "Content-Type: application/xml; charset=utf-8\r\n"
			     "Content-Length: 220\r\n"
			     "Cache-Control: no-store\r\n"
			     "\r\n" DOCUMENT;
_Static_assert(sizeof DOCUMENT == 220 + 1, "Content-Length is wrong");

static void
serve(void)
{
	static char body[64 << 10];
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return;
	/* Accepting has read the parameters. */
	while (FCGX_Accept_r(&request) == 0) {
		while (FCGX_GetStr(body, sizeof body, request.in) > 0)
			continue;
		FCGX_PutStr(answer, sizeof answer - 1, request.out);
		/* All was read, so the connection need not linger. */
		FCGX_Detach(&request);
		FCGX_Finish_r(&request);
	}
}

int
main(void)
{
	const char *told = getenv("OPBX_CHILDREN");
	long children = told != NULL ? strtol(told, NULL, 10) : 0;

	if (children <= 0)
		children = sysconf(_SC_NPROCESSORS_ONLN);
	for (long i = 0; i < children; i++) {
		if (fork() != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		serve();
		_exit(EXIT_FAILURE);
	}
	while (wait(NULL) > 0)
		continue;
	return EXIT_FAILURE;
}
