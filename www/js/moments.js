/* Moments on the organization's clock, as "2026-12-25T10:00". */

/* "2026-12-25" there */
export const dated = (zone, at = new Date()) => new Intl.DateTimeFormat('en-CA', {
	timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
	.format(at);

/* Where the clock of the zone stands at an instant, in ms ahead of UTC. */
function ahead(zone, at) {
	const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', {
		timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric',
		day: 'numeric', hour: 'numeric', minute: 'numeric' })
		.formatToParts(at).map((each) => [each.type, Number(each.value)]));
	return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour,
		parts.minute) - Math.floor(at / 6e4) * 6e4;
}

/* The instant, in ms, at which a day of the zone begins. */
export function beginOf(zone, date) {
	const as = Date.parse(`${date}T00:00:00Z`);
	const near = as - ahead(zone, as);
	return as - ahead(zone, near);
}

/* The next day from today on that is as wanted. */
function next(zone, wanted) {
	for (let i = 0; i < 400; i += 1) {
		const day = new Date(`${dated(zone)}T12:00:00Z`);
		day.setUTCDate(day.getUTCDate() + i);
		if (wanted(day))
			return day.toISOString().slice(0, 10);
	}
	return dated(zone);
}

export const moments = (zone) => [['Now', () => ''],
	['Tonight', () => `${dated(zone)}T22:00`],
	['Sunday', () => `${next(zone, (day) => day.getUTCDay() === 0)}T12:00`],
	['25 December', () => `${next(zone, (day) => day.getUTCMonth() === 11 &&
		day.getUTCDate() === 25)}T10:00`]];

/* An instant as the organization's clock shows it. */
export const onTheClock = (zone, value) => new Intl.DateTimeFormat(undefined, {
	timeZone: zone, dateStyle: 'full', timeStyle: 'short' })
	.format(new Date(value));
