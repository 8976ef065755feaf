/*
 * Calls that OpBX does not make; included first in every file by the build.
 * Each has a safer neighbour: pool_printf, str_to_int, gmtime_r, …
 *
 * Macros and not "#pragma GCC poison", which would refuse the header of the
 * MariaDB connector, too: it names strcpy in macros that nobody here uses.
 */
#ifndef CORE_BANNED_H
#define CORE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) opbx_does_not_call_##name

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#define strcpy(...) BANNED(strcpy)
#define strcat(...) BANNED(strcat)
#define strncpy(...) BANNED(strncpy)
#define strncat(...) BANNED(strncat)
#define sprintf(...) BANNED(sprintf)
#define vsprintf(...) BANNED(vsprintf)
#define strtok(...) BANNED(strtok)
#define gets(...) BANNED(gets)
#define atoi(...) BANNED(atoi)
#define atol(...) BANNED(atol)
#define atoll(...) BANNED(atoll)
#define atof(...) BANNED(atof)
#define gmtime(...) BANNED(gmtime)
#define localtime(...) BANNED(localtime)
#define asctime(...) BANNED(asctime)
#define ctime(...) BANNED(ctime)
#define system(...) BANNED(system)
#define popen(...) BANNED(popen)
#define tmpnam(...) BANNED(tmpnam)
#define mktemp(...) BANNED(mktemp)

#endif
