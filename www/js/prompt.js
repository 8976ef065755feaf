/* Which prompt is played: chosen, heard, or made on the spot. */
import { ask, session } from './api.js';
import { h } from './dom.js';
import { form } from './form.js';
import { voices } from './listed.js';
import { player } from './player.js';
import { resource } from './schema.js';

export const prompts = {
	parts: [['A file', ['name', 'audio']],
		['Or words', ['text', 'voice', 'language']]],
	fields: { audio: { label: 'File', full: true }, voice: voices() },
};

/* A dialog with the form of a new prompt; made(prompt). */
function make(can, made) {
	const place = h('div', {});
	const box = h('dialog', { class: 'with-form', 'aria-label': 'New prompt' },
		h('h2', {}, 'New prompt'), place);
	const close = h('button', { type: 'button', class: 'plain',
		onclick: () => box.close() }, 'Cancel');
	const { element } = form({ all: can.all, schema: can.create,
		path: 'prompts', describes: prompts, save: 'Create prompt',
		done({ data }) {
			box.close();
			made(data);
		} });
	element.querySelector('.foot').append(close);
	place.append(element);
	box.addEventListener('close', () => box.remove());
	document.body.append(box);
	box.showModal();
}

/* chosen: what pick() made. */
export function promptControl(chosen) {
	const heard = h('div', { class: 'heard' });
	const { input } = chosen;
	const more = h('span', {});
	let shown = null;

	async function draw() {
		const id = chosen.get();
		if (id === shown)
			return;
		shown = id;
		heard.replaceChildren();
		if (id === null)
			return;
		const { data } = await ask('GET', `prompts/${id}`, { door: true });
		if (id === shown)
			heard.append(data.media_type ? player('prompts', data, true)
				: h('q', {}, data.text ?? ''));
	}

	/* Both are known where a form is: this is there with it. */
	session({ door: true }).then(({ user }) =>
		resource('prompts', user.role)).then((can) => can.create && more.append(h('button', { type: 'button',
			class: 'plain small', onclick: () => make(can, (prompt) => {
				chosen.set(prompt.id);
				input.dispatchEvent(new Event('change', { bubbles: true }));
				input.focus();
			}) }, 'Upload or type a new one')), () => {});

	input.addEventListener('change', () => draw().catch(() => {}));
	return { ...chosen, element: h('div', {}, chosen.element, heard, more),
	set(value) {
		chosen.set(value);
		draw().catch(() => {});
	} };
}
