/* Deleting: asked first, refused where something still leads here, undone. */
import { ask, Problem } from './api.js';
import { h } from './dom.js';
import { title, used } from './refers.js';
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

const inUse = (object, references) => dialog(
	`${title(object)} is still in use`, [
		h('p', {}, 'Let these lead somewhere else first:'),
		used(references)], [['Close', null, 'plain']]);

/* Who uses it, where that can be asked. */
const usersOf = async ({ name, can }, { id }) =>
	can?.all.paths[`/${name}/{id}/delete`]
		? (await ask('GET', `${name}/${id}/delete`, { door: true })).data : [];

/* Asked first; false: it stays. */
async function sure(about, object) {
	const { one, does } = about;
	const references = await usersOf(about, object);
	if (references.length > 0) {
		await inUse(object, references);
		return false;
	}
	const act = does?.act ?? 'Delete';
	const before = does?.warns ?? (about.restore ? 'Nothing leads to it.' : '');
	return dialog(`${act} ${title(object)}?`, h('p', {}, before, ' ',
		about.restore ? 'It can be restored.'
			: `This ${inline(one)} is gone for good then.`),
	[['Keep it', null, 'plain'], [act, true, 'danger']]);
}

/*
 * then(): after it is deleted, and after it is back.  leaves: then() goes to
 * another page, which is the one to tell of it.
 */
export async function remove(about, object, then, leaves) {
	const { name, does } = about;
	try {
		if (!await sure(about, object))
			return;
		await ask('DELETE', `${name}/${object.id}`);
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		/* It came into use since it was asked. */
		if (problem.references.length > 0)
			await inUse(object, problem.references);
		else
			toast(problem.message);
		return;
	}
	const text = `${title(object)} is ${does?.done ?? 'deleted'}`;
	if (!leaves)
		toast(text, about.restore ? { text: 'Undo',
			run: () => restore(name, object, then) } : null);
	then(text);
}
