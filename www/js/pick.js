/* One of many objects, found by typing: a combobox. */
import { fresh, h } from './dom.js';
import { find, nameOf } from './refers.js';

const PAUSE = 120;

/*
 * { element, input, get, set, settled, wrong }.  by: 'id' or 'number', what the
 * value is; only: what the search asks besides, { type: 'user' }.
 */
export function pick(responder, { by = 'id', only = {}, attributes = {} }) {
	const list = h('ul', { role: 'listbox', hidden: true, id: fresh('list') });
	const input = h('input', { type: 'text', role: 'combobox',
		'aria-expanded': 'false', 'aria-autocomplete': 'list',
		'aria-controls': list.id, autocomplete: 'off',
		placeholder: 'Type to search', ...attributes });
	const heard = h('p', { class: 'sr', role: 'status' });
	const element = h('div', { class: 'pick' }, input, list, heard);
	let value = null;
	let name = '';
	/* What was found, and by which text. */
	let found = [];
	let of = null;
	let at = -1;
	let asked = 0;
	let failed = null;
	let timer = 0;

	const typed = () => input.value.trim();

	function close() {
		list.hidden = true;
		heard.textContent = '';
		at = -1;
		input.setAttribute('aria-expanded', 'false');
		input.removeAttribute('aria-activedescendant');
	}

	function changed() {
		input.dispatchEvent(new Event('change', { bubbles: true }));
	}

	/* What an input makes of a text is what is compared later. */
	function write(text) {
		input.value = text;
		name = typed();
	}

	function choose(option) {
		clearTimeout(timer);
		asked += 1;
		value = option[by];
		write(option.text);
		close();
		changed();
	}

	function point(to) {
		at = found.length === 0 ? -1 : (to + found.length) % found.length;
		[...list.children].forEach((each, i) =>
			each.setAttribute('aria-selected', String(i === at)));
		if (at < 0)
			return;
		list.children[at].scrollIntoView({ block: 'nearest' });
		input.setAttribute('aria-activedescendant', list.children[at].id);
	}

	/* None, and why, if it cannot be asked: a form is not left for that. */
	const look = (text) => find(responder, text, only, { door: true })
		.then((all) => {
			failed = null;
			return all;
		}, (problem) => {
			failed = problem.message;
			return [];
		});

	/* Whether the list that is open is the one of what stands there. */
	const current = () => !list.hidden && (of === typed() ||
		(of === '' && typed() === name));

	/* false: something else is asked meanwhile. */
	async function search(text) {
		const mine = (asked += 1);
		const answer = await look(text);
		if (mine !== asked || document.activeElement !== input)
			return false;
		found = answer;
		of = text;
		list.replaceChildren(...found.map((each) => h('li', { role: 'option',
			id: fresh('option'), 'aria-selected': 'false',
			onmousedown: (event) => {
				event.preventDefault();
				choose(each);
			} }, each.text)));
		const none = found.length === 0 &&
			(failed ?? 'Nothing is called that');
		/* Nobody is led to it by keys: it is said. */
		heard.textContent = none || '';
		if (none)
			list.append(h('li', { role: 'option', 'aria-disabled': 'true',
				class: 'none' }, none));
		list.hidden = false;
		input.setAttribute('aria-expanded', 'true');
		point(text === '' ? -1 : 0);
		return true;
	}

	/* All there is, or what is like the text that was begun. */
	const show = () => search(typed() === name ? '' : typed());

	function later() {
		clearTimeout(timer);
		timer = setTimeout(() => search(typed()), PAUSE);
	}

	/* The first of what is found by a text, if it is still the text. */
	async function take(text) {
		clearTimeout(timer);
		if (await search(text) && at >= 0 && typed() === text)
			choose(found[at]);
	}

	/* Who types all of a name or number has chosen it.  What is like none
	   stays, and wrong() says so: it is not what is sent. */
	async function settle() {
		clearTimeout(timer);
		close();
		const text = typed();
		if (text === name)
			return;
		if (text === '') {
			value = null;
			name = '';
			changed();
			return;
		}
		const mine = (asked += 1);
		const exact = (await look(text)).filter((each) =>
			each.number === text || each.text.trim() === text);
		if (mine === asked && exact.length === 1 && typed() === text)
			choose(exact[0]);
	}

	input.addEventListener('focus', () => input.select());
	input.addEventListener('click', show);
	input.addEventListener('input', later);
	input.addEventListener('blur', settle);
	input.addEventListener('keydown', (event) => {
		const steps = { ArrowDown: 1, ArrowUp: -1 };
		if (event.key in steps) {
			event.preventDefault();
			if (list.hidden)
				show();
			else
				point(at + steps[event.key]);
		} else if (event.key === 'Enter' && current() && at >= 0) {
			event.preventDefault();
			choose(found[at]);
		} else if (event.key === 'Enter' && typed() !== '' &&
			typed() !== name) {
			event.preventDefault();
			take(typed());
		} else if (event.key === 'Escape' && !list.hidden) {
			event.stopPropagation();
			input.value = name;
			close();
		}
	});
	return {
		element,
		input,
		get: () => value,
		set(to) {
			value = to ?? null;
			write(by === 'number' ? value ?? '' : '');
			if (value !== null && by === 'id')
				nameOf(responder, value).then((text) => {
					const begun = typed();
					const kept = begun === name;
					if (value !== to)
						return;
					write(text);
					if (!kept)
						input.value = begun;
				});
		},
		settled: settle,
		wrong: () => typed() === name ? null
			: failed ?? 'choose one from the list',
	};
}
