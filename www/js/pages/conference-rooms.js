import { page } from '../resource.js';
import { yes } from '../words.js';

page({
	name: 'conference-rooms',
	title: 'Conference rooms',
	one: 'conference room',
	lead: 'Rooms in which several callers meet.',
	columns: [{ name: 'name' }, { name: 'max_participants', label: 'At most' },
		{ name: 'pin', label: 'PIN', show: (pin) => yes(Boolean(pin)) },
		{ name: 'wait_for_host', show: yes }, { name: 'record', show: yes }],
	empty: ['No conference rooms yet', 'Make a room, then let an extension ' +
		'or a number lead to it.'],
	parts: [['Room', ['name', 'max_participants']],
		['Who comes in', ['pin', 'host_pin', 'wait_for_host']],
		['In the room', ['muted', 'beep', 'record']]],
	fields: { pin: { masked: true }, host_pin: { masked: true },
		wait_for_host: { help: 'Guests wait until somebody has come in by ' +
			'the host PIN, and leave with that host.' } },
});
