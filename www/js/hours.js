/* Is it open now, and for how long it shall be otherwise. */
import { ask, Problem } from './api.js';
import { h } from './dom.js';
import { target } from './refers.js';
import { toast } from './toast.js';
import { instant, state } from './words.js';

const soon = () => new Date(Date.now() + 36e5 * 4).toISOString();

/* For the side of a schedule's form. */
export function openNow(data, draw, can) {
	const now = h('div', {}, '…');
	ask('GET', `business-hours/${data.id}/status`).then(({ data: at }) =>
		now.replaceChildren(h('p', {}, state(at.open ? 'open' : 'closed'),
			at.exception ? ` (${at.exception})` : ''),
		h('p', {}, 'Calls go to ', target(at.target)),
		h('p', { class: 'help' }, 'Until ', instant(at.next_change_at))),
	(problem) => now.replaceChildren(problem.message));

	const act = (method, body) => async () => {
		try {
			await ask(method, `business-hours/${data.id}/override`, { body });
			draw();
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			toast(problem.message);
		}
	};
	const button = (text, does) => h('button', { type: 'button',
		class: 'plain', onclick: does }, text);
	const set = (override) => act('POST', { override, until: soon() });
	return [h('h2', {}, 'Now'), now, can.does('override')
		? h('div', { class: 'acts' }, data.override.state
			? button('Follow the schedule again', act('DELETE'))
			: [button('Open for 4 hours', set('open')),
				button('Close for 4 hours', set('closed'))]) : null];
}
