/* Time zones to choose from, this browser's first. */
import { h } from './dom.js';

const LIST = 'zones';

/* What a description says of the field of a time zone. */
export function zones() {
	const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
	if (!document.getElementById(LIST))
		document.body.append(h('datalist', { id: LIST }, [here,
			...Intl.supportedValuesOf('timeZone')].map((value) =>
			h('option', { value }))));
	return { list: LIST, help: `Type a city. This browser is in ${here}.` };
}
