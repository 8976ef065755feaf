import { ask, query } from '../api.js';
import { back, beginOf, dated } from '../clock.js';
import { h } from '../dom.js';
import { reminder } from '../first-run.js';
import { isFor } from '../nav.js';
import { bars, hoursOf } from '../plot.js';
import { pageOf, responders } from '../refers.js';
import { start } from '../start.js';
import { instant, plain, state, word } from '../words.js';

const REFRESH = 10000;
const REFRESH_ALL = 60000;

const part = (heading, ...inside) => h('section', { class: 'card inside' },
	h('h2', {}, heading), ...inside);

function tile(name, href) {
	const value = h('b', { class: 'num' }, '…');
	const link = href && h('a', { href }, name);
	const set = (to) => {
		value.textContent = String(to);
	};
	return { element: h('div', { class: 'card tile' }, value, link ?? name),
		set, refuse: () => set('–'),
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

/* The inside of a card, which a refusal is said in. */
const cardOf = () => {
	const element = h('div', {}, '…');
	return { element, set: (inside) => element.replaceChildren(inside),
		refuse: (text) => element.replaceChildren(quiet(text)) };
};

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
	const plot = { element: chart, draw: bars(chart),
		refuse: (text) => chart.replaceChildren(quiet(text)) };
	const said = { live: cardOf(), busy: cardOf(), wrong: cardOf() };
	place.append(h('div', { class: 'tiles' }, Object.values(tiles).map((each) =>
		each.element)), part('Today by hour', chart),
	h('div', { class: 'two' }, part('In progress', said.live.element),
		part('Busiest numbers in 30 days', said.busy.element),
		part('What needs attention', said.wrong.element)));

	/* What is asked, and where it is shown. */
	const now = [[tiles.live, said.live], () => ask('GET', 'calls/active')
		.then(({ data }) => {
			tiles.live.set(data.length);
			said.live.set(live(data));
		})];
	const others = [
		[[tiles.calls, tiles.answered, plot], () => calls(tiles, plot, zone)],
		[[tiles.missed], () => missed(tiles.missed, zone)],
		[[said.busy], () => statistics('number').then((rows) =>
			said.busy.set(busiest(rows)))]];
	/* It reads all that is configured: the others are not kept waiting. */
	const last = [[said.wrong], () => ask('GET', 'health/configuration')
		.then(({ data }) => said.wrong.set(attention(data)))];
	const again = (all) => all.forEach(([, run]) => run().catch(() => {}));
	every(REFRESH, () => again([now]));
	every(REFRESH_ALL, () => again([...others, last]));
	const tried = (all) => Promise.allSettled(all.map(
		([places, run]) => run().catch((problem) => {
			places.forEach((each) => each.refuse(problem.message));
			throw problem;
		})));
	const first = [...await tried([now, ...others]), ...await tried([last])];
	const refused = first.find((each) => each.reason);
	if (refused)
		throw refused.reason;
}

/* All is asked at once, and shown in the order of the page. */
start('/', 'Dashboard', (place, { user, organization }) => {
	const inside = h('div', {});
	const first = isFor('first-run', user.role)
		? reminder().catch(() => null) : Promise.resolve(null);
	return Promise.all([first.then((box) =>
		place.append(box ?? '', inside)), user.role === 'user'
		? own(inside) : overview(inside,
		organization.timezone)]);
});
