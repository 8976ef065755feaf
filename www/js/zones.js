/* Time zones to choose from, this browser's first. */
import { listed } from './listed.js';

/* What a description says of the field of a time zone. */
export function zones() {
	const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
	return { list: listed('zones', () => [here,
		...Intl.supportedValuesOf('timeZone')]),
	help: `Type a city. This browser is in ${here}.` };
}
