import { cdrDetail } from '../calls.js';
import { link } from '../refers.js';
import { page } from '../resource.js';
import { instant, number, plain, seconds, state, word } from '../words.js';

page({
	name: 'cdrs',
	title: 'Call records',
	one: 'call record',
	lead: 'What the carrier counted, word for word.',
	titleOf: (data) => `${data.from || 'Anonymous'} to ${data.to || '–'}`,
	columns: [{ name: 'started_at', label: 'When', show: instant },
		{ name: 'direction', show: word }, { name: 'from', show: plain },
		{ name: 'to', show: plain },
		{ name: 'extension_id', show: (id) => link('extensions', id) },
		{ name: 'trunk', show: plain },
		{ name: 'disposition', show: state },
		{ name: 'duration', show: seconds }, { name: 'billed', show: seconds },
		{ name: 'cost', show: number }],
	empty: ['No call records yet', 'The carrier sends one after each call.'],
	detail: cdrDetail,
});
