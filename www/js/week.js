/*
 * A week that is painted, half an hour a cell: by pointer, or by arrows, Space
 * and Shift.  It changes the periods of the rows below it, which say the same
 * to the minute.
 */
import { h } from './dom.js';

export const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday',
	'Friday', 'Saturday'];

const ORDER = [1, 2, 3, 4, 5, 6, 0];
const DAY = 1440;
const WEEK = 7 * DAY;
const CELL = 30;
const CELLS = DAY / CELL;

const minutes = (text) => {
	const found = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text ?? '');
	return found ? Number(found[1]) * 60 + Number(found[2]) : NaN;
};
const two = (n) => String(n).padStart(2, '0');
const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

const readable = ({ from, to }) => minutes(from) >= 0 && minutes(to) >= 0;

/* { day, begin, end } of what is a period; one that crosses midnight ends
   beyond its day. */
function spans(rows) {
	return rows.filter(readable).map(({ day, from, to }) => {
		const begin = minutes(from);
		const end = minutes(to);
		return { day, begin, end: end <= begin ? end + DAY : end };
	});
}

const rowsOf = (all) => all.map(({ day, begin, end }) => ({ day,
	from: clock(begin), to: clock(end > DAY ? end - DAY : end) }));

/* What is left of a span without a piece of its own day and the next. */
function without(span, day, from, to) {
	const at = ((day - span.day + 7) % 7) * DAY;
	return [[span.begin, Math.min(span.end, at + from)],
		[Math.max(span.begin, at + to), span.end]]
		.filter(([begin, end]) => begin < end)
		.map(([begin, end]) => begin >= DAY
			? { day: (span.day + 1) % 7, begin: begin - DAY, end: end - DAY }
			: { day: span.day, begin, end });
}

/* Day's spans with one more, those that touch as one. */
function withMore(all, day, from, to) {
	const mine = { day, begin: from, end: to };
	return [...all.filter((each) => {
		if (each.day !== day || each.end < mine.begin ||
			each.begin > mine.end)
			return true;
		mine.begin = Math.min(mine.begin, each.begin);
		mine.end = Math.max(mine.end, each.end);
		return false;
	}), mine];
}

const order = (a, b) => (a.day + 6) % 7 - (b.day + 6) % 7 || a.begin - b.begin;

/* open: paints or wipes; the cells of these days from one cell to another.
   What is no period yet stays, behind the others. */
export function painted(rows, which, [first, last], open) {
	let all = spans(rows);
	const [from, to] = [first * CELL, (last + 1) * CELL];
	for (const day of which)
		all = open ? withMore(all, day, from, to)
			: all.flatMap((each) => without(each, day, from, to));
	return [...rowsOf(all.sort(order)),
		...rows.filter((each) => !readable(each))];
}

/* How much of a cell is open, 0 to 1. */
function filled(all, day, cell) {
	const [from, to] = [cell * CELL, (cell + 1) * CELL];
	let sum = 0;
	for (const span of all)
		for (const shift of [0, WEEK]) {
			const at = day * DAY + shift - span.day * DAY;
			sum += Math.max(0, Math.min(span.end, at + to) -
				Math.max(span.begin, at + from));
		}
	return Math.min(1, sum / CELL);
}

/* set: of rows(), whose rows are periods. */
export function week(set) {
	const at = { row: 0, cell: 18 };
	let held = null;
	const cells = ORDER.map((day, row) => Array.from({ length: CELLS },
		(none, cell) => h('div', { role: 'gridcell', class: 'cell',
			tabindex: row === at.row && cell === at.cell ? 0 : -1,
			'data-row': row, 'data-cell': cell })));
	const grid = h('div', { class: 'week', role: 'grid',
		'aria-label': 'Week, painted', 'aria-multiselectable': 'true' },
	ORDER.map((day, row) => h('div', { role: 'row' },
		h('div', { role: 'rowheader', class: 'day', 'aria-label': days[day] },
			days[day].slice(0, 3)),
		cells[row])));
	const hours = h('div', { class: 'hours', 'aria-hidden': 'true' },
		[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => h('span', {}, two(hour))));
	const values = () => set.rows().map((one) => one.get());

	function draw() {
		const all = spans(values());
		const marked = held && box(held);
		ORDER.forEach((day, row) => cells[row].forEach((each, cell) => {
			const part = marked?.holds(row, cell) ? Number(held.open)
				: filled(all, day, cell);
			const said = part === 1 ? 'open' : part > 0 ? 'partly open'
				: 'closed';
			each.className = `cell ${part === 1 ? 'open' : part > 0 ? 'partly'
				: ''}`;
			each.setAttribute('aria-selected', String(part === 1));
			each.setAttribute('aria-label', `${days[day]} ${
				clock(cell * CELL)} ${said}`);
		}));
	}

	function box({ from, to }) {
		const rows = [from.row, to.row].sort((a, b) => a - b);
		const span = [from.cell, to.cell].sort((a, b) => a - b);
		return { days: ORDER.slice(rows[0], rows[1] + 1), span,
			holds: (row, cell) => row >= rows[0] && row <= rows[1] &&
				cell >= span[0] && cell <= span[1] };
	}

	/* What is marked is painted, or wiped. */
	function end() {
		if (held === null)
			return;
		const marked = box(held);
		const { open } = held;
		held = null;
		set.put(painted(values(), marked.days, marked.span, open));
	}

	const cellAt = (target) => {
		const found = target?.closest?.('.cell');
		return found && grid.contains(found) ? { row: Number(found.dataset.row),
			cell: Number(found.dataset.cell) } : null;
	};
	const isOpen = ({ row, cell }) =>
		cells[row][cell].classList.contains('open');

	const go = (row, cell) => cells[(row + 7) % 7][Math.max(0,
		Math.min(CELLS - 1, cell))].focus();
	/* One of them is a stop of Tab: where one was last. */
	grid.addEventListener('focusin', (event) => {
		cells[at.row][at.cell].tabIndex = -1;
		Object.assign(at, cellAt(event.target));
		cells[at.row][at.cell].tabIndex = 0;
	});

	grid.addEventListener('pointerdown', (event) => {
		const from = cellAt(event.target);
		if (!from || event.button !== 0)
			return;
		event.preventDefault();
		grid.setPointerCapture(event.pointerId);
		go(from.row, from.cell);
		held = { from, to: from, open: !isOpen(from) };
		draw();
	});
	grid.addEventListener('pointermove', (event) => {
		const to = held && cellAt(document.elementFromPoint(event.clientX,
			event.clientY));
		if (!to)
			return;
		held.to = to;
		draw();
	});
	grid.addEventListener('lostpointercapture', end);
	grid.addEventListener('keydown', (event) => {
		const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1],
			ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -CELLS],
			End: [0, CELLS], PageUp: [0, -6], PageDown: [0, 6] };
		if (event.key in steps) {
			event.preventDefault();
			const from = { ...at };
			go(at.row + steps[event.key][0], at.cell + steps[event.key][1]);
			if (event.shiftKey) {
				held ??= { from, open: isOpen(from) };
				held.to = { ...at };
				draw();
			}
		} else if (event.key === ' ' || event.key === 'Enter') {
			event.preventDefault();
			held = { from: { ...at }, to: { ...at }, open: !isOpen(at) };
			end();
		}
	});
	grid.addEventListener('keyup', (event) => event.key === 'Shift' && end());
	/* Shift is let go elsewhere. */
	grid.addEventListener('focusout', (event) =>
		grid.contains(event.relatedTarget) || end());
	set.element.addEventListener('change', draw);
	set.element.addEventListener('filled', draw);
	return h('div', { class: 'paint' }, h('p', { class: 'help' }, 'Paint with ' +
		'the mouse, or with arrows and Space; Shift and arrows carry on what ' +
		'is there.'), hours, grid);
}
