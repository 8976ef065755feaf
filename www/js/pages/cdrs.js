import { link } from '../refers.js';
import { plots } from '../plots.js';
import { page } from '../resource.js';
import { instant, number, seconds, state, word } from '../words.js';

page({
	name: 'cdrs',
	title: 'Call records',
	one: 'call record',
	lead: 'What the carrier counted, word for word.',
	titleOf: (data) => `${data.from || 'Anonymous'} to ${data.to || '–'}`,
	above: ({ name, user, zone }) => user.role === 'user' ? null
		: plots(name, user.role !== 'agent', zone),
	columns: [{ name: 'started_at', label: 'When', show: instant },
		{ name: 'direction', show: word }, { name: 'from', show: number },
		{ name: 'to', show: number },
		{ name: 'extension_id', show: (id) => link('extensions', id) },
		{ name: 'disposition', show: state },
		{ name: 'duration', show: seconds }, { name: 'billed', show: seconds },
		{ name: 'cost', show: number }],
	empty: ['No call records yet', 'The carrier sends one after each call.'],
	detail: async (data) => (await import('../calls.js')).cdrDetail(data),
});
