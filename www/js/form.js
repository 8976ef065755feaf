/* The form of an object: made of its schema, refused at its fields. */
import { ask, onceKey, Problem } from './api.js';
import { h } from './dom.js';
import { equal, members, together } from './fields.js';
import { used } from './refers.js';
import { emptied } from './schema.js';
import { label } from './words.js';

function alertOf(problem, left) {
	const box = h('div', { class: 'alert', role: 'alert', tabindex: '-1' },
		problem.status === 412
			? 'Somebody else has changed this meanwhile. ' : problem.message);
	if (problem.status === 412)
		box.append(h('button', { type: 'button', class: 'plain',
			onclick: () => location.reload() }, 'Show what it is now'));
	const texts = Object.entries(left).map(([name, said]) =>
		h('li', {}, `${label(name)}: ${said.join('; ')}`));
	if (texts.length > 0)
		box.append(h('ul', {}, texts));
	if (problem.references.length > 0)
		box.append(used(problem.references));
	return box;
}

/* The fields in the parts that a description names, the rest behind them. */
function partsOf(found, parts) {
	const left = new Map(found);
	const made = [];
	for (const [heading, names] of [...parts, [null, null]]) {
		const here = (names ?? [...left.keys()]).filter((each) =>
			left.has(each));
		if (here.length === 0)
			continue;
		const alone = here.length === 1 &&
			left.get(here[0]).element.matches('fieldset');
		made.push(h('section', { class: alone ? 'part alone' : 'part' },
			heading && h('h2', {}, heading), h('div', { class: 'fields' }, here.map((name) => {
			const one = left.get(name);
			left.delete(name);
			return one.element;
		}))));
	}
	return made;
}

function bodyOf(value, upload) {
	if (!upload)
		return { body: value };
	const form = new FormData();
	for (const [name, each] of Object.entries(value))
		form.append(name, each ?? '');
	return { form };
}

const prune = (value) => Object.fromEntries(Object.entries(value)
	.filter(([, each]) => each !== null && each !== undefined && each !== ''));

/* A file, or nothing: JSON has none. */
const hasFile = (value) => Object.values(value).some((each) =>
	each instanceof File);

const changes = new WeakMap();

/* What is not saved yet is not left without a question. */
addEventListener('beforeunload', (event) => {
	if ([...document.forms].some((each) => changes.get(each)?.()))
		event.preventDefault();
});

/*
 * { element, root, changed, keep, forget }.  about: { all, schema, data, etag,
 * path, describes, save: what its button says, done(answer) }.  data is absent
 * for a new one; what done() is refused is said, too.
 *	changed(): whether somebody has typed what is not saved
 *	keep(data, etag): something beside the form has changed it, what was
 *		typed stays
 *	forget(): what was typed is wanted no more
 */
export function form(about) {
	const { all, schema, describes } = about;
	let { data } = about;
	const context = { hide: new Set([...describes.hide ?? [],
		...about.hide ?? []]),
		more: describes.fields ?? {}, user: describes.user };
	const found = members(all, schema, '', context);
	for (const name of data ? describes.fixed ?? [] : [])
		found.get(name)?.element.querySelector('input')
			.setAttribute('readonly', '');
	const root = together(found, null);
	const place = h('div', {});
	const save = h('button', { type: 'submit' }, about.save);
	const element = h('form', { novalidate: true }, place,
		partsOf(found, describes.parts ?? []), h('div', { class: 'foot' },
			save, about.back && h('a', { class: 'go plain',
				href: about.back, onclick: () => forget() },
			'Cancel')));

	/* Fields that mean nothing for what is chosen are not shown. */
	const hidden = (name) => describes.when?.[name] &&
		!describes.when[name]({ ...data, ...root.get() });
	function turn() {
		for (const [name, one] of found)
			one.element.hidden = Boolean(hidden(name));
		for (const part of element.querySelectorAll('.part'))
			part.hidden = [...part.querySelector('.fields').children]
				.every((each) => each.hidden);
	}

	/* What a new one is when nobody says. */
	const defaults = () => Object.fromEntries(Object.entries(
		schema.properties).map(([name, part]) => [name, part.default]));
	root.set(data ?? { ...defaults(), ...describes.begin });
	let before = root.get();
	let touched = false;
	/* Typed while it was being saved; and a new one that is there. */
	let later = false;
	let over = false;
	const changed = () => touched && !over && root.diff(before) !== undefined;
	const forget = () => {
		touched = false;
	};
	changes.set(element, changed);
	turn();
	element.addEventListener('change', turn);
	for (const each of ['input', 'change'])
		element.addEventListener(each, () => {
			touched = true;
			later = true;
		});

	const toWrong = () => [...element.querySelectorAll(
		'[aria-invalid="true"]')].find((each) => !each.closest('[hidden]'));

	function fail(problem) {
		const errors = structuredClone(problem.errors);
		for (const [name, one] of found)
			one.complain(hidden(name) ? {} : errors, name);
		place.replaceChildren(alertOf(problem, errors));
		(toWrong() ?? place.firstChild).focus();
	}

	function wanted() {
		const shownOnes = together(new Map([...found].filter(([name]) =>
			!hidden(name))), null);
		if (!data)
			return prune(shownOnes.get());
		const changed = prunedFile(shownOnes.diff(before) ?? {});
		for (const [name] of found) {
			const none = emptied(all, schema.properties[name], before[name]);
			if (hidden(name) && !equal(none, before[name]))
				changed[name] = none;
		}
		return changed;
	}
	/* No file chosen is no change of the file. */
	const prunedFile = (value) => Object.fromEntries(Object.entries(value)
		.filter(([name, each]) => each !== null ||
			schema.properties[name].format !== 'binary'));

	/* The same sent again, because its answer was lost, is done once.  After a
	   refusal it is tried anew.  A file is sent in another wrapping each
	   time: nobody could say that it is the same. */
	let sent = null;
	let key = null;
	async function send(value) {
		const text = JSON.stringify(value);
		if (text !== sent)
			key = onceKey();
		sent = text;
		try {
			return await ask(data ? 'PATCH' : 'POST', about.path, {
				...bodyOf(value, hasFile(value)), match: about.etag,
				key: data || hasFile(value) ? null : key });
		} catch (problem) {
			if (problem.status >= 400 && problem.status < 500 &&
				problem.status !== 409)
				sent = null;
			throw problem;
		}
	}

	element.addEventListener('submit', async (event) => {
		event.preventDefault();
		place.replaceChildren();
		save.disabled = true;
		try {
			await root.settled();
			let wrong = 0;
			for (const [name, one] of found)
				wrong += hidden(name) ? 0 : one.check();
			if (wrong > 0) {
				toWrong()?.focus();
				return;
			}
			const saved = root.get();
			later = false;
			const answer = await send(wanted());
			touched = later;
			over = !data;
			if (data) {
				about.etag = answer.etag ?? about.etag;
				data = answer.data ?? data;
				before = saved;
			}
			await about.done(answer);
		} catch (problem) {
			over = false;
			if (!(problem instanceof Problem))
				throw problem;
			fail(problem);
		} finally {
			save.disabled = false;
		}
	});
	/* If what was typed is about what has changed, saving says so. */
	function keep(now, etag) {
		if (Object.keys(wanted()).every((name) =>
			equal(now[name], data[name])))
			about.etag = etag;
	}
	return { element, root, changed, keep, forget };
}
