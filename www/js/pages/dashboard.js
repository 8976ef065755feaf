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

const part = (heading, ...inside) => h('section', { class: 'card inside' },
	h('h2', {}, heading), ...inside);

function tile(name, href) {
	const value = h('b', { class: 'num' }, '…');
	return { element: h('div', { class: 'card tile' }, value,
		href ? h('a', { href }, name) : name), set: (to) => {
		value.textContent = String(to);
	} };
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

function overview(place, zone) {
	const today = dated(zone);
	const tiles = { live: tile('Calls in progress', '/live-calls.html'),
		calls: tile('Calls today'), answered: tile('Answered today'),
		missed: tile('Missed today', '/calls.html?missed=true') };
	const plot = h('div', { class: 'plot', role: 'img',
		'aria-label': 'Calls of today by hour' });
	const said = { live: h('div', {}, '…'), busy: h('div', {}, '…'),
		wrong: h('div', {}, '…') };
	place.append(h('div', { class: 'tiles' }, Object.values(tiles).map((each) =>
		each.element)), part('Today by hour', plot),
	h('div', { class: 'two' }, part('In progress', said.live),
		part('Busiest numbers', said.busy),
		part('What needs attention', said.wrong)));

	const refresh = () => ask('GET', 'calls/active').then(({ data }) => {
		tiles.live.set(data.length);
		said.live.replaceChildren(live(data));
	});
	const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);
	const statistics = (by, from) => ask('GET',
		`${by === 'number' ? 'cdrs' : 'calls'}/statistics${
			query({ by, from })}`).then(({ data }) => data);
	setInterval(() => document.hidden || refresh().catch(() => {}), REFRESH);
	return Promise.all([refresh(), statistics('hour', today).then((rows) => {
		const calls = sum(rows, 'calls');
		const answered = sum(rows, 'answered');
		tiles.calls.set(calls);
		tiles.answered.set(answered);
		plot.setAttribute('aria-label', `Calls of today by hour: ${calls}, ` +
			`${answered} of them answered`);
		return bars(plot)(hoursOf(rows, beginOf(zone, today),
			beginOf(zone, back(today, -1))), zone);
	}), ask('GET', `calls${query({ missed: 'true', from: today,
		per_page: 100 })}`).then(({ data, meta }) =>
		tiles.missed.set(meta.next ? '100+' : data.length)),
	statistics('number').then((rows) =>
		said.busy.replaceChildren(busiest(rows))),
	ask('GET', 'health/configuration').then(({ data }) =>
		said.wrong.replaceChildren(attention(data)))]);
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
