import { voices } from '../listed.js';
import { target } from '../refers.js';
import { page } from '../resource.js';
import { state, yes } from '../words.js';

page({
	name: 'ivr-menus',
	title: 'Menus',
	one: 'menu',
	lead: 'A greeting, and where each key leads.',
	columns: [{ name: 'name' },
		{ name: 'options', label: 'Keys', show: (all) => all.map((each) =>
			`${each.digits} ${each.label ?? ''}`.trim()).join(', ') },
		{ name: 'direct_dial', show: yes },
		{ name: 'timeout', label: 'Without a choice', show: target },
		{ name: 'status', show: state }],
	empty: ['No menus yet', 'A menu answers with words and sends callers on ' +
		'by the key that they press.'],
	parts: [['Menu', ['name', 'status', 'direct_dial']],
		['Greeting', ['greeting']], ['Keys', ['options']],
		['Without a choice', ['first_timeout', 'digit_timeout',
			'max_attempts', 'timeout', 'invalid', 'no_input']]],
	fields: { 'greeting.voice': voices(), options: { of: 'Option' },
		invalid: { label: 'After a wrong key' },
		no_input: { label: 'After silence' },
		timeout: { label: 'Where it goes at last' } },
});
