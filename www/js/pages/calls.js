import { plots } from '../plots.js';
import { link, target } from '../refers.js';
import { page } from '../resource.js';
import { instant, number, seconds, state, word } from '../words.js';

page({
	name: 'calls',
	title: 'Calls',
	one: 'call',
	lead: 'One line for each call, as it went here.',
	titleOf: (data) => `${data.from || 'Anonymous'} to ${data.to || '–'}`,
	above: ({ name, user, zone }) => user.role === 'user' ? null
		: plots(name, user.role !== 'agent', zone),
	columns: [{ name: 'started_at', label: 'When', show: instant },
		{ name: 'direction', show: word },
		{ name: 'from', show: (from, row) => [number(from), ' ',
			row.caller_name] },
		{ name: 'to', show: number },
		{ name: 'target', label: 'Went to', show: target },
		{ name: 'extension_id', label: 'Taken by',
			show: (id) => link('extensions', id) },
		{ name: 'state', show: state },
		{ name: 'duration', show: seconds }],
	empty: ['No calls yet', 'Call one of your numbers, or send a test call: ' +
		'every call is listed here while it lasts and afterwards.'],
	detail: async (data) => (await import('../calls.js')).callDetail(data),
});
