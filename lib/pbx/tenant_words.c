#include "tenant_words.h"

const char *const tenant_extension_types[] = {
    [EXTENSION_USER] = "user",
    [EXTENSION_CONFERENCE] = "conference",
    [EXTENSION_RING_GROUP] = "ring_group",
    [EXTENSION_IVR] = "ivr",
    [EXTENSION_AI_ASSISTANT] = "ai_assistant",
    [EXTENSION_CUSTOM_LOGIC] = "custom_logic",
    [EXTENSION_FORWARD] = "forward",
    NULL,
};

const char *const tenant_strategies[] = {
    [STRATEGY_SIMULTANEOUS] = "simultaneous",
    [STRATEGY_SEQUENTIAL] = "sequential",
    [STRATEGY_ROUND_ROBIN] = "round_robin",
    NULL,
};

const char *const tenant_overrides[] = {
    [OVERRIDE_NONE] = "none",
    [OVERRIDE_OPEN] = "open",
    [OVERRIDE_CLOSED] = "closed",
    NULL,
};

const char *const tenant_block_actions[] = {
    [BLOCK_REJECT] = "reject",
    [BLOCK_BUSY] = "busy",
    [BLOCK_VOICEMAIL] = "voicemail",
    NULL,
};

size_t
tenant_word_place(const char *const *words, struct str word)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (str_is(word, words[i]))
			return i;
	return 0;
}
