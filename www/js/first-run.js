/*
 * From nothing to a number that works, in five steps.  What is there says what
 * is done; what was skipped is kept with the person's own settings.
 */
import { ask, session } from './api.js';
import { h } from './dom.js';
import { press } from './press.js';

export const steps = [
	{ name: 'zone', title: 'Time zone',
		why: 'So that opening hours and lists have your time.' },
	{ name: 'extension', title: 'First extension',
		why: 'The telephone that rings.' },
	{ name: 'number', title: 'Number', asks: 'dids',
		why: 'The number that people call, and where it leads.' },
	{ name: 'hours', title: 'Opening hours', asks: 'business-hours',
		why: 'Calls go elsewhere at night and at weekends.' },
	{ name: 'test', title: 'Test call',
		why: 'See what a caller would hear, without a telephone.' },
];

const first = (path) => ask('GET', `${path}${path.includes('?') ? '&' : '?'
}per_page=1`).then((answer) => answer.data[0] ?? null);

/*
 * { user, organization, kept: { zone: 'done' | 'skipped', … }, extension,
 * did, hours, state: { zone: 'done' | 'skipped' | 'open', … } }.
 */
export async function progress() {
	const { user: { id }, organization: { id: tenant } } = await session();
	const [user, organization, extension, did, hours, call] =
		await Promise.all([ask('GET', `users/${id}`),
			ask('GET', `organizations/${tenant}`),
			first('extensions?type=user&sort=number'), first('dids'),
			first('business-hours'), first('calls')]);
	const kept = user.data.settings?.first_run ?? {};
	const own = organization.data;
	const there = { zone: own.updated_at > own.created_at, extension, hours,
		number: did?.target, test: call };
	const state = Object.fromEntries(steps.map(({ name }) => [name,
		there[name] ? 'done' : kept[name] ?? 'open']));
	return { user, organization, kept, extension, did, hours, state,
		next: steps.find(({ name }) => state[name] === 'open')?.name };
}

/* Marks steps as done or skipped, where the person is signed in next, too. */
export async function keep(at, marks) {
	const settings = { ...at.user.data.settings,
		first_run: { ...at.kept, ...marks } };
	await ask('PATCH', `users/${at.user.data.id}`, { body: { settings } });
}

const said = { done: 'Done', skipped: 'Skipped', open: 'To do' };

/* The steps as links; here: the one that is shown. */
export const trail = (at, here) => h('ol', { class: 'trail-steps' },
	steps.map(({ name, title, why }) => h('li', { class: at.state[name] },
		h('a', { href: `/first-run.html?step=${name}`,
			'aria-current': name === here && 'step' }, title),
		h('span', { class: 'sr' }, `: ${said[at.state[name]]}`),
		h('small', {}, why))));

const over = (id) => `first-run-${id}`;

/* For the dashboard: null once each step was taken or skipped. */
export async function reminder() {
	const { organization: { id } } = await session();
	/* Asked no more by this browser. */
	if (localStorage.getItem(over(id)))
		return null;
	const at = await progress();
	if (!at.next) {
		localStorage.setItem(over(id), 'over');
		return null;
	}
	const open = steps.filter(({ name }) => at.state[name] === 'open');
	const done = steps.length - open.length;
	const box = h('section', { class: 'card inside first-run' },
		h('div', { class: 'head' },
			h('h2', {}, 'Your first number, in five steps'),
			h('span', { class: 'none' }, `${done} of ${steps.length}`)),
		h('progress', { max: steps.length, value: done,
			'aria-label': 'Steps taken' }), trail(at),
		h('div', { class: 'ends' }, h('a', { class: 'go',
			href: `/first-run.html?step=${at.next}` },
		done === 0 ? 'Begin' : 'Go on'), h('button', { type: 'button',
			class: 'plain', onclick: press(async () => {
				await keep(at, Object.fromEntries(open.map(({ name }) =>
					[name, 'skipped'])));
				box.remove();
			}) }, 'I know my way')));
	return box;
}
