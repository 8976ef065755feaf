/* A month, and what of it is an exception: a day is chosen to add one. */
import { dated, style } from './clock.js';
import { h, iconButton, icons } from './dom.js';
import { days } from './week.js';

const iso = (at) => at.toISOString().slice(0, 10);
/* Days here are days of UTC: whose they are is no question of a clock. */
const dayOf = (year, month, date) => new Date(Date.UTC(year, month, date));
const monthName = style({ month: 'long', year: 'numeric' }, 'UTC');
const dayName = style({ dateStyle: 'full' }, 'UTC');

/* Is the date in it?  Yearly ones have no year, and may go round New Year. */
export function covers({ from, to, yearly }, date) {
	if (!from)
		return false;
	const at = yearly ? date.slice(5) : date;
	const begin = yearly ? from.slice(-5) : from;
	const end = to ? yearly ? to.slice(-5) : to : begin;
	return begin <= end ? begin <= at && at <= end
		: at >= begin || at <= end;
}

/* The first day like that, "12-24", from another one on. */
const onward = (day, date) => [0, 1].map((more) =>
	`${Number(day.slice(0, 4)) + more}-${date}`).find((each) => each >= day);

/* What is there every year has no year, and what is not has one. */
function fit({ found }) {
	let least = dated();
	for (const one of [found.get('from'), found.get('to')]) {
		const at = one.get() ?? '';
		if (found.get('yearly').get() && /^\d{4}-\d\d-\d\d$/.test(at))
			one.set(at.slice(5));
		else if (!found.get('yearly').get() && /^\d\d-\d\d$/.test(at))
			one.set(onward(least, at));
		if (one.get() !== at)
			one.complain({}, '');
		least = one.get() || least;
	}
}

/* Forty-two days from a Monday on. */
function daysOf(month) {
	const back = (month.getUTCDay() + 6) % 7;
	return Array.from({ length: 42 }, (none, i) => dayOf(
		month.getUTCFullYear(), month.getUTCMonth(), 1 - back + i));
}

/* set: of rows(), whose rows are exceptions. */
export function calendar(set) {
	const today = dated();
	let month = new Date(`${today.slice(0, 7)}-01T00:00Z`);
	const name = h('b', { 'aria-live': 'polite' });
	const body = h('tbody', {});

	function choose(date, found) {
		const one = found === -1 ? set.append({ name: '', from: iso(date),
			to: iso(date), yearly: false, periods: [] }) : set.rows()[found];
		one.row.scrollIntoView({ block: 'nearest' });
		one.row.querySelector('input').focus();
	}

	function dayButton(date, all) {
		const text = iso(date);
		/* Where two hold a date the later one counts. */
		const found = all.findLastIndex((each) => covers(each, text));
		const one = all[found];
		const open = one?.periods?.length > 0;
		return h('button', { type: 'button', class: [one ? open ? 'other'
			: 'shut' : '', text === today ? 'today' : ''].join(' '),
		title: one?.name, 'aria-label': `${dayName.format(date)}${one
			? `: ${one.name || 'exception'}, ${open ? 'own hours'
				: 'closed'}` : ''}`,
		onclick: () => choose(date, found) }, String(date.getUTCDate()));
	}

	function draw() {
		const all = set.rows().map((one) => one.get());
		const shown = daysOf(month);
		name.textContent = monthName.format(month);
		body.replaceChildren(...[0, 1, 2, 3, 4, 5].map((line) => h('tr', {},
			shown.slice(line * 7, line * 7 + 7).map((date) => h('td', {},
				date.getUTCMonth() === month.getUTCMonth()
					? dayButton(date, all) : null)))));
	}

	const turn = (by) => () => {
		month = dayOf(month.getUTCFullYear(), month.getUTCMonth() + by, 1);
		draw();
	};
	set.element.addEventListener('change', () => {
		set.rows().forEach(fit);
		draw();
	});
	set.element.addEventListener('filled', draw);
	return h('div', { class: 'month' }, h('div', { class: 'head' },
		iconButton('Month before', icons.left, turn(-1)), name,
		iconButton('Next month', icons.right, turn(1))), h('table', {},
		h('caption', { class: 'sr' }, 'Exceptions; choose a day to add one'),
		h('thead', {}, h('tr', {}, [1, 2, 3, 4, 5, 6, 0].map((day) => h('th',
			{ scope: 'col', abbr: days[day] }, days[day].slice(0, 2))))),
		body));
}
