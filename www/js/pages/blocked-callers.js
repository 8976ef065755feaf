import { page } from '../resource.js';
import { instant, number, plain, word, yes } from '../words.js';

page({
	name: 'blocked-callers',
	title: 'Blocked callers',
	one: 'blocked caller',
	lead: 'Callers that are turned away before anything rings.',
	columns: [{ name: 'number', show: number }, { name: 'prefix',
		label: 'All that begin so', show: yes },
		{ name: 'action', show: word }, { name: 'note', show: plain },
		{ name: 'expires_at', label: 'Until', show: instant }],
	empty: ['Nobody is blocked', 'Block a number, all that begin alike, or ' +
		'anonymous callers.'],
	fields: { prefix: { label: 'All that begin so' },
		expires_at: { label: 'Until', help: 'None: for ever.' } },
});
