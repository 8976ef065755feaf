/* Short words about what was done, with a way back where there is one. */
import { h, iconButton, icons } from './dom.js';

const STAYS = 12000;
const UNDO_STAYS = 30000;
let place = null;

/* Where they stand: heard only if it is there before they come. */
export function toasts() {
	place ??= h('div', { class: 'toasts', role: 'status',
		'aria-atomic': 'false' });
	return place;
}

/* What is outside of an open dialog is neither heard nor pressed. */
function toFront() {
	const box = [...document.querySelectorAll('dialog:modal')].at(-1);
	if (!place?.isConnected)
		document.body.append(toasts());
	if (!box || box.contains(place))
		return;
	box.append(place);
	box.addEventListener('close', () => document.body.append(place),
		{ once: true });
}

/* undo: { text, run }, run once when its button is pressed. */
export function toast(text, undo) {
	const end = () => {
		const left = made.contains(document.activeElement);
		made.remove();
		if (left)
			document.querySelector('main')?.focus();
	};
	let timer = 0;
	/* Not while somebody is about to press it. */
	const wait = () => {
		clearTimeout(timer);
		timer = setTimeout(() => made.matches(':hover, :focus-within')
			? wait() : end(), undo ? UNDO_STAYS : STAYS);
	};
	const made = h('div', { class: 'toast', onfocusout: wait,
		onpointerleave: wait }, h('span', {}, text));
	if (undo)
		made.append(h('button', { type: 'button', onclick: () => {
			end();
			undo.run();
		} }, undo.text));
	made.append(iconButton('Dismiss', icons.cross, end));
	toFront();
	place.append(made);
	wait();
}
