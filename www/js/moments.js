/* Moments on the organization's clock, as "2026-12-25T10:00". */
import { dated, style } from './clock.js';

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
export const onTheClock = (zone, value) => style({ dateStyle: 'full',
	timeStyle: 'short' }, zone).format(new Date(value));
