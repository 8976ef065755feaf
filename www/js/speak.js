/* What a screen reader says of what changes by itself: politely, not all. */
import { h } from './dom.js';

const PAUSE = 1500;
const MOST = 2;

/* came(text, of): one thing, and what many of its kind are called. */
export function speaker() {
	const element = h('p', { class: 'sr', role: 'status' });
	let waiting = [];
	let timer = 0;

	function say() {
		const kinds = new Map();
		for (const { text, of } of waiting)
			kinds.set(of, [...kinds.get(of) ?? [], text]);
		element.textContent = [...kinds].map(([of, all]) =>
			all.length > MOST ? `${all.length} ${of}` : all.join('. '))
			.join('. ');
		waiting = [];
		timer = 0;
	}

	return { element, came(text, of) {
		waiting.push({ text, of });
		timer ||= setTimeout(say, PAUSE);
	} };
}
