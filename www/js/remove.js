/* Deleting: asked first, refused where something still leads here, undone. */
import { ask, Problem } from './api.js';
import { h } from './dom.js';
import { used } from './form.js';
import { title } from './refers.js';
import { toast } from './toast.js';
import { inline } from './words.js';

/* A dialog; ends with what its button gave, or null. */
export function dialog(heading, inside, buttons) {
	return new Promise((end) => {
		const box = h('dialog', { 'aria-label': heading },
			h('h2', {}, heading), inside, h('div', { class: 'ends' },
				buttons.map(([text, value, look]) => h('button', {
					type: 'button', class: look, onclick() {
						box.close();
						end(value);
					} }, text))));
		box.addEventListener('cancel', () => end(null));
		box.addEventListener('close', () => {
			box.remove();
			end(null);
		});
		document.body.append(box);
		box.showModal();
	});
}

export async function restore(name, object, then) {
	try {
		await ask('POST', `${name}/${object.id}/restore`);
		toast(`${title(object)} is back`);
		then();
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		toast(problem.message);
	}
}

/*
 * then(): after it is deleted, and after it is back.  leaves: then() goes to
 * another page, which is the one to tell of it.
 */
export async function remove(about, object, then, leaves) {
	const { name, one, does } = about;
	const words = does ?? { act: 'Delete', done: 'deleted' };
	const sure = await dialog(`${words.act} ${title(object)}?`,
		h('p', {}, about.restore ? 'It can be restored. Where something ' +
			'still leads to it nothing is deleted, and you see what does.'
			: `This ${inline(one)} is gone for good then.`),
		[['Keep it', null, 'plain'], [words.act, true, 'danger']]);
	if (!sure)
		return;
	try {
		await ask('DELETE', `${name}/${object.id}`);
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		if (problem.references.length > 0)
			await dialog(`${title(object)} is still in use`, [
				h('p', {}, 'Let these lead somewhere else first:'),
				used(problem.references)], [['Close', null, 'plain']]);
		else
			toast(problem.message);
		return;
	}
	const text = `${title(object)} is ${words.done}`;
	if (!leaves)
		toast(text, about.restore ? { text: 'Undo',
			run: () => restore(name, object, then) } : null);
	then(text);
}
