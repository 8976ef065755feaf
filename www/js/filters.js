/* What narrows a list: chips, and a menu of what else there is. */
import { h, icon, icons } from './dom.js';
import { pick } from './pick.js';
import { nameOf } from './refers.js';
import { kind } from './schema.js';
import { label, word } from './words.js';

const fixed = new Set(['page', 'per_page', 'sort', 'q', 'deleted', 'format',
	'cursor', 'next', 'after', 'before', 'organization_id']);

const dates = new Set(['from', 'to']);

const nameIt = (name) => name.includes('.')
	? name.split('.').map(word).join(' ') : label(name);

export const choices = (about) => about.can.parameters.filter((each) =>
	!fixed.has(each.name) && each.style !== 'deepObject');

/* What a chip says of its value. */
function said(part, value, element) {
	const refers = part['x-refers'];
	if (refers && /^\d+$/.test(value)) {
		nameOf(refers, Number(value)).then((text) => {
			element.textContent = text;
		});
		return `${value}`;
	}
	if (kind({}, part) === 'tick')
		return value === 'true' ? 'yes' : 'no';
	return part.enum ? word(value) : value;
}

/* The input that a new filter is chosen by. */
function asks(name, part, use) {
	if (part.enum || kind({}, part) === 'tick') {
		const all = part.enum ?? ['true', 'false'];
		return h('select', { onchange: (event) => use(event.target.value) },
			h('option', { value: '' }, 'Choose'), all.map((each) =>
				h('option', { value: each }, part.enum ? word(each)
					: each === 'true' ? 'Yes' : 'No')));
	}
	if (part['x-refers']) {
		const chosen = pick(part['x-refers'], {
			by: part.type?.includes('string') ? 'number' : 'id' });
		chosen.input.addEventListener('change', () =>
			chosen.get() !== null && use(String(chosen.get())));
		return chosen.element;
	}
	const dated = part.format === 'date-time';
	return h('input', { type: dated ? 'datetime-local'
		: dates.has(name) ? 'date' : 'text',
	onchange: (event) => use(dated && event.target.value
		? new Date(event.target.value).toISOString()
		: event.target.value) });
}

/* at: the values of the URL; go(name, value): the list with that. */
export function filters(about, at, go) {
	const all = choices(about);
	const chips = all.filter((each) => at.has(each.name)).map((each) => {
		const value = h('b', {});
		value.append(said(each.schema, at.get(each.name), value));
		return h('button', { type: 'button', class: 'chip',
			onclick: () => go(each.name, null) },
		h('span', { class: 'sr' }, 'Remove the filter '),
		`${nameIt(each.name)}: `, value, ' ', icon(icons.cross));
	});
	const value = h('span', {});
	const menu = h('select', { 'aria-label': 'Add a filter', onchange() {
		const chosen = all.find((each) => each.name === menu.value);
		value.replaceChildren();
		if (!chosen)
			return;
		const input = asks(chosen.name, chosen.schema, (to) => to &&
			go(chosen.name, to));
		const first = input.matches('input, select') ? input
			: input.querySelector('input');
		first.setAttribute('aria-label', nameIt(chosen.name));
		value.append(input);
		first.focus();
	} }, h('option', { value: '' }, 'Filter…'), all.filter((each) =>
		!at.has(each.name)).map((each) =>
		h('option', { value: each.name }, nameIt(each.name))));
	return [all.length > 0 ? menu : null, value, chips];
}
