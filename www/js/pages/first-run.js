import { ask, query } from '../api.js';
import { docOf } from '../docs.js';
import { h } from '../dom.js';
import { keep, progress, steps, trail } from '../first-run.js';
import { form } from '../form.js';
import { press } from '../press.js';
import { target } from '../refers.js';
import { resource } from '../schema.js';
import { legs } from '../simulated.js';
import { head, start } from '../start.js';
import { days, week } from '../week.js';
import { zones } from '../zones.js';

const WEEK = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00',
	to: '17:00' }));
const CALLER = '+12025550199';
const TITLE = 'Your first number';

const to = (name) => location.assign(`/first-run.html?step=${name}`);

/* The form of a resource, with the named fields alone. */
async function some(at, name, names, about) {
	const can = await resource(name, at.role);
	const schema = about.data ? can.change : can.create;
	if (!schema)
		return { element: h('p', {},
			'Your role may not change this: ask an owner.') };
	return form({ all: can.all, schema, path: name, ...about,
		hide: Object.keys(schema.properties).filter((each) =>
			!names.includes(each)) });
}

const show = {
	zone: async (at, end) => (await some(at, 'organizations', ['name', 'timezone'], {
		data: at.organization.data, etag: at.organization.etag,
		path: `organizations/${at.organization.data.id}`,
		describes: { fields: { timezone: zones() } },
		save: 'This is right', done: () => end('zone') })).element,

	extension: async (at, end) => at.extension ? h('p', {}, 'You have ',
		target({ type: 'extension', id: at.extension.id }), '. Its page ' +
		'shows what a telephone needs: server, user, password, QR code.')
		: (await some(at, 'extensions', ['number', 'name'], {
			describes: { begin: { number: '1001', name: at.user.data.name },
				fields: { number: { help: 'What is dialled inside: two to ' +
					'six digits.' } } },
			save: 'Create the extension', done: () => end() })).element,

	async number(at, end) {
		const begin = { target: at.extension && { type: 'extension',
			id: at.extension.id } };
		const about = at.did ? { data: at.did, path: `dids/${at.did.id}` }
			: {};
		const made = await some(at, 'dids', at.did ? ['target']
			: ['number', 'target'], { ...about, describes: { begin },
			save: at.did ? 'Let it lead there' : 'Claim the number',
			done: () => end() });
		if (at.did && !at.did.target && begin.target)
			made.root?.set(begin);
		return h('div', {}, at.did ? h('p', {}, 'Your number is ',
			h('b', {}, at.did.number), at.did.target ? [' and leads to ',
				target(at.did.target), '.'] : '.')
			: h('p', {}, 'It is yours once a first call to it has come in, ' +
				'or once your provider confirms it.'), made.element);
	},

	hours: async (at, end) => at.hours ? h('p', {}, 'You have opening hours: ',
		h('a', { href: `/business-hours.html?id=${at.hours.id}` },
			at.hours.name), '.')
		: (await some(at, 'business-hours', ['name', 'periods', 'open', 'closed'], {
			describes: { begin: { name: 'Office', periods: WEEK,
				open: at.did?.target ?? (at.extension && { type: 'extension',
					id: at.extension.id }), closed: { type: 'hangup' } },
			parts: [['Week', ['name', 'periods']],
				['Where calls go', ['open', 'closed']]],
			fields: { periods: { above: week, loose: true },
				'periods.day': { words: days, help: '' },
				open: { label: 'While open' },
				closed: { label: 'While closed' } } },
			save: 'Create, and let the number lead here',
			async done({ data }) {
				if (at.did)
					await ask('PATCH', `dids/${at.did.id}`, { body: { target:
						{ type: 'business_hours', id: data.id } } });
				await end();
			} })).element,

	test(at, end) {
		const result = h('div', { 'aria-live': 'polite' });
		if (!at.did)
			return h('p', {}, 'There is no number to call yet. ',
				h('a', { href: '/first-run.html?step=number' },
					'Take one first'), '.');
		const call = async () => {
			const { data } = await ask('POST', 'simulate', { body: {
				from: CALLER, to: at.did.number, direction: 'inbound' } });
			result.replaceChildren(legs(data), h('div', { class: 'ends' },
				h('button', { type: 'button', onclick: press(() => end('test')) },
					'That is right'), h('a', { class: 'go plain', href:
					`/simulator.html${query({ from: CALLER,
						to: at.did.number })}` }, 'In the simulator')));
		};
		return h('div', {}, h('p', {}, `Somebody calls ${at.did.number} now:`),
			h('button', { type: 'button', onclick: press(call) }, 'Call it'),
			result);
	},
};

const finished = (at) => h('section', { class: 'part' },
	h('h2', {}, at.did ? 'Your number is set up' : 'You are done'),
	at.did ? h('p', {}, `Call ${at.did.number}.`)
		: h('p', {}, 'A number can be taken whenever you like.'),
	h('ul', {}, [['/extensions.html?new', 'Make an extension for a colleague'],
		['/ring-groups.html?new', 'Let several telephones ring'],
		['/ivr-menus.html?new', 'Greet callers with a menu'],
		['/users.html?new', 'Invite somebody']].map(([href, text]) =>
		h('li', {}, h('a', { href }, text)))),
	h('a', { class: 'go', href: '/' }, 'To the dashboard'));

async function draw(place, role) {
	const at = { ...await progress(), role };
	const here = new URLSearchParams(location.search).get('step') ?? at.next;
	const step = steps.find((each) => each.name === here);
	const i = steps.indexOf(step);
	const onward = () => steps[i + 1] ? to(steps[i + 1].name)
		: location.assign('/first-run.html?step=end');
	/* mark: a step that leaves nothing behind by which it could be seen. */
	const end = async (mark) => {
		if (mark)
			await keep(at, { [mark]: 'done' });
		onward();
	};
	const state = at.state[here];
	const skip = h('button', { type: 'button', class: 'plain',
		onclick: press(async () => {
			if (state === 'open')
				await keep(at, { [here]: 'skipped' });
			onward();
		}) }, state === 'open' ? 'Skip this step' : 'Next step');
	const inside = step ? h('section', { class: 'step' },
		h('h2', {}, `${i + 1}. ${step.title}`), h('p', { class: 'lead' },
			step.why, ' ', docOf(step.asks)),
		await show[step.name](at, end), skip) : finished(at);
	place.replaceChildren(head(TITLE), h('div', { class: 'two-parts' },
		h('nav', { 'aria-label': 'Steps', class: 'part' }, trail(at, here)),
		inside));
}

start('/', TITLE, (place, { user }) => draw(place, user.role));
