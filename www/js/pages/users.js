import { page } from '../resource.js';
import { instant, state, word, yes } from '../words.js';

/* An admin's peers are not the admin's to change. */
const above = (user, data) => user.role !== 'owner' && !(user.role === 'admin' &&
	['agent', 'user'].includes(data.role));

page({
	name: 'users',
	title: 'Users',
	one: 'user',
	lead: 'Who may sign in, and what they may do.',
	columns: [{ name: 'name' }, { name: 'email', label: 'E-mail' },
		{ name: 'role', show: word }, { name: 'status', show: state },
		{ name: 'two_factor', label: 'One-time codes', show: yes },
		{ name: 'last_sign_in_at', label: 'Last here', show: instant }],
	empty: ['No users yet', 'Invite the people who work with this exchange.'],
	parts: [['Person', ['name', 'email', 'phone']],
		['Access', ['role', 'status', 'password']]],
	/* What is a colleague's own. */
	unseen: ({ role }) => ['owner', 'admin'].includes(role) ? []
		: ['phone', 'two_factor', 'last_sign_in_at'],
	hide: ['settings'],
	fields: { role: { offers: (role, user) => !above(user, { role }) } },
	/* One's own role is not one's own to change. */
	own: (user, data) => data.id === user.id ? ['name', 'phone',
		...user.role === 'owner' ? ['email'] : []]
		: above(user, data) ? [] : null,
	/* And nobody deletes or invites himself. */
	manages: (user, data) => data.id !== user.id && !above(user, data),
	ownHide: [],
	actions: [{ path: 'invite', text: 'Send an invitation',
		done: 'A link to choose a password is on its way' },
	{ path: 'reset-two-factor', text: 'Reset one-time codes',
		if: (data) => data.two_factor }],
});
