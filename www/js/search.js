/* Ctrl-K: pages, numbers, people and all else that has a name. */
import { docHref, docs } from './docs.js';
import { fresh, h } from './dom.js';
import { find, pageOf } from './refers.js';
import { word } from './words.js';

const PAUSE = 120;
const EACH = 5;
const tenants = ['dids', 'extensions', 'users', 'ring-groups', 'ivr-menus',
	'business-hours', 'conference-rooms', 'prompts', 'outbound-rules'];

/* Each word of it is in the text. */
const like = (text, asked) => asked.toLowerCase().split(/\s+/).every((each) =>
	text.toLowerCase().includes(each));

/* [[heading, [{ href, text }]], …] of what is found, pages first. */
async function look(text, pages, kinds) {
	const here = ['Pages', pages.filter((each) => like(each.text, text))
		.slice(0, text ? EACH : Infinity)];
	if (text === '')
		return [here];
	const asks = ['How it works', [...docs].map(([name, each]) =>
		({ href: docHref(name), text: each })).filter((each) =>
		like(each.text, text))];
	const found = await Promise.all(kinds.map(async (kind) => [word(kind),
		(await find(kind, text, { per_page: EACH }, { door: true })
			.catch(() => []))
			.map((each) => ({ href: pageOf(kind, each.id),
				text: each.text }))]));
	return [here, ...found, asks].filter(([, all]) => all.length > 0);
}

/* pages: [{ href, text }], where one can go. */
export function search(pages, role) {
	const kinds = role === 'operator' ? ['organizations'] : tenants;
	if (document.querySelector('dialog[open]'))
		return;
	const list = h('div', { role: 'listbox', id: fresh('found'),
		'aria-label': 'Found' });
	const said = h('p', { class: 'none', role: 'status' });
	const input = h('input', { type: 'text', role: 'combobox',
		'aria-label': 'Search pages, numbers and people',
		'aria-expanded': 'true', 'aria-controls': list.id,
		'aria-autocomplete': 'list', autocomplete: 'off',
		placeholder: 'Search pages, numbers and people' });
	const box = h('dialog', { class: 'finder', 'aria-label': 'Search' },
		input, list, said);
	let options = [];
	let at = 0;
	/* Gone to since the last letter: it stays so when more is found. */
	let chosen = '';
	/* The text that they were found for. */
	let drawn = null;
	let asked = 0;
	let timer = 0;

	function point(to) {
		at = options.length && (to + options.length) % options.length;
		options.forEach((each, i) =>
			each.setAttribute('aria-selected', String(i === at)));
		options[at]?.scrollIntoView({ block: 'nearest' });
		if (options[at])
			input.setAttribute('aria-activedescendant', options[at].id);
		else
			input.removeAttribute('aria-activedescendant');
	}

	async function draw() {
		const mine = (asked += 1);
		const text = input.value.trim();
		const found = await look(text, pages, kinds);
		if (mine !== asked)
			return;
		list.replaceChildren(...found.map(([heading, all]) => {
			const name = h('div', { class: 'kind', id: fresh('kind'),
				role: 'presentation' }, heading);
			return h('div', { role: 'group', 'aria-labelledby': name.id },
				name, all.map(({ href, text: shown }) => h('a', { href,
					role: 'option', id: fresh('option'), tabindex: '-1' },
				shown)));
		}));
		options = [...list.querySelectorAll('[role="option"]')];
		drawn = text;
		list.hidden = options.length === 0;
		said.textContent = options.length === 0 && text
			? 'Nothing is called that.' : '';
		point(Math.max(0, options.findIndex((each) =>
			each.href === chosen)));
	}

	input.addEventListener('input', () => {
		clearTimeout(timer);
		chosen = '';
		timer = setTimeout(draw, PAUSE);
	});
	input.addEventListener('keydown', async (event) => {
		const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (by) {
			event.preventDefault();
			point(at + by);
			chosen = options[at]?.href ?? '';
		} else if (event.key === 'Enter') {
			event.preventDefault();
			clearTimeout(timer);
			/* Of what is typed, not of what was shown for less. */
			if (drawn !== input.value.trim())
				await draw();
			if (drawn === input.value.trim())
				options[at]?.click();
		}
	});
	box.addEventListener('click', (event) => event.target === box &&
		box.close());
	box.addEventListener('close', () => box.remove());
	document.body.append(box);
	box.showModal();
	draw();
}
