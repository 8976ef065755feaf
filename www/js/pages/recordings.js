import { player } from '../player.js';
import { link } from '../refers.js';
import { page } from '../resource.js';
import { instant, number, seconds, state } from '../words.js';

page({
	name: 'recordings',
	title: 'Recordings',
	one: 'recording',
	titleOf: (data) => `Recording of ${data.from_number ?? 'a call'}`,
	columns: [{ name: 'recorded_at', label: 'When', show: instant },
		{ name: 'from_number', label: 'From', show: number },
		{ name: 'to_number', label: 'To', show: number },
		{ name: 'extension_id', show: (id) => link('extensions', id) },
		{ name: 'seconds', label: 'Length', show: seconds },
		{ name: 'state', show: state },
		{ name: 'media_type', label: 'Listen', show: (type, row) =>
			player('recordings', row, row.state === 'ready') }],
	empty: ['No recordings yet', 'Switch recording on at a number or a ' +
		'conference room; what is recorded then is here.'],
	facts: (data) => [['Listen', player('recordings', data,
		data.state === 'ready')]],
});
