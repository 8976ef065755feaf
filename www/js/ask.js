/* What is asked of the simulator: its form, its address, its body. */
import { ask } from './api.js';
import { h, iconButton, icons } from './dom.js';
import { half, labelled } from './fields.js';
import { moments } from './moments.js';
import { title } from './refers.js';

export const outcomes = { busy: 'is busy', no_answer: 'no answer',
	declines: 'declines', answers: 'answers', fails: 'fails' };
const directions = { guess: 'Work it out', inbound: 'From outside',
	subscriber: 'From an extension', application: 'From an application' };

const control = (input) => ({ element: input, input,
	get: () => input.value.trim(),
	set: (value) => { input.value = value ?? ''; } });

const choice = (words) => control(h('select', {}, Object.entries(words)
	.map(([value, text]) => h('option', { value }, text))));

/* Own numbers and extensions, to choose from while typing. */
export function suggestions(id) {
	const list = h('datalist', { id });
	for (const name of ['dids', 'extensions'])
		ask('GET', `${name}?per_page=100&sort=number`).then(({ data }) =>
			list.append(...data.map((each) => h('option', {
				value: each.number, label: title(each) }))), () => {});
	return list;
}

const text = (id, more) => control(h('input', { type: 'text', list: id,
	autocomplete: 'off', ...more }));

/* One extension and what happens there; gone() after it is taken away. */
function rowOf(id, gone) {
	const who = text(id, { 'aria-label': 'Extension', size: 8 });
	const what = choice(outcomes);
	what.input.setAttribute('aria-label', 'What happens there');
	const said = h('p', { class: 'complaint', hidden: true });
	const one = { who, what, element: h('div', { class: 'outcome' },
		who.element, what.element, iconButton('Remove', icons.cross, () => {
			one.element.remove();
			gone(one);
		}), said), complain(texts) {
		said.textContent = texts.join('; ');
		said.hidden = texts.length === 0;
	} };
	return one;
}

/* zone: of the organization; go(): asked. */
export function question(zone, go) {
	const list = suggestions('numbers');
	const from = labelled('From', text('numbers', { value: '' }),
		{ required: true, help: 'An extension or a number outside.' });
	const to = labelled('To', text('numbers'), { required: true,
		help: 'What is called: a number of yours, an extension, any other.' });
	const direction = labelled('Direction', choice(directions), {});
	const when = control(h('input', { type: 'datetime-local' }));
	const at = labelled('At', { ...when, wrong: () => half(when.input) },
		{ help: `On the clock of ${zone}.` });
	const rows = h('div', { class: 'outcomes' });
	const add = h('button', { type: 'button', class: 'plain',
		onclick: () => append().who.input.focus() }, 'Add an extension');
	const submit = h('button', { type: 'submit' }, 'Simulate');
	const element = h('form', { class: 'part ask', novalidate: true },
		h('div', { class: 'fields' }, from.element, to.element,
			direction.element, at.element),
		h('div', { class: 'times', role: 'group', 'aria-label': 'When' },
			moments(zone).map(([name, of]) => h('button', {
				type: 'button', class: 'chip', onclick() {
					at.set(of());
					if (from.get() && to.get())
						go();
				} }, name))),
		h('fieldset', {}, h('legend', {}, 'Who is busy, away, declines'),
			rows, add),
		h('div', { class: 'sends' }, submit), list);
	let all = [];
	let then = [];

	function append() {
		const row = rowOf('numbers', (gone) => {
			all = all.filter((each) => each !== gone);
			add.focus();
		});
		all.push(row);
		rows.append(row.element);
		return row;
	}

	element.addEventListener('submit', (event) => {
		event.preventDefault();
		then = [];
		if (from.check() + to.check() + at.check() === 0)
			go();
		else
			element.querySelector('[aria-invalid="true"]').focus();
	});
	return { element, then: () => then, proceed(next) {
		then = next;
		go();
	}, body: () => ({ from: from.get(), to: to.get(),
		direction: direction.get(), ...(at.get() ? { at: at.get() } : {}),
		outcomes: all.filter((each) => each.who.get()).map((each) => ({
			extension: each.who.get(), outcome: each.what.get() })),
		then }),
	/* The whole question, as the page's own address. */
	query() {
		const found = new URLSearchParams({ from: from.get(), to: to.get() });
		if (direction.get() !== 'guess')
			found.set('direction', direction.get());
		if (at.get())
			found.set('at', at.get());
		for (const each of all.filter((one) => one.who.get()))
			found.append('outcome',
				`${each.who.get()}:${each.what.get()}`);
		then.forEach((each) => found.append('then', each));
		return found.toString();
	}, read(found) {
		from.set(found.get('from'));
		to.set(found.get('to'));
		direction.set(found.get('direction') in directions
			? found.get('direction') : 'guess');
		at.set(found.get('at'));
		rows.replaceChildren();
		all = [];
		for (const each of found.getAll('outcome')) {
			const cut = each.lastIndexOf(':');
			const row = append();
			row.who.set(each.slice(0, cut));
			row.what.set(each.slice(cut + 1));
		}
		then = found.getAll('then');
		return from.get() !== '' && to.get() !== '';
	}, complain(errors) {
		const left = { ...errors };
		Object.entries({ from, to, direction, at }).forEach(([name, one]) =>
			one.complain(left, name));
		all.filter((each) => each.who.get()).forEach((each, i) => {
			const names = [`outcomes.${i}.extension`, `outcomes.${i}.outcome`];
			each.complain(names.flatMap((name) => left[name] ?? []));
			names.forEach((name) => delete left[name]);
		});
		return left;
	} };
}
