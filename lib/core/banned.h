/*
 * Calls that OpBX does not make; included first in every file by the build.
 * Each has a safer neighbour: pool_printf, str_to_int, gmtime_r, …
 */
#ifndef CORE_BANNED_H
#define CORE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison gets atoi atol atoll atof gmtime localtime asctime ctime
#pragma GCC poison system popen tmpnam mktemp

#endif
