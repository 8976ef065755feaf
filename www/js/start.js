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
 * Of what should not happen one is told as well, and so is the console.
 */
export async function start(here, text, draw) {
	const place = shell(here);
	place.append(head(text));
	try {
		const session = await admitted();
		keepClock(session.organization?.timezone);
		await draw(place, session);
	} catch (problem) {
		const known = problem instanceof Problem;
		place.querySelector('.head').after(h('div', { class: 'alert',
			role: 'alert' }, known ? problem.message
			: 'This page could not be built. Load it again in a moment.'));
		if (!known)
			throw problem;
	} finally {
		place.removeAttribute('aria-busy');
	}
}
