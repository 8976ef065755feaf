/*
 * Inputs, made of the schema that the server takes: a leaf is one input, a
 * group the members of an object.  Each has
 *	element
 *	get(), set(value)
 *	same(value): whether it is what get() gives now
 *	diff(value): what has changed since value, which get() gave; undefined:
 *		nothing
 *	settled(): when what was typed has become a value, where that takes time
 *	check(): how many complaints it has of its own, and shows
 *	complain(errors, path): shows what is said of path, and takes it out
 */
import { onClockOf, read, typed, zoneOf } from './clock.js';
import { fresh, h } from './dom.js';
import { pick } from './pick.js';
import { promptControl } from './prompt.js';
import { microphone } from './record.js';
import { rows, pairs } from './rows.js';
import { kind, nullable, resolve, targets } from './schema.js';
import { responders } from './refers.js';
import { label, shown, word } from './words.js';

/* Files are told apart by what they are alone. */
const isFile = (value) => value instanceof File;
export const equal = (a, b) => a === b || (!isFile(a) && !isFile(b) &&
	JSON.stringify(a ?? null) === JSON.stringify(b ?? null));

export const settled = (all) => Promise.all([...all].map((one) =>
	one.settled?.()));

/* What is said of a path and of all below it. */
export function takeErrors(errors, path, deep) {
	const found = [];
	for (const name of Object.keys(errors))
		if (name === path || (deep && name.startsWith(`${path}.`))) {
			found.push(...errors[name]);
			delete errors[name];
		}
	return found;
}

/* A label, one or more inputs, a line of help, and place for a complaint. */
export function labelled(text, control, { help, required, full, tick,
	check = () => null, deep = false }) {
	const { input } = control;
	input.id ||= fresh('input');
	const said = h('p', { class: 'complaint', id: fresh('said'), hidden: true });
	const helps = [help, control.help].filter(Boolean);
	const hint = helps.length > 0 && h('small', { class: 'help',
		id: fresh('help') }, helps.map((each) => each.replace(/[^.]$/,
			'$&.')).join(' '));
	const name = h('label', { for: input.id }, tick ? control.element : null,
		text, required ? h('span', { 'aria-hidden': 'true' }, ' *') : null);
	const element = h('div', {
		class: `field${full ? ' full' : ''}${tick ? ' tick' : ''}` },
	name, tick ? null : control.element, hint, said);
	const described = [hint?.id, said.id].filter(Boolean).join(' ');
	input.setAttribute('aria-describedby', described);

	function say(texts) {
		said.textContent = texts.join('; ');
		said.hidden = texts.length === 0;
		if (texts.length > 0)
			input.setAttribute('aria-invalid', 'true');
		else
			input.removeAttribute('aria-invalid');
	}

	/* While it is mended, and not when it is left: what moves then moves
	   from under the pointer. */
	input.addEventListener('input', () => say([]));
	input.addEventListener('change', () => said.hidden || say([]));
	return {
		element,
		get: control.get,
		set: control.set,
		same: (value) => equal(control.get(), value),
		diff: (value) => equal(control.get(), value) ? undefined
			: control.get(),
		settled: () => control.settled?.(),
		check() {
			const empty = control.get() === null || control.get() === '';
			const text = control.wrong?.() ??
				(required && empty ? 'is required'
					: empty ? null : check(control.get()));
			say(text ? [text] : []);
			return text ? 1 : 0;
		},
		complain: (errors, path) => say(takeErrors(errors, path, deep)),
	};
}

const range = (part) => (value) => {
	if (!Number.isInteger(value))
		return 'must be a whole number';
	if (value < (part.minimum ?? -Infinity) ||
		value > (part.maximum ?? Infinity))
		return part.maximum === undefined
			? `must be at least ${part.minimum}`
			: `must be from ${part.minimum} to ${part.maximum}`;
	return null;
};

const length = (part) => (value) => {
	const long = [...value].length;
	if (long < (part.minLength ?? 0))
		return `must have at least ${part.minLength} characters`;
	return long > (part.maxLength ?? Infinity)
		? `must have at most ${part.maxLength} characters` : null;
};

const simple = (input, none) => ({ element: input, input,
	get: () => input.value === '' ? none : input.value,
	set: (value) => { input.value = shown(value); } });

/* Of a date and a time only one is there: it is not what is sent. */
export const half = (input) => input.validity.badInput ? 'is not complete'
	: null;

export const makers = {
	text(part, none, more) {
		const types = { email: 'email', uri: 'url' };
		return simple(h('input', { type: part.writeOnly ? 'password'
			: types[part.format] ?? 'text',
		autocomplete: part.writeOnly ? 'new-password' : 'off',
		inputmode: part.pattern === '^[0-9]+$' && 'numeric',
		class: more.masked && 'masked', list: more.list }), none);
	},
	lines: (part, none) => simple(h('textarea', { rows: 3 }), none),
	choice(part, none, more) {
		const option = (each) => h('option', { value: each },
			more.words?.[each] ?? word(each));
		const input = h('select', {}, nullable(part)
			? h('option', { value: '' }, '–') : null,
		part.enum.filter((each) => each !== null &&
			(more.offers?.(each, more.user) ?? true)).map(option));
		/* What it is can stay, whoever may choose it. */
		return { ...simple(input, none), set(value) {
			input.value = shown(value);
			if (value && input.value === '') {
				input.append(option(value));
				input.value = value;
			}
		} };
	},
	number(part, none, more) {
		if (more.words) {
			const input = h('select', {}, more.words.map((each, i) =>
				h('option', { value: i }, each)));
			return { element: input, input, get: () => Number(input.value),
				set: (value) => { input.value = shown(value ?? 0); } };
		}
		const input = h('input', { type: 'number', step: 1,
			min: part.minimum, max: part.maximum });
		return { element: input, input,
			get: () => input.value === ''
				? input.validity.badInput ? NaN : null
				: Number(input.value),
			set: (value) => { input.value = shown(value); } };
	},
	tick() {
		const input = h('input', { type: 'checkbox' });
		return { element: input, input, get: () => input.checked,
			set: (value) => { input.checked = Boolean(value); } };
	},
	/* Typed on the clock of more.zone, else of the page. */
	instant(part, none, more) {
		const zone = zoneOf(more?.zone);
		const input = h('input', { type: 'datetime-local' });
		return { element: input, input, help: onClockOf(zone),
			wrong: () => half(input), get() {
			const at = read(input.value, zone);
			return input.value === '' ? null : Number.isNaN(at) ? input.value
				: new Date(at).toISOString();
		}, set(value) {
			input.value = value ? typed(Date.parse(value), zone) : '';
		} };
	},
	file() {
		const input = h('input', { type: 'file',
			accept: 'audio/wav,audio/mpeg,.wav,.mp3' });
		const { element, settled: ended } = microphone(input);
		return { element: h('div', {}, input, element), input, settled: ended,
			get: () => input.files[0] ?? null, set() {} };
	},
	pick(part, none, more) {
		const responder = part['x-refers'];
		const chosen = pick(responder, { only: more.only ?? {},
			by: (part.type ?? []).includes('string') ? 'number' : 'id' });
		return responder === 'prompts' ? promptControl(chosen) : chosen;
	},
};

/* Where a call goes: a kind, and one of that kind. */
export function targetControl(kinds, optional, none = 'Nowhere') {
	const type = h('select', {}, h('option', { value: '' },
		optional ? none : 'Choose'), [...kinds.keys()].map((each) =>
		h('option', { value: each }, word(each))));
	const what = h('div', { class: 'what' });
	const element = h('div', { class: 'target' }, type, what);
	let inner = null;

	function turn() {
		const refers = kinds.get(type.value);
		inner = null;
		if (refers === 'number')
			inner = simple(h('input', { type: 'text',
				placeholder: '+12125550100 or sip:…',
				'aria-label': 'Number or address' }), null);
		else if (refers)
			inner = pick(refers, { attributes: {
				'aria-label': word(type.value) } });
		what.replaceChildren(...(inner ? [inner.element] : []));
		what.hidden = inner === null;
	}

	type.addEventListener('change', turn);
	turn();
	return { element, input: type,
		settled: () => inner?.settled?.(),
		wrong: () => inner?.wrong?.() ?? null,
		get() {
			if (type.value === '')
				return null;
			const value = { type: type.value };
			if (kinds.get(type.value) === 'number')
				value.number = inner.get() ?? '';
			else if (inner && inner.get() !== null)
				value.id = inner.get();
			return value;
		},
		set(value) {
			type.value = value?.type ?? '';
			turn();
			inner?.set(value.number ?? value.id);
		} };
}

function leaf(all, part, text, required, more) {
	/* A secret is one line, however long. */
	const which = more.masked ? 'text' : kind(all, part);
	const options = { help: more.help ?? part.description, required,
		full: which === 'target' || which === 'lines' || more.full,
		tick: which === 'tick', deep: which === 'target' };
	if (which === 'target')
		return labelled(text, targetControl(targets(all, part), !required &&
			nullable(part), more.none), options);
	if (which === 'number' && !more.words)
		options.check = range(part);
	else if (which === 'text' || which === 'lines')
		options.check = length(part);
	const none = nullable(part) ? null : '';
	return labelled(text, makers[which](part, none, more),
		{ ...options, required: required && which !== 'tick' });
}

/* The members of an object, each a field of its own. */
export function members(all, part, path, context) {
	const found = new Map();
	for (const [name, raw] of Object.entries(part.properties ?? {})) {
		const below = path ? `${path}.${name}` : name;
		const each = resolve(all, raw);
		if (each.readOnly || context.hide.has(below))
			continue;
		const one = field(all, each, below, context,
			part.required?.includes(name));
		/* A group of what is only read has none. */
		if (one.found?.size !== 0)
			found.set(name, one);
	}
	return found;
}

/* All that members() made, as one. */
export function together(found, element) {
	const each = () => [...found.entries()];
	return {
		element,
		found,
		get: () => Object.fromEntries(each().map(([name, one]) =>
			[name, one.get()])),
		set: (value) => each().forEach(([name, one]) =>
			one.set(value?.[name])),
		same: (value) => each().every(([name, one]) =>
			one.same(value?.[name])),
		diff(value) {
			const changed = each().map(([name, one]) =>
				[name, one.diff(value?.[name])])
				.filter(([, part]) => part !== undefined);
			return changed.length ? Object.fromEntries(changed) : undefined;
		},
		settled: () => settled(found.values()),
		check: () => each().reduce((sum, [, one]) => sum + one.check(), 0),
		complain: (errors, path) => each().forEach(([name, one]) =>
			one.complain(errors, path ? `${path}.${name}` : name)),
	};
}

/* The schema of a thing that is not one in the document: kind and id. */
export function subject(part) {
	const names = Object.entries(part.properties ?? {})
		.filter(([, each]) => !each.readOnly).map(([name]) => name);
	return names.length === 2 && names.includes('id') &&
		part.properties.type?.enum;
}

/* Any field.  path: without the numbers of rows, "options.target". */
export function field(all, raw, path, context, required) {
	const part = resolve(all, raw);
	const more = { user: context.user, ...context.more[path] };
	const text = more.label ?? label(path);
	const which = kind(all, part);
	if (which === 'group' && subject(part)) {
		const kinds = new Map(subject(part).map((each) =>
			[each, responders[each]]));
		return labelled(text, targetControl(kinds, false),
			{ full: true, deep: true });
	}
	if (which === 'group') {
		const found = members(all, part, path, context);
		const inside = [...found.values()].map((each) => each.element);
		return together(found, h('fieldset', { class: 'group' },
			h('legend', {}, text), h('div', { class: 'fields' }, inside)));
	}
	if (which === 'rows')
		return rows(all, part, path, context, text);
	if (which === 'pairs')
		return pairs(text, part.description);
	return leaf(all, part, text, required, more);
}
