/*
 * On whose clock moments are shown and typed: the organization's, or, of
 * people who are of none, the browser's.
 */
let own = Intl.DateTimeFormat().resolvedOptions().timeZone;

/* Months and days in English, as all is, in the order that the reader knows. */
const language = navigator.languages.find((each) => /^en\b/.test(each)) ??
	'en-GB';

export const style = (about, zone = own) => new Intl.DateTimeFormat(language,
	{ ...about, timeZone: zone });

/* A zone that this browser knows, else the one of the page. */
export function zoneOf(zone) {
	if (!zone)
		return own;
	try {
		style({}, zone);
		return zone;
	} catch {
		return own;
	}
}

/* From now on this page has the clock of that zone. */
export function keepClock(zone) {
	own = zoneOf(zone);
}

export const onClockOf = (zone = own) => `On the clock of ${zone}.`;

/* "2026-12-25" there */
export const dated = (zone = own, at = new Date()) =>
	new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric',
		month: '2-digit', day: '2-digit' }).format(at);

/* "2026-12-25", so many days before that */
export function back(date, days) {
	const at = new Date(`${date}T00:00:00Z`);
	at.setUTCDate(at.getUTCDate() - days);
	return at.toISOString().slice(0, 10);
}

/* Where the clock of the zone stands at an instant, in ms ahead of UTC. */
function ahead(zone, at) {
	const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', {
		timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric',
		day: 'numeric', hour: 'numeric', minute: 'numeric' })
		.formatToParts(at).map((each) => [each.type, Number(each.value)]));
	return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour,
		parts.minute) - Math.floor(at / 6e4) * 6e4;
}

/* The instant, in ms, of "2026-12-25T10:00" there; NaN: it is no moment. */
export function read(text, zone = own) {
	const as = Date.parse(`${text}Z`);
	if (Number.isNaN(as))
		return NaN;
	const near = as - ahead(zone, as);
	return as - ahead(zone, near);
}

/* "2026-12-25T10:00", of an instant in ms. */
export const typed = (at, zone = own) => new Date(at + ahead(zone, at))
	.toISOString().slice(0, 16);

/* The instant, in ms, at which a day of the zone begins. */
export const beginOf = (zone, date) => read(`${date}T00:00`, zone);
