/* Plots by uPlot, in the colours of the theme. */
import { Problem } from './api.js';
import { colour, h } from './dom.js';

let loaded = null;

const part = (tag, about) => new Promise((onload, onerror) =>
	document.head.append(h(tag, { ...about, onload, onerror })));

/* uPlot is one script that is no module; without its style it would move. */
function uplot() {
	loaded ??= Promise.all([
		part('link', { rel: 'stylesheet', href: '/lib/uplot.css' }),
		part('script', { src: '/lib/uplot.js' }),
	]).then(() => globalThis.uPlot, () => {
		loaded = null;
		throw new Problem(0, { message: 'The plot cannot be drawn: the ' +
			'server cannot be reached.' });
	});
	return loaded;
}

const HIGH = 220;
const LEAST = 240;
const HOUR = 36e5;

/*
 * Each hour of a time, also those without a call, of what was counted.  The
 * hours are those of UTC, as they are counted: where the clock is half an hour
 * off, a day begins and ends in the middle of one.
 */
export function hoursOf(rows, begin, end) {
	const counted = new Map(rows.map((row) => [Date.parse(row.group), row]));
	const found = [];
	for (let at = begin - begin % HOUR; at < end; at += HOUR) {
		const row = counted.get(at);
		found.push({ at: at / 1000, calls: row?.calls ?? 0,
			answered: row?.answered ?? 0 });
	}
	return found;
}

const wide = (place) => Math.max(place.clientWidth, LEAST);

function made(Plot, place, hours, zone) {
	const axis = { stroke: colour('--quiet'), grid: { width: 1,
		stroke: colour('--line') }, ticks: { show: false } };
	const bar = (label, tone) => ({ label, stroke: tone, fill: tone,
		paths: Plot.paths.bars({ size: [0.7, 40] }),
		points: { show: false } });
	return new Plot({ tzDate: (at) => Plot.tzDate(new Date(at * 1000), zone),
		width: wide(place), height: HIGH, legend: { show: false },
		cursor: { show: false }, scales: { x: { time: true },
			y: { range: (u, low, high) => [0, Math.max(high ?? 0, 4)] } },
		axes: [{ ...axis, grid: { show: false } }, { ...axis, size: 34,
			incrs: [1, 2, 5, 10, 20, 50, 100, 1000] }],
		series: [{}, bar('Calls', colour('--edge')),
			bar('Answered', colour('--link'))] },
	[hours.map((each) => each.at), hours.map((each) => each.calls || null),
		hours.map((each) => each.answered || null)], place);
}

/*
 * A place for one plot.  What it gives draws bars of calls there instead of
 * what was there: [{ at: seconds, calls, answered }], null for none, and the
 * zone of its clock.
 */
export function bars(place) {
	const none = () => {};
	let plot = null;
	let make = none;
	new ResizeObserver(() => plot?.setSize({ height: HIGH,
		width: wide(place) })).observe(place);
	new MutationObserver(() => make()).observe(document.documentElement,
		{ attributes: true, attributeFilter: ['data-theme'] });
	matchMedia('(prefers-color-scheme: dark)')
		.addEventListener('change', () => make());
	return async (hours, zone) => {
		if (hours === null) {
			make = none;
			plot?.destroy();
			plot = null;
			return;
		}
		const Plot = await uplot();
		make = () => {
			plot?.destroy();
			place.replaceChildren();
			plot = made(Plot, place, hours, zone);
		};
		make();
	};
}
