/* What narrows a list: chips, and a menu of what else there is. */
import { h, icon, icons } from './dom.js';
import { pick } from './pick.js';
import { nameOf } from './refers.js';
import { kind } from './schema.js';
import { label, word } from './words.js';

const fixed = new Set(['page', 'per_page', 'sort', 'q', 'deleted', 'format',
	'cursor', 'next', 'after', 'before', 'organization_id']);

/* Not who calls whom. */
const dates = { from: 'Since', to: 'Until' };

const nameIt = (name) => dates[name] ?? (name.includes('.')
	? name.split('.').map(word).join(' ') : label(name));

/* What status means where there is one of these. */
const states = ['state', 'disposition'];

const choices = ({ can: { parameters } }, unseen) => parameters.filter(
	({ name, style }) => !fixed.has(name) && !unseen.includes(name) &&
		style !== 'deepObject');

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

/* The input of a value that is typed or chosen. */
function valued(name, part) {
	const more = { 'aria-label': nameIt(name), required: true };
	if (part.enum || kind({}, part) === 'tick') {
		const all = part.enum ?? ['true', 'false'];
		return h('select', more, h('option', { value: '' }, 'Choose'),
			all.map((each) => h('option', { value: each }, part.enum
				? word(each) : each === 'true' ? 'Yes' : 'No')));
	}
	return h('input', { ...more, type: part.format === 'date-time'
		? 'datetime-local' : dates[name] ? 'date' : 'text' });
}

/*
 * What a new filter is asked by.  It is used when somebody says so: by keys
 * one comes past other choices, and a year has four digits.
 */
function asks(name, part, use) {
	if (part['x-refers']) {
		const chosen = pick(part['x-refers'], {
			by: part.type?.includes('string') ? 'number' : 'id',
			attributes: { 'aria-label': nameIt(name) } });
		chosen.input.addEventListener('change', () =>
			chosen.get() !== null && use(String(chosen.get())));
		return chosen.element;
	}
	const input = valued(name, part);
	return h('form', { onsubmit(event) {
		event.preventDefault();
		use(part.format === 'date-time'
			? new Date(input.value).toISOString() : input.value);
	} }, input, h('button', { type: 'submit', class: 'plain' }, 'Apply'));
}

/* unseen: what there is no filter for; at: the values of the URL;
   go(name, value): the list with that. */
export function filters(about, unseen, at, go) {
	const all = choices(about, unseen);
	const twice = all.some((each) => states.includes(each.name));
	const offered = all.filter(({ name }) => !at.has(name) &&
		!(name === 'status' && twice));
	const chips = all.filter((each) => at.has(each.name)).map((each) => {
		const value = h('b', {});
		value.append(said(each.schema, at.get(each.name), value));
		return h('button', { type: 'button', class: 'chip',
			onclick: () => go(each.name, null) },
		h('span', { class: 'sr' }, 'Remove the filter '),
		`${nameIt(each.name)}: `, value, ' ', icon(icons.cross));
	});
	const value = h('span', {});
	let keyed = false;
	const menu = h('select', { 'aria-label': 'Add a filter', onkeydown() {
		keyed = true;
	}, onpointerdown() {
		keyed = false;
	}, onchange() {
		const chosen = all.find((each) => each.name === menu.value);
		value.replaceChildren();
		if (!chosen)
			return;
		value.append(asks(chosen.name, chosen.schema, (to) => to &&
			go(chosen.name, to)));
		/* By keys one may be on the way to another. */
		if (!keyed)
			value.querySelector('input, select').focus();
	} }, h('option', { value: '' }, 'Filter…'), offered.map((each) =>
		h('option', { value: each.name }, nameIt(each.name))));
	return [all.length > 0 ? menu : null, value, chips];
}
