/* What somebody has to know at once: emergency calls, limits, failures. */
import { h, iconButton, icons } from './dom.js';
import { instant } from './words.js';

const KEPT = 'noticed';
const MOST = 50;
const urgent = new Set(['emergency', 'limit', 'failure']);

/* Those that were dismissed in this tab. */
const seen = () => JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');

/*
 * { element, put(all) }: each is said once and stands there until somebody
 * dismisses it.  opens: whether all calls are for the role.
 */
export function notices(opens) {
	const element = h('div', {});
	const said = new Set(seen());

	function dismiss(id, box) {
		sessionStorage.setItem(KEPT, JSON.stringify(
			[...seen(), id].slice(-MOST)));
		box.remove();
		(element.querySelector('button') ?? document.querySelector('main'))
			.focus();
	}

	function show({ id, text, call_id: call, created_at: at }) {
		const box = h('div', { class: 'alert notice', role: 'alert' },
			h('span', {}, text, ' ', instant(at), opens && call ? [' ',
				h('a', { href: `/calls.html?id=${call}` }, 'The call')]
				: null),
			iconButton(`Dismiss: ${text}`, icons.cross, () =>
				dismiss(id, box)));
		said.add(id);
		element.prepend(box);
	}

	/* The newest is the first of all, and stands at the top. */
	return { element, put: (all) => all.filter(({ id, event }) =>
		urgent.has(event) && !said.has(id)).reverse().forEach(show) };
}
