import { player } from '../player.js';
import { prompts } from '../prompt.js';
import { page } from '../resource.js';
import { plain, seconds } from '../words.js';

page({
	name: 'prompts',
	title: 'Prompts',
	one: 'prompt',
	lead: 'What callers hear: a file, or words that are read out.',
	columns: [{ name: 'name' },
		{ name: 'text', label: 'Says', show: (text) => plain(text &&
			(text.length > 80 ? `${text.slice(0, 80)}…` : text)) },
		{ name: 'seconds', label: 'Length', show: seconds },
		{ name: 'media_type', label: 'Listen', show: (type, row) =>
			player('prompts', row, Boolean(type)) }],
	empty: ['No prompts yet', 'Upload a recording, or type what shall be ' +
		'said. Menus, mailboxes and numbers use them.'],
	...prompts,
	facts: (data) => data.media_type
		? [['Listen', player('prompts', data, true)]] : [],
});
