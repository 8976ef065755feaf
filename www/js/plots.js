/* Calls by hour or day, by disposition, number and extension, in a range. */
import { ask, Problem, query } from './api.js';
import { bar } from './bar.js';
import { h } from './dom.js';
import { back, beginOf, dated } from './clock.js';
import { bars, hoursOf } from './plot.js';
import { link } from './refers.js';
import { none, state } from './words.js';

const DAY = 864e5;
const FEW = 3;
const LONGEST = 1200;
const MOST = 6;
const ranges = [['Today', 0], ['7 days', 6], ['30 days', 29], ['A year', 364]];

/* The range that the address names, else the last 30 days. */
function rangeOf(today) {
	const at = new URLSearchParams(location.search);
	const from = at.get('from') ?? back(today, 29);
	const to = at.get('to');
	return { from, to, direction: at.get('direction'),
		days: (Date.parse(to ?? today) - Date.parse(from)) / DAY };
}

/* Each hour or day of the range, also those without a call. */
function filled(rows, range, by, zone) {
	const last = (range.to ?? dated(zone)).slice(0, 10);
	const end = range.to ? beginOf(zone, back(last, -1)) : Date.now();
	let date = range.from.slice(0, 10);
	if (by === 'hour')
		return hoursOf(rows, beginOf(zone, date), end);
	const counted = new Map(rows.map((row) => [row.group, row]));
	const found = [];
	for (; date <= last && found.length < LONGEST; date = back(date, -1)) {
		const row = counted.get(date);
		found.push({ at: beginOf(zone, date) / 1000,
			calls: row?.calls ?? 0, answered: row?.answered ?? 0 });
	}
	return found;
}

const part = (heading, ...inside) => h('section', { class: 'card inside' },
	h('h2', {}, heading), ...inside);

function sums(rows, name) {
	const most = [...rows].sort((a, b) => b.calls - a.calls).slice(0, MOST);
	const high = Math.max(1, ...most.map((row) => row.calls));
	return most.length === 0 ? h('p', { class: 'none' }, 'No calls.')
		: h('table', { class: 'sum' }, h('tbody', {}, most.map((row) =>
			h('tr', {}, h('th', { scope: 'row' }, name(row)),
				h('td', { class: 'line' }, bar([[0, row.calls / high,
					'many']])), h('td', { class: 'num' },
					row.calls.toLocaleString())))));
}

function chips(today) {
	const at = new URLSearchParams(location.search);
	const from = at.get('from') ?? back(today, 29);
	return h('nav', { class: 'ranges', 'aria-label': 'Range' },
		ranges.map(([name, days]) => {
			const to = new URLSearchParams(at);
			to.set('from', back(today, days));
			to.delete('to');
			to.delete('cursor');
			return h('a', { class: 'go chip', href: `?${to}`,
				'aria-current': from === back(today, days) && !at.has('to') &&
					'true' }, name);
		}));
}

/* name: the responder; admin: sums by extension, of calls, may be seen. */
export function plots(name, admin, zone) {
	const ended = name === 'calls' ? 'state' : 'disposition';
	const sides = admin && name === 'calls';
	const plot = h('div', { class: 'plot', role: 'img',
		'aria-label': 'Calls over time' });
	const over = h('h2', {}, 'Calls over time');
	const said = { disposition: h('div', {}, '…'), number: h('div', {}, '…'),
		extension: h('div', {}, '…') };
	const range = h('div', {});
	const element = h('section', { class: 'plots', 'aria-label': 'Plots' },
		range, h('section', { class: 'card inside' }, over, plot),
		h('div', { class: 'sums' },
			part('How they ended', said.disposition),
			part('By number', said.number),
			sides ? part('By extension', said.extension) : null));
	const draws = bars(plot);
	let asked = '';
	let drawn = 0;

	const statistics = (by, { from, to, direction }) => ask('GET',
		`${name}/statistics${query({ by, from, to, direction })}`)
		.then(({ data }) => data);

	/* What is asked later counts, whichever answer comes last. */
	async function fill(at) {
		const mine = (drawn += 1);
		const by = at.days <= FEW ? 'hour' : 'day';
		const rows = await statistics(by, at);
		if (mine !== drawn)
			return;
		const all = rows.reduce((sum, row) => sum + row.calls, 0);
		const answered = rows.reduce((sum, row) => sum + row.answered, 0);
		over.textContent = by === 'hour' ? 'Calls by hour' : 'Calls by day';
		plot.setAttribute('aria-label', `${over.textContent}: ${all}, ${
			answered} of them answered`);
		await draws(filled(rows, at, by, zone), zone);
		const put = async (place, group, from, name) => {
			if (mine !== drawn)
				return;
			const found = await statistics(group, { ...at, from });
			if (mine === drawn)
				place.replaceChildren(sums(found, name));
		};
		await put(said.disposition, ended, at.from, (row) =>
			state(row.group));
		await put(said.number, 'number', at.from, (row) =>
			row.label ?? row.group);
		if (sides)
			await put(said.extension, 'extension', at.days > 90
				? back(at.to?.slice(0, 10) ?? dated(zone), 90) : at.from,
			(row) => link('extensions', Number(row.group)));
	}

	/* Again when the range of the list is another. */
	function draw() {
		const at = rangeOf(dated(zone));
		const now = JSON.stringify([at.from, at.to, at.direction]);
		if (now === asked)
			return;
		asked = now;
		range.replaceChildren(chips(dated(zone)));
		fill(at).catch((problem) => {
			if (!(problem instanceof Problem))
				throw problem;
			if (asked !== now)
				return;
			/* To be asked again. */
			asked = '';
			draws(null);
			Object.values(said).forEach((each) =>
				each.replaceChildren(none('Not known.')));
			plot.replaceChildren(h('p', { class: 'none', role: 'alert' },
				problem.message));
		});
	}

	return { element, draw };
}
