import { abilities } from '../abilities.js';
import { h } from '../dom.js';
import { page } from '../resource.js';
import { copyable } from '../secret.js';
import { instant } from '../words.js';

page({
	name: 'tokens',
	title: 'Access tokens',
	one: 'access token',
	lead: 'Keys by which your programs sign in as you, with less power.',
	columns: [{ name: 'name' },
		{ name: 'abilities', show: (all) => all.join(', ') },
		{ name: 'expires_at', label: 'Expires', show: instant },
		{ name: 'last_used_at', label: 'Last used', show: instant }],
	empty: ['No access tokens yet', 'Make one for each program that works ' +
		'with this exchange, so that each can be revoked alone.'],
	fields: { abilities: { loose: true, of: 'Ability', full: true,
		...abilities() },
		expires_at: { label: 'Expires', help: 'None: it is good until it ' +
			'is revoked.' } },
	/* Others see their own. */
	unseen: ({ role }) => ['owner', 'admin'].includes(role) ? [] : ['user_id'],
	does: { act: 'Revoke', done: 'revoked' },
	begin: { abilities: ['calls:read'] },
	made: (data) => h('section', { class: 'part' },
		h('h2', {}, 'Copy it now'),
		h('p', {}, 'The token is shown this once, and never again.'),
		copyable(data.token),
		h('p', {}, h('a', { class: 'go', href: '/tokens.html' }, 'Done'))),
});
