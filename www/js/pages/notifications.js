import { page } from '../resource.js';
import { plain, state, word } from '../words.js';

page({
	name: 'notifications',
	title: 'Notifications',
	one: 'notification',
	lead: 'Who is told of what, by mail or by a request to a URL.',
	columns: [{ name: 'name' }, { name: 'event', show: word },
		{ name: 'email', label: 'To', show: (email, row) =>
			plain(email ?? row.url) },
		{ name: 'failure', label: 'Last failure', show: plain },
		{ name: 'status', show: state }],
	empty: ['No notifications yet', 'Be told of missed calls, of voicemail ' +
		'and of emergency calls.'],
	parts: [['What', ['name', 'event', 'status']],
		['Whom', ['email', 'url', 'secret']], ['For which', ['subjects']]],
	fields: { subjects: { label: 'For these alone', of: 'Subject' },
		secret: { masked: true } },
	actions: [{ path: 'test', text: 'Send a test',
		done: 'It is on its way; how it went shows here soon' }],
});
