/* How a page begins: what is around it, who is here, and what went wrong. */
import { Problem } from './api.js';
import { keepClock } from './clock.js';
import { h } from './dom.js';
import { admitted, shell } from './nav.js';

/* The name of what is shown, and what can be done with it. */
export function head(text, ...buttons) {
	document.title = `${text} – OpBX`;
	return h('div', { class: 'head' }, h('h1', {}, text), ...buttons);
}

/*
 * draw(place, session) fills the page, below its head or instead of it.  Of a
 * refusal the words stand below the head; what was drawn until then stays.
 */
export async function start(here, text, draw) {
	const place = shell(here);
	place.append(head(text));
	try {
		const session = await admitted();
		keepClock(session.organization?.timezone);
		await draw(place, session);
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		place.querySelector('.head').after(h('div', { class: 'alert',
			role: 'alert' }, problem.message));
	} finally {
		place.removeAttribute('aria-busy');
	}
}
