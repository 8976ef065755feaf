/* Short words about what was done, with a way back where there is one. */
import { h, iconButton, icons } from './dom.js';

const STAYS = 12000;
let place = null;

/* undo: { text, run }, run once when its button is pressed. */
export function toast(text, undo) {
	if (place === null) {
		place = h('div', { class: 'toasts', role: 'status' });
		document.body.append(place);
	}
	const made = h('div', { class: 'toast' }, h('span', {}, text));
	const end = () => made.remove();
	if (undo)
		made.append(h('button', { type: 'button', onclick: () => {
			end();
			undo.run();
		} }, undo.text));
	made.append(iconButton('Dismiss', icons.cross, end));
	place.append(made);
	setTimeout(end, STAYS);
}
