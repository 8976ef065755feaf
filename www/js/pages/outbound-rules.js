import { trunks } from '../listed.js';
import { page } from '../resource.js';
import { number, plain, state } from '../words.js';

page({
	name: 'outbound-rules',
	title: 'Outbound rules',
	one: 'outbound rule',
	lead: 'Which calls may leave, by which trunk. What no rule allows is ' +
		'refused.',
	columns: [{ name: 'name' },
		{ name: 'countries', show: (all) => plain(all?.join(', ')) },
		{ name: 'prefixes', show: (all) => plain(all?.join(', ')) },
		{ name: 'trunk' }, { name: 'priority' },
		{ name: 'caller_id', show: number }, { name: 'status', show: state }],
	empty: ['No outbound rules yet', 'Without one nobody can call outside, ' +
		'except emergency numbers. Allow your own country first.'],
	parts: [['Rule', ['name', 'trunk', 'priority', 'status']],
		['Where to', ['countries', 'prefixes']],
		['How', ['caller_id', 'max_minutes', 'extensions']]],
	fields: { trunk: trunks(), countries: { loose: true, of: 'Country' }, prefixes: { loose: true, of: 'Prefix' },
		extensions: { loose: true, only: { type: 'user' } } },
});
