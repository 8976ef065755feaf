/* What is around every page: where one can go, who is here, the theme. */
import { ask, Problem, session } from './api.js';
import { h, icon, iconButton, icons } from './dom.js';
import { press } from './press.js';
import { toasts } from './toast.js';

const ALL = ['owner', 'admin', 'agent', 'user'];
const ADMINS = ['owner', 'admin'];
const AGENTS = ['owner', 'admin', 'agent'];
const OPERATORS = ['operator'];
const places = [
	[null, [['/', 'Dashboard', ALL],
		['organizations', 'Organizations', OPERATORS]]],
	['Calls', [['live-calls', 'Live calls', AGENTS],
		['calls', 'Calls', ALL], ['cdrs', 'Call records', ALL],
		['recordings', 'Recordings', ALL], ['voicemails', 'Voicemail', ALL]]],
	['Routing', [['dids', 'Numbers', ALL], ['extensions', 'Extensions', ALL],
		['ring-groups', 'Ring groups', ALL], ['ivr-menus', 'Menus', ALL],
		['business-hours', 'Business hours', ALL],
		['conference-rooms', 'Conference rooms', ALL],
		['prompts', 'Prompts', ALL],
		['outbound-rules', 'Outbound rules', ALL],
		['blocked-callers', 'Blocked callers', ALL]]],
	['Organization', [['organizations', 'Organization', ALL],
		['users', 'Users', ALL],
		['notifications', 'Notifications', ALL],
		['tokens', 'Access tokens', ALL], ['settings', 'Settings', ALL],
		['audit', 'Audit', ADMINS]]],
	['Tools', [['simulator', 'Simulator', AGENTS],
		['call-flow', 'Call flow', AGENTS],
		['/cgi-bin/health/configuration', 'Check configuration', AGENTS],
		['/docs/', 'How it works', [...ALL, ...OPERATORS]],
		['/cgi-bin/session', 'Your account', [...ALL, ...OPERATORS]]]],
];

/* What no menu leads to. */
const unlisted = { 'first-run': ADMINS };

const hrefOf = (name) => name.startsWith('/') ? name : `/${name}.html`;

/* One link, and the group that it stands in, where the role may go there. */
function groups(here, role = 'owner') {
	return places.map(([heading, links]) => [heading, links.filter((each) =>
		each[2].includes(role))])
		.filter(([, links]) => links.length > 0)
		.map(([heading, links]) => [heading && h('h2', {}, heading),
			h('ul', {}, links.map(([name, text]) => h('li', {}, h('a', {
				href: hrefOf(name),
				'aria-current': name === here && 'page' }, text))))]);
}

/* Whether a page is for a role. */
export const isFor = (name, role) => (unlisted[name] ?? places.flatMap(
	([, links]) => links).filter(([each]) => each === name).flatMap((each) =>
	each[2])).includes(role);

/* The session of who may use this page; who may not is told so. */
export async function admitted() {
	const found = await session();
	const { role } = found.user;
	const here = location.pathname.replace(/^\/index.html$/, '/')
		.replace(/^\/(.+)\.html$/, '$1');
	if (!isFor(here, role))
		throw new Problem(403, { message: `This page is not for your role, ${
			role}. The menu leads to all pages that are.` });
	return found;
}

function nextTheme() {
	const root = document.documentElement;
	const dark = root.dataset.theme ? root.dataset.theme === 'dark'
		: matchMedia('(prefers-color-scheme: dark)').matches;
	root.dataset.theme = dark ? 'light' : 'dark';
	try {
		localStorage.setItem('theme', root.dataset.theme);
	} catch {
		/* then it lasts as long as the page */
	}
}

/* Nobody is told that a session ended which has not. */
const signOut = press(async () => {
	await ask('DELETE', 'session').catch((problem) => {
		if (problem.status !== 401)
			throw problem;
	});
	location.assign('/sign-in.html');
});

/* What Ctrl-K finds is loaded when it is wanted first. */
function finder(role) {
	const find = () => import('./search.js').then(({ search }) => search(
		places.flatMap(([, links]) => links).filter((each) =>
			each[2].includes(role())).map(([name, text]) =>
			({ href: hrefOf(name), text })), role()));
	document.addEventListener('keydown', (event) => {
		if ((event.ctrlKey || event.metaKey) && !event.altKey &&
			!event.shiftKey && event.key.toLowerCase() === 'k') {
			event.preventDefault();
			find();
		}
	});
	return h('button', { type: 'button', class: 'plain find', onclick: find,
		'aria-keyshortcuts': 'Control+K' }, icon(icons.search),
	h('span', {}, 'Search'), h('kbd', { 'aria-hidden': 'true' }, 'Ctrl K'));
}

/*
 * Builds the page around <main>, which it returns: the one that is there, or
 * a new one.  What is there already is for everybody to read.
 */
export function shell(here) {
	const given = document.querySelector('main');
	const main = given ?? h('main', { id: 'main', tabindex: '-1',
		'aria-busy': 'true' });
	const place = h('span', { class: 'place' });
	const who = h('a', { class: 'who', href: '/cgi-bin/session' });
	let role = 'owner';
	const nav = h('div', {}, groups(here));
	const side = h('nav', { class: 'side', id: 'side', 'aria-label': 'Pages' },
		h('a', { class: 'brand', href: '/' }, icon(icons.phone), 'OpBX'), nav);
	const open = iconButton('Pages', icons.menu, () => {
		const shown = side.classList.toggle('shown');
		open.setAttribute('aria-expanded', String(shown));
		if (shown)
			side.querySelector('a').focus();
	}, { 'aria-controls': 'side', 'aria-expanded': 'false' });
	open.classList.add('open-side');
	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && side.classList.contains('shown')) {
			open.click();
			open.focus();
		}
	});
	main.addEventListener('click', () => {
		if (side.classList.contains('shown'))
			open.click();
	});
	document.body.replaceChildren(h('a', { class: 'skip', href: '#main' },
		'Skip to the content'),
	h('div', { class: 'shell' }, side, h('div', { class: 'stage' },
		h('header', { class: 'bar' }, open, place, finder(() => role),
			iconButton('Light or dark', icons.half, nextTheme), who,
			h('button', { type: 'button', class: 'plain',
				onclick: signOut }, 'Sign out')), main)), toasts());
	session().then(({ user, organization }) => {
		/* An operator works on organizations first. */
		if (!organization && location.pathname === '/') {
			location.replace('/organizations.html');
			return;
		}
		({ role } = user);
		place.textContent = organization?.name ?? 'Platform';
		who.textContent = user.name;
		nav.replaceChildren(...groups(here, user.role).flat(2)
			.filter(Boolean));
	}, () => {});
	return main;
}
