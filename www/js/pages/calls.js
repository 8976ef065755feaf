import { callDetail } from '../calls.js';
import { link, target } from '../refers.js';
import { page } from '../resource.js';
import { instant, plain, seconds, state, word } from '../words.js';

page({
	name: 'calls',
	title: 'Calls',
	one: 'call',
	lead: 'One line for each call, as it went here.',
	titleOf: (data) => `${data.from || 'Anonymous'} to ${data.to || '–'}`,
	columns: [{ name: 'started_at', label: 'When', show: instant },
		{ name: 'direction', show: word },
		{ name: 'from', show: (from, row) => plain(row.caller_name
			? `${from} ${row.caller_name}` : from) },
		{ name: 'to', show: plain },
		{ name: 'target', label: 'Went to', show: target },
		{ name: 'extension_id', label: 'Taken by',
			show: (id) => link('extensions', id) },
		{ name: 'state', show: state },
		{ name: 'duration', show: seconds }],
	empty: ['No calls yet', 'Call one of your numbers, or send a test call: ' +
		'every call is listed here while it lasts and afterwards.'],
	detail: callDetail,
});
