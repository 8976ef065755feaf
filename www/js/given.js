/* What is configured, to be read by who may not change it. */
import { h } from './dom.js';
import { link, named, target } from './refers.js';
import { kind, resolve } from './schema.js';
import { instant, label, none, number, plain, word, yes } from './words.js';

const absent = (value) => value === null || value === undefined ||
	value === '' || value.length === 0;
const joined = (all, by) => all.flatMap((each, i) => i ? [by, each] : [each]);
const listOf = (rows) => h('dl', { class: 'facts' }, rows.map(([name, value]) =>
	[h('dt', {}, name), h('dd', {}, value)]));

/* A value of its schema; path: as in about.fields. */
function valueOf(about, part, path, value) {
	const { words, none: nothing } = about.fields?.[path] ?? {};
	if (absent(value))
		return none(nothing);
	if (words)
		return words[value] ?? word(value);
	const show = {
		target: () => target(value),
		group: () => target(value),
		rows: () => rowsOf(about, part, path, value),
		pairs: () => joined(Object.entries(value).map(([name, each]) =>
			`${name}: ${each}`), ', '),
		choice: () => word(value),
		/* A number says by itself what it is. */
		pick: () => typeof value === 'string' ? number(value)
			: link(part['x-refers'], value),
		tick: () => yes(value),
		instant: () => instant(value),
	}[kind(about.can.all, part)];
	return show ? show() : plain(value);
}

const nameOf = (about, path) => about.fields?.[path]?.label ?? label(path);

/* What a form has of an object: [{ path, part, value }]. */
function membersOf(about, part, path, value) {
	const order = about.fields?.[path]?.order;
	return Object.entries(part.properties).map(([name, each]) => ({ name,
		path: path ? `${path}.${name}` : name, value: value?.[name],
		part: resolve(about.can.all, each) })).filter((each) =>
		!each.part.readOnly && !each.part.writeOnly && each.name !== order &&
		!about.hide?.includes(each.path));
}

/* Of several members a table, inside of one a line. */
function rowsOf(about, part, path, all) {
	const item = resolve(about.can.all, part.items);
	const show = (each) => valueOf(about, each.part, each.path, each.value);
	if (!item.properties || all[0].type)
		return joined(all.map((each) => valueOf(about, item, path, each)),
			', ');
	const lines = all.map((each) => membersOf(about, item, path, each));
	if (path.includes('.') || lines[0].length === 1)
		return joined(lines.map((line) => joined(line.map(show), ' – ')),
			', ');
	return h('table', { class: 'rows' }, h('thead', {}, h('tr', {},
		lines[0].map((each) => h('th', { scope: 'col' },
			nameOf(about, each.path))))),
	h('tbody', {}, lines.map((line) => h('tr', {}, line.map((each) => h('td',
		{ 'data-label': nameOf(about, each.path) },
		h('span', {}, show(each))))))));
}

/* [[name, value], …] of a member; of a group those that are there. */
function linesOf(about, { path, part, value }) {
	const name = nameOf(about, path);
	if (kind(about.can.all, part) !== 'group')
		return [[name, valueOf(about, part, path, value)]];
	const inside = membersOf(about, part, path, value).filter((each) =>
		!absent(each.value) || about.fields?.[each.path]?.none)
		.flatMap((each) => linesOf(about, each))
		.map(([inner, each]) => [`${name}: ${inner}`, each]);
	return inside.length > 0 ? inside : [[name, none()]];
}

const section = (heading, ...inside) => h('section', { class: 'part' },
	heading && h('h2', {}, heading), inside);

/* In the parts of the form; without one, what the list has in its columns. */
export async function given(about, data) {
	const { written } = about.can;
	const made = h('div', {});
	if (written) {
		const left = new Map(membersOf(about, written, '', data)
			.filter(({ name }) => about.when?.[name]?.(data) ?? true)
			.map((each) => [each.name, each]));
		for (const [heading, names] of [...about.parts ?? [],
			[null, [...left.keys()]]]) {
			const here = names.map((each) => left.get(each)).filter(Boolean);
			names.forEach((each) => left.delete(each));
			if (here.length > 0)
				made.append(section(heading, listOf(here.flatMap((each) =>
					linesOf(about, each)))));
		}
	} else
		made.append(section(null, listOf(about.columns.filter((each) =>
			each.name !== 'media_type').map((each) => [each.label ??
			label(each.name), (each.show ?? plain)(data[each.name], data)]))));
	await named();
	return made;
}
