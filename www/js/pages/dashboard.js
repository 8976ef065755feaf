import { ask, Problem, query } from '../api.js';
import { back, beginOf, dated } from '../clock.js';
import { h } from '../dom.js';
import { reminder } from '../first-run.js';
import { watch } from '../live.js';
import { isFor } from '../nav.js';
import { notices } from '../notices.js';
import { bars, hoursOf } from '../plot.js';
import { redraw } from '../redraw.js';
import { pageOf, responders } from '../refers.js';
import { start } from '../start.js';
import { hourOf, instant, plain, state, word } from '../words.js';

const REFRESH = 10000;
const REFRESH_ALL = 60000;

const part = (heading, ...inside) => h('section', { class: 'card inside' },
	h('h2', {}, heading), ...inside);

/* Of what cannot be asked any more: of when it is. */
function ageing() {
	const said = h('small', { class: 'none', hidden: true });
	return { said, old(at) {
		said.hidden = at === null;
		said.textContent = at === null ? '' : `as of ${hourOf(at)}`;
	} };
}

function tile(name, href) {
	const value = h('b', { class: 'num' }, '…');
	const link = href && h('a', { href }, name);
	const { said, old } = ageing();
	const set = (to) => {
		value.textContent = String(to);
	};
	return { element: h('div', { class: 'card tile' }, value, link ?? name,
		' ', said), set, old, refuse: () => set('–'),
	lead: (to) => link.setAttribute('href', to) };
}

const quiet = (text) => h('p', { class: 'none' }, text);

const attention = (report) => report.findings.length === 0
	? quiet('Nothing: all that is configured can work.')
	: h('ul', {}, report.findings.slice(0, 8).map((each) => h('li', {},
		h('span', { class: `state ${each.severity === 'error' ? 'bad'
			: 'warn'}` }, word(each.severity)), ' ',
		each.object.id ? h('a', { href: pageOf(responders[each.object.type]
			?? each.object.type, each.object.id) }, each.object.name) : null, ' ', each.reason)));

const busiest = (rows) => rows.length === 0
	? quiet('No calls in the last 30 days.')
	: h('table', {}, h('thead', {}, h('tr', {}, ['Number', 'Calls', 'Answered']
		.map((each) => h('th', { scope: 'col' }, each)))),
	h('tbody', {}, [...rows].sort((a, b) => b.calls - a.calls).slice(0, 6)
		.map((row) => h('tr', {}, h('td', {}, row.label ?? plain(row.group)),
			h('td', { class: 'num' }, String(row.calls)),
			h('td', { class: 'num' }, String(row.answered))))));

const live = (rows) => rows.length === 0
	? quiet('No calls in progress.')
	: h('ul', {}, rows.slice(0, 8).map((row) => h('li', {}, h('a', {
		href: `/calls.html?id=${row.id}` }, row.from || 'Anonymous'), ' to ',
	row.to, ' ', state(row.state), ' ', instant(row.started_at))));

/* What a role below agent sees: its own. */
function own(place) {
	place.append(h('div', { class: 'two' }, part('Your calls', h('p', {},
		h('a', { href: '/calls.html' }, 'All your calls'))),
	part('Your messages', h('p', {}, h('a', { href: '/voicemails.html' },
		'All your messages')))));
}

/* The inside of a card, made of what it shows where that is another now. */
function cardOf(make) {
	const inside = h('div', {}, '…');
	const { said, old } = ageing();
	let shown = null;
	return { element: h('div', {}, inside, said), old, set(data) {
		const text = JSON.stringify(data);
		if (text !== shown)
			redraw(inside, make(data));
		shown = text;
	}, refuse(text) {
		shown = null;
		redraw(inside, quiet(text));
	} };
}

/*
 * Each is asked again and again: what was shown stays, and says how old it is.
 * What was never shown is refused, and said above all until it comes.
 */
function keeper(place) {
	const alert = h('div', { class: 'alert', role: 'alert' });
	const refused = new Map();

	function say() {
		const [text] = refused.values();
		if (text === undefined)
			alert.remove();
		else if (!alert.isConnected || alert.textContent !== text) {
			alert.textContent = text;
			place.prepend(alert);
		}
	}

	return (places, run) => {
		let at = null;
		return async () => {
			try {
				await run();
				at = Date.now();
				refused.delete(run);
				places.forEach((each) => each.old(null));
			} catch (problem) {
				if (!(problem instanceof Problem))
					throw problem;
				if (at === null)
					refused.set(run, problem.message);
				places.forEach((each) => at === null
					? each.refuse(problem.message) : each.old(at));
			}
			say();
		};
	};
}

const statistics = (by, from) => ask('GET',
	`${by === 'number' ? 'cdrs' : 'calls'}/statistics${query({ by, from })}`)
	.then(({ data }) => data);
const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);

async function calls(tiles, plot, zone) {
	const today = dated(zone);
	const rows = await statistics('hour', today);
	const all = sum(rows, 'calls');
	const answered = sum(rows, 'answered');
	tiles.calls.set(all);
	tiles.answered.set(answered);
	plot.element.setAttribute('aria-label', `Calls of today by hour: ${all}, ` +
		`${answered} of them answered`);
	await plot.draw(hoursOf(rows, beginOf(zone, today),
		beginOf(zone, back(today, -1))), zone);
}

async function missed(tile, zone) {
	const today = { missed: 'true', from: dated(zone) };
	tile.lead(`/calls.html${query(today)}`);
	const { data, meta } = await ask('GET', `calls${query({ ...today,
		per_page: 100 })}`);
	tile.set(meta.next ? '100+' : data.length);
}

/* Runs it so often while somebody looks, and when somebody looks again. */
function every(ms, run) {
	const look = () => document.hidden || run();
	setInterval(look, ms);
	document.addEventListener('visibilitychange', look);
}

async function overview(place, zone) {
	const tiles = { live: tile('Calls in progress', '/live-calls.html'),
		calls: tile('Calls today'), answered: tile('Answered today'),
		missed: tile('Missed today', '/calls.html?missed=true') };
	const chart = h('div', { class: 'plot', role: 'img',
		'aria-label': 'Calls of today by hour' });
	const age = ageing();
	const plot = { element: chart, draw: bars(chart), old: age.old,
		refuse: (text) => chart.replaceChildren(quiet(text)) };
	const said = { live: cardOf(live), busy: cardOf(busiest),
		wrong: cardOf(attention) };
	place.append(h('div', { class: 'tiles' }, Object.values(tiles).map((each) =>
		each.element)), part('Today by hour', chart, age.said),
	h('div', { class: 'two' }, part('In progress', said.live.element),
		part('Busiest numbers in 30 days', said.busy.element),
		part('What needs attention', said.wrong.element)));

	const keep = keeper(place);
	const now = [keep([tiles.live, said.live], async () => {
		const { data } = await ask('GET', 'calls/active');
		tiles.live.set(data.length);
		said.live.set(data);
	})];
	const others = [
		keep([tiles.calls, tiles.answered, plot], () =>
			calls(tiles, plot, zone)),
		keep([tiles.missed], () => missed(tiles.missed, zone)),
		keep([said.busy], async () =>
			said.busy.set(await statistics('number')))];
	/* It reads all that is configured: the others are not kept waiting. */
	const last = keep([said.wrong], async () => said.wrong.set(
		(await ask('GET', 'health/configuration')).data));
	const again = (all) => Promise.all(all.map((run) => run()));
	every(REFRESH, () => again(now));
	every(REFRESH_ALL, () => again([...others, last]));
	await again([...now, ...others]);
	await last();
}

/* What is told meanwhile stands above all of it. */
function listen(place, role) {
	const told = notices(isFor('audit', role));
	const nothing = () => {};
	place.querySelector('.head').after(told.element);
	watch({ how: nothing, call: nothing, gone: nothing, presence: nothing,
		snapshot: (all) => told.put(all.notices),
		notice: (one) => told.put([one]) });
}

/* All is asked at once, and shown in the order of the page. */
start('/', 'Dashboard', (place, { user, organization }) => {
	const inside = h('div', {});
	const first = isFor('first-run', user.role)
		? reminder().catch(() => null) : Promise.resolve(null);
	return Promise.all([first.then((box) =>
		place.append(box ?? '', inside)), user.role === 'user'
		? own(inside) : overview(inside, organization.timezone)
			.then(() => listen(place, user.role))]);
});
