/* What can be chosen in an input, below it: asked for when somebody comes. */
import { ask } from './api.js';
import { h } from './dom.js';

const made = new Set();

/*
 * The id of the list for the attribute `list`.  values(): what is in it, or a
 * promise; unknown: what is said of what is not.
 */
export function listed(id, values, unknown) {
	if (made.has(id))
		return id;
	made.add(id);
	const of = (target) => target.getAttribute?.('list') === id;
	addEventListener('focusin', async ({ target }) => {
		if (!of(target) || document.getElementById(id))
			return;
		const list = h('datalist', { id });
		document.body.append(list);
		try {
			list.append(...(await values()).map((value) =>
				h('option', { value })));
		} catch {
			/* Asked again at the next visit. */
			list.remove();
		}
	});
	addEventListener('change', ({ target }) => {
		const all = of(target) && unknown
			? [...target.list?.options ?? []] : [];
		const told = all.length === 0 || target.value === '' ||
			all.some(({ value }) => value === target.value) ? '' : unknown;
		const said = target.parentElement?.querySelector('.unlisted');
		if (said)
			said.textContent = told;
		else if (told)
			target.after(h('small', { class: 'help unlisted',
				role: 'status' }, told));
	});
	return id;
}

/* What a description says of the field of a trunk. */
export const trunks = () => ({ list: listed('trunks', async () => (await ask(
	'GET', 'settings/trunks')).data.trunks.map(({ name }) => name),
'The carrier has no trunk of that name.') });

/* And of a voice. */
export const voices = () => ({ list: listed('voices', async () => (await ask(
	'GET', 'settings/voices')).data.voices.map(({ voice }) => voice),
'The carrier has no voice of that name.') });
