/* Listening to a prompt, a recording or a message. */
import { ask } from './api.js';
import { h } from './dom.js';
import { press } from './press.js';
import { none } from './words.js';

export const player = (name, row, ready) => ready ? h('audio', {
	controls: true, preload: 'none', src: `/cgi-bin/${name}/${row.id}/audio`,
	'aria-label': 'Listen' }) : none();

/* The button that says a message was heard, or was not. */
export function hear(row, draw) {
	const what = row.heard ? 'unheard' : 'heard';
	return row.deleted_at ? null : h('button', { type: 'button',
		class: 'plain', onclick: press(async () => {
			await ask('POST', `voicemails/${row.id}/${what}`);
			await draw();
		}) }, row.heard ? 'Mark new' : 'Mark heard');
}
