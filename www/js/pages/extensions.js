import { link, target } from '../refers.js';
import { page } from '../resource.js';
import { phone, presence } from '../phone.js';
import { number, state, word, yes } from '../words.js';

page({
	name: 'extensions',
	title: 'Extensions',
	one: 'extension',
	lead: 'Everything that can be dialled inside: people, rooms, groups, ' +
		'menus and applications.',
	columns: [{ name: 'number', show: number }, { name: 'name' },
		{ name: 'type', show: word }, { name: 'status', show: state },
		{ name: 'presence', label: 'Now', show: presence },
		{ name: 'user_id', show: (id) => link('users', id) },
		{ name: 'voicemail.enabled', label: 'Voicemail', show: yes },
		{ name: 'carrier.state', label: 'At the carrier', show: state }],
	empty: ['No extensions yet', 'An extension is a number that is dialled ' +
		'inside. Begin with one for each person who has a phone.'],
	parts: [['Extension', ['number', 'name', 'type', 'status', 'user_id']],
		['Where it leads', ['target', 'configuration']],
		['Calls', ['ring_timeout', 'do_not_disturb', 'caller_id',
			'emergency_did']],
		['Voicemail', ['voicemail']], ['Forwarding', ['forward']]],
	when: {
		user_id: ({ type }) => type === 'user',
		caller_id: ({ type }) => ['user', 'forward'].includes(type),
		emergency_did: ({ type }) => type === 'user',
		target: ({ type }) => ['conference', 'ring_group', 'ivr', 'forward']
			.includes(type),
		configuration: ({ type }) => ['ai_assistant', 'custom_logic']
			.includes(type),
		ring_timeout: ({ type }) => type === 'user',
		do_not_disturb: ({ type }) => type === 'user',
		voicemail: ({ type }) => type === 'user',
		forward: ({ type }) => type === 'user',
	},
	fields: { 'forward.always': { none: 'No' }, 'forward.busy': { none: 'No' },
		'forward.no_answer': { none: 'No' },
		'voicemail.greeting': { label: 'Greeting' },
		'voicemail.pin': { masked: true },
		target: { help: 'The room, the group or the menu that answers, or ' +
			'where calls are forwarded to.' },
		/* The carrier's key goes to where that is: owners alone say it. */
		type: { offers: (type, user) => type !== 'custom_logic' ||
			user.role === 'owner' },
		'configuration.provider': { help: 'Who runs the assistant, as the ' +
			'carrier calls them.' },
		'configuration.number': { help: 'Which assistant it is there.' },
		'configuration.url': { help: 'Of an assistant in place of provider ' +
			'and number. Of custom logic: your application, which answers ' +
			'with CXML.' },
		'configuration.token': { masked: true },
		'configuration.params': { help: 'What the assistant at that URL is ' +
			'told besides, each with a name.' } },
	own: (user, data) => ['owner', 'admin'].includes(user.role) ? null
		: data.user_id === user.id
			? ['do_not_disturb', 'forward', 'voicemail'] : [],
	ownHide: ['voicemail.enabled', 'voicemail.pin', 'voicemail.email'],
	aside: phone,
	actions: [{ path: 'sip-password', text: 'New SIP password',
		if: (data) => data.type === 'user',
		asks: 'The phone neither rings nor calls until it has the new one.',
		done: 'The phone needs the new password now' }],
});
