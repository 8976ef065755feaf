import { target } from '../refers.js';
import { page } from '../resource.js';
import { state, word } from '../words.js';

page({
	name: 'ring-groups',
	title: 'Ring groups',
	one: 'ring group',
	lead: 'Several phones that ring for one call, together or in turn.',
	columns: [{ name: 'name' }, { name: 'strategy', show: word },
		{ name: 'members', show: (all) => all.map((each) => each.number)
			.join(', ') },
		{ name: 'fallback', label: 'If nobody answers', show: target },
		{ name: 'status', show: state }],
	empty: ['No ring groups yet', 'Let one number ring on several phones: ' +
		'choose the extensions, and where a call goes if nobody answers.'],
	parts: [['Group', ['name', 'strategy', 'ring_timeout', 'turns', 'status']],
		['Members', ['members']], ['If nobody answers', ['fallback']]],
	fields: { turns: { help: 'How often all are tried, one after the other. ' +
		'Phones that ring together ring once.' }, members: { order: 'priority',
		help: 'In the order in which they ring.' },
	'members.extension_id': { only: { type: 'user' }, help: '' } },
});
