/* Lists inside of a form: rows that can be added, moved and taken away. */
import { h, icon, iconButton, icons } from './dom.js';
import { field, labelled, members, settled, subject, takeErrors, together }
	from './fields.js';
import { resolve } from './schema.js';
import { inline } from './words.js';

const singular = (text) => text.endsWith('ies') ? `${text.slice(0, -3)}y`
	: text.replace(/s$/, '');

/*
 * What holds the rows; make() gives one.  of: the word for a row; loose: their
 * order means nothing; above(set): another way to change them all.
 */
function rowset(text, { of, help, make, least = 0, most = Infinity, loose,
	above }) {
	const list = h('div', {});
	const heard = h('p', { class: 'sr', 'aria-live': 'polite' });
	const said = h('p', { class: 'complaint', hidden: true });
	const add = h('button', { type: 'button', class: 'plain', onclick() {
		const one = append();
		one.element.querySelector('input, select, textarea')?.focus();
		changed();
	} }, `Add ${inline(of)}`);
	const over = h('div', {});
	const element = h('fieldset', { class: 'group rowset' },
		h('legend', {}, text), help ? h('small', { class: 'help' }, help)
			: null, over, list, heard, said, add);
	let all = [];

	const changed = () => element.dispatchEvent(
		new Event('change', { bubbles: true }));

	function count() {
		all.forEach((each, i) => each.row.setAttribute('aria-label',
			`${of} ${i + 1}`));
		add.hidden = all.length >= most;
	}

	function draw() {
		list.replaceChildren(...all.map((each) => each.row));
		count();
	}

	function move(one, by, button) {
		const at = all.indexOf(one);
		if (at + by < 0 || at + by >= all.length)
			return;
		all.splice(at, 1);
		all.splice(at + by, 0, one);
		draw();
		button.focus();
		heard.textContent = `${of} ${at + 1} is ${at + by + 1} of ${
			all.length} now`;
		changed();
	}

	/* Rows give way to the one that is dragged, which stays where it is in
	   the document: the pointer would lose it else. */
	function drag(one, event) {
		const grip = event.currentTarget;
		const beyond = (at, y) => {
			const box = all[at]?.row.getBoundingClientRect();
			return box && { after: y > box.top + box.height / 2,
				before: y < box.top + box.height / 2 };
		};
		event.preventDefault();
		grip.setPointerCapture(event.pointerId);
		one.row.classList.add('held');
		grip.onpointermove = ({ clientY }) => {
			const at = all.indexOf(one);
			if (beyond(at + 1, clientY)?.after) {
				one.row.before(all[at + 1].row);
				all.splice(at, 2, all[at + 1], one);
			} else if (beyond(at - 1, clientY)?.before) {
				one.row.after(all[at - 1].row);
				all.splice(at - 1, 2, one, all[at - 1]);
			}
		};
		grip.onlostpointercapture = () => {
			grip.onpointermove = null;
			one.row.classList.remove('held');
			count();
			changed();
		};
	}

	function append(value) {
		const one = make();
		const mover = (name, by, path) => {
			const button = iconButton(`Move ${name}`, path, () =>
				move(one, by, button));
			return button;
		};
		one.row = h('div', { class: 'row', role: 'group' },
			loose ? null : h('span', { class: 'grip', 'aria-hidden': 'true',
				title: 'Drag', onpointerdown: (event) => drag(one, event) },
			icon(icons.grip)),
			h('div', { class: 'fields' }, one.parts ?? one.element),
			h('div', { class: 'moves' },
				loose ? null : [mover('up', -1, icons.up),
					mover('down', 1, icons.down)],
				iconButton('Remove', icons.cross, () => {
					all = all.filter((each) => each !== one);
					draw();
					add.focus();
					changed();
				})));
		if (value !== undefined)
			one.set(value);
		all.push(one);
		draw();
		return one;
	}

	function say(texts) {
		said.textContent = texts.join('; ');
		said.hidden = texts.length === 0;
	}

	const set = { element, rows: () => all,
		/* As if somebody had typed it. */
		put(values) {
			set.fill(values);
			changed();
		},
		append(value) {
			const one = append(value);
			changed();
			return one;
		},
		fill(values) {
			all = [];
			values.forEach((each) => append(each));
			for (let i = all.length; i < least; i += 1)
				append();
			draw();
			say([]);
			element.dispatchEvent(new Event('filled'));
		},
		check() {
			say([]);
			return all.reduce((sum, one) => sum + one.check(), 0);
		},
		complain(errors, path) {
			all.forEach((one, i) => one.complain(errors, `${path}.${i}`));
			say(takeErrors(errors, path, true));
		} };
	if (above)
		over.append(above(set));
	return set;
}

const same = (a, b) => JSON.stringify(a ?? []) === JSON.stringify(b ?? []);

/*
 * context.more[path].order: the member that says a row's place; loose, above:
 * of the rowset.
 */
export function rows(all, part, path, context, text) {
	const item = resolve(all, part.items);
	const more = context.more[path] ?? {};
	const inner = more.order ? { ...context,
		hide: new Set([...context.hide, `${path}.${more.order}`]) } : context;

	function make() {
		const plain = !item.properties;
		const alone = { ...inner, more: { ...inner.more, [path]: {
			...more, label: singular(text), help: '' } } };
		if (plain || subject(item))
			return field(all, item, path, alone, true);
		const found = members(all, item, path, inner);
		const one = together(found, h('div', {}));
		one.parts = [...found.values()].map((each) => each.element);
		return one;
	}

	const set = rowset(text, { of: more.of ?? singular(text),
		help: more.help ?? part.description, make, least: part.minItems,
		most: part.maxItems, loose: more.loose, above: more.above });
	const get = () => set.rows().map((one, i) => {
		const value = one.get();
		return more.order ? { ...value, [more.order]: i + 1 } : value;
	});
	return { element: set.element, get,
		set: (value) => set.fill(value ?? []),
		same: (value) => same(get(), value),
		diff: (value) => same(get(), value) ? undefined : get(),
		settled: () => settled(set.rows()),
		check: set.check, complain: set.complain };
}

/* An object of any names and texts. */
export function pairs(text, help) {
	function make() {
		const part = (name) => {
			const input = h('input', { type: 'text', autocomplete: 'off' });
			return labelled(name, { element: input, input,
				get: () => input.value,
				set: (value) => { input.value = value ?? ''; } },
			{ required: name === 'Name' });
		};
		const name = part('Name');
		const value = part('Value');
		return { parts: [name.element, value.element], element: name.element,
			get: () => [name.get(), value.get()],
			set([n, v]) {
				name.set(n);
				value.set(typeof v === 'string' ? v : JSON.stringify(v));
			},
			check: () => name.check() + value.check(),
			complain() {} };
	}
	const set = rowset(text, { of: singular(text), help, make, most: 50,
		loose: true });
	const get = () => Object.fromEntries(set.rows().map((one) => one.get()));
	return { element: set.element, get,
		set: (value) => set.fill(Object.entries(value ?? {})),
		same: (value) => same(get(), value ?? {}),
		diff: (value) => same(get(), value ?? {}) ? undefined : get(),
		check: set.check, complain: set.complain };
}
