/* A list: search, filters, order and page, all of it in the URL. */
import { ask, Problem, query } from './api.js';
import { h, iconButton, icons } from './dom.js';
import { filters } from './filters.js';
import { press } from './press.js';
import { redraw } from './redraw.js';
import { named, title } from './refers.js';
import { remove, restore } from './remove.js';
import { inline, label, plain } from './words.js';

const TYPING = 250;
const WAITING = 8;

/* Whether an object is the user's to delete and to act on. */
export const manages = (about, data) =>
	about.manages?.(about.user, data) ??
	about.own?.(about.user, data)?.length !== 0;

const here = () => new URLSearchParams(location.search);

/* Shows the list of about in place; draws itself again when the URL changes. */
export function list(about, place) {
	const { can } = about;
	const unseen = about.unseen?.(about.user) ?? [];
	const columns = about.columns.filter((each) =>
		!unseen.includes(each.name));
	const sorts = can.sorts.filter((each) => !unseen.includes(each));
	const table = h('div', { class: 'card' });
	const pager = h('div', { class: 'pager' });
	const tools = h('div', { class: 'tools', role: 'search' });
	const heard = h('p', { class: 'sr', role: 'status' });
	const search = h('input', { type: 'search', placeholder: 'Search',
		'aria-label': `Search ${inline(about.title)}`, oninput() {
			clearTimeout(timer);
			timer = setTimeout(() => go('q', search.value.trim(), true),
				TYPING);
		} });
	const csv = h('a', { class: 'go plain', download: `${about.name}.csv` },
		'CSV');
	let timer = 0;
	let drawn = 0;
	/* A list that comes with its page needs no word. */
	let first = true;

	/* The same list with one thing changed, from its first page on. */
	function go(name, value, keep) {
		const at = here();
		const typed = timer !== 0;
		const put = (key, to) => to === null || to === '' ? at.delete(key)
			: at.set(key, to);
		put(name, value);
		/* What is typed and not looked for yet goes along. */
		if (typed)
			put('q', search.value.trim());
		clearTimeout(timer);
		timer = 0;
		if (typed || (name !== 'page' && name !== 'cursor')) {
			at.delete('page');
			at.delete('cursor');
		}
		const text = at.toString();
		history[keep ? 'replaceState' : 'pushState'](null, '',
			location.pathname + (text && `?${text}`));
		if (!keep)
			drawTools();
		draw();
	}

	const orderNow = () => (here().get('sort') ?? can.order).split(',')[0];

	/* For narrow screens, where a list has no head. */
	function orderBy() {
		const called = (name) => columns.find((each) =>
			(each.sort ?? each.name) === name)?.label ?? label(name);
		const menu = h('select', { onchange: () => go('sort', menu.value) },
			sorts.flatMap((name) => [
				h('option', { value: name }, called(name)),
				h('option', { value: `-${name}` },
					`${called(name)}, descending`)]));
		menu.value = orderNow();
		return sorts.length === 0 ? null
			: h('label', { class: 'order' }, 'Order by ', menu);
	}

	function heading(column) {
		const name = column.sort ?? column.name;
		const text = column.label ?? label(column.name);
		if (!sorts.includes(name))
			return h('th', { scope: 'col' }, text);
		const up = orderNow() === name;
		const down = orderNow() === `-${name}`;
		return h('th', { scope: 'col', 'aria-sort': up ? 'ascending'
			: down ? 'descending' : 'none' }, h('button', { type: 'button',
			onclick: () => go('sort', up ? `-${name}` : name) }, text));
	}

	/* What brings a row back, or takes it away. */
	function ends(row) {
		if (!manages(about, row))
			return null;
		if (row.deleted_at)
			return can.restore && h('button', { type: 'button',
				class: 'plain', 'aria-label': `Restore ${title(row)}`,
				onclick: press(() => restore(about.name, row, draw)) },
			'Restore');
		return can.remove && iconButton(
			`${about.does?.act ?? 'Delete'} ${title(row)}`, icons.bin,
			press(() => remove({ ...about, restore: can.restore }, row,
				draw)));
	}

	const actionsOf = (row) => [about.acts?.(row, draw) ?? null, ends(row)];

	function cell(column, row, i) {
		const value = column.name.split('.').reduce((at, name) => at?.[name],
			row);
		const inside = (column.show ?? plain)(value, row);
		const opens = i === 0 && !about.closed && !row.deleted_at;
		return h('td', { 'data-label': column.label ?? label(column.name) },
			opens ? h('a', { href: `${location.pathname}?id=${row.id}` },
				inside) : h('span', {}, inside));
	}

	const bodyOf = (rows) => rows.map((row) => h('tr', {},
		columns.map((column, i) => cell(column, row, i)),
		h('td', { class: 'does' }, h('span', {}, actionsOf(row)))));

	const tableOf = (rows) => h('table', { class: 'rows' },
		h('caption', { hidden: true }, about.title),
		h('thead', {}, h('tr', {}, columns.map(heading),
			h('th', { scope: 'col' }, h('span', { class: 'sr' },
				'Actions')))),
		h('tbody', {}, rows));

	/* What an empty list says next. */
	function empty() {
		const at = here();
		const narrowed = [...at.keys()].some((name) =>
			!['sort', 'page', 'cursor'].includes(name));
		if (narrowed)
			return h('div', { class: 'empty' },
				h('h2', {}, 'Nothing matches'),
				h('p', {}, 'No entry is like what you are looking for.'),
				h('a', { class: 'go plain', href: location.pathname },
					'Show all'));
		return h('div', { class: 'empty' },
			h('h2', {}, about.empty[0]), h('p', {}, about.empty[1]),
			can.create ? h('a', { class: 'go',
				href: `${location.pathname}?new` },
			`New ${inline(about.one)}`) : null);
	}

	function pagesOf(meta) {
		const at = here();
		const button = (text, name, value) => h('button', { type: 'button',
			class: 'plain', disabled: value === undefined,
			onclick: () => go(name, value) }, text);
		if (meta.total === undefined)
			return [h('span', {}, ''), button('First', 'cursor',
				at.has('cursor') ? null : undefined),
			button('Older', 'cursor', meta.next ?? undefined)];
		const from = (meta.page - 1) * meta.per_page;
		const to = Math.min(from + meta.per_page, meta.total);
		return [h('span', { class: 'num' }, meta.total === 0 ? ''
			: `${from + 1}–${to} of ${meta.total.toLocaleString()}`),
		meta.last_page > 1 ? [button('Previous', 'page', meta.page > 1
			? meta.page - 1 : undefined), button('Next', 'page',
			meta.page < meta.last_page ? meta.page + 1 : undefined)] : null];
	}

	/* The same again is no news to a reader unless it is another text. */
	function say(text) {
		heard.textContent = first ? ''
			: text === heard.textContent ? `${text}\u00a0` : text;
		first = false;
	}

	/* All pages of what is shown, as a file. */
	function aim() {
		const at = here();
		at.delete('page');
		at.delete('cursor');
		at.set('format', 'csv');
		csv.href = `/cgi-bin/${about.name}?${at}`;
	}

	async function draw() {
		const mine = (drawn += 1);
		about.shown?.draw();
		aim();
		try {
			const { data, meta } = await ask('GET',
				about.name + query(Object.fromEntries(here())));
			if (mine !== drawn)
				return;
			/* The last of a page is gone. */
			if (data.length === 0 && meta.page > meta.last_page) {
				go('page', meta.last_page > 1 ? meta.last_page : null, true);
				return;
			}
			const shown = data.length === 0 ? empty()
				: tableOf(bodyOf(data));
			await named();
			if (mine !== drawn)
				return;
			redraw(table, shown);
			redraw(pager, pagesOf(meta).flat());
			say(table.querySelector('.empty h2')?.textContent ??
				pager.querySelector('.num')?.textContent ??
				`${data.length} on this page`);
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			if (mine === drawn)
				redraw(table, h('div', { class: 'empty' },
					h('h2', {}, 'This list cannot be shown'),
					h('div', { role: 'alert' }, h('p', {}, problem.message),
						Object.entries(problem.errors).map(([name, texts]) =>
							h('p', {}, `${label(name)}: ${
								texts.join('; ')}`))),
					h('button', { type: 'button', class: 'plain',
						onclick: draw }, 'Try again')));
		}
	}

	function drawTools() {
		const at = here();
		const bin = at.get('deleted') === 'only';
		search.value = at.get('q') ?? '';
		redraw(tools, can.search ? search : null,
			filters(about, unseen, at, go).flat(), orderBy(),
		can.trash && can.restore ? h('button', { type: 'button', class: 'plain',
			'aria-pressed': String(bin),
			onclick: () => go('deleted', bin ? null : 'only') },
		'Deleted') : null, can.csv ? csv : null);
	}

	place.append(tools, table, pager, heard);
	table.append(tableOf(Array.from({ length: WAITING }, () =>
		h('tr', { class: 'wait', 'aria-hidden': 'true' },
			columns.map(() => h('td', {}))))));
	addEventListener('popstate', () => {
		clearTimeout(timer);
		timer = 0;
		drawTools();
		draw();
	});
	drawTools();
	return draw();
}
