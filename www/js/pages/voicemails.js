import { player, hear } from '../player.js';
import { link } from '../refers.js';
import { page } from '../resource.js';
import { instant, number, plain, seconds, state } from '../words.js';

page({
	name: 'voicemails',
	title: 'Voicemail',
	one: 'message',
	titleOf: (data) => `Message of ${data.from_number ?? 'somebody'}`,
	columns: [{ name: 'received_at', label: 'When', show: instant },
		{ name: 'from_number', label: 'From', show: number },
		{ name: 'caller_name', label: 'Name', show: plain },
		{ name: 'extension_id', label: 'Mailbox',
			show: (id) => link('extensions', id) },
		{ name: 'seconds', label: 'Length', show: seconds },
		{ name: 'heard', label: 'State', show: (heard, row) =>
			row.state === 'ready' ? heard ? 'Heard' : state('new')
				: state(row.state) },
		{ name: 'media_type', label: 'Listen', show: (type, row) =>
			player('voicemails', row, row.state === 'ready') }],
	acts: hear,
	empty: ['No messages', 'When somebody speaks to a mailbox, the message ' +
		'is here. Switch mailboxes on at their extensions.'],
	facts: (data) => [['Listen', player('voicemails', data,
		data.state === 'ready')]],
	actions: [{ path: 'heard', text: 'Mark as heard',
		if: (data) => !data.heard }, { path: 'unheard',
		text: 'Mark as new', if: (data) => data.heard }],
});
