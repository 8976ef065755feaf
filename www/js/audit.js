/* A change, as the difference between before and after. */
import { h } from './dom.js';
import { pageOf, responders } from './refers.js';
import { instant, none, plain, word } from './words.js';

/* { "voicemail.pin": "1234" } of an object of any depth. */
function flat(value, path = '', found = {}) {
	if (value !== null && typeof value === 'object' &&
		!Array.isArray(value))
		for (const [name, each] of Object.entries(value))
			flat(each, path ? `${path}.${name}` : name, found);
	else if (path)
		found[path] = value;
	return found;
}

const said = (value) => value === undefined || value === null || value === ''
	? none() : typeof value === 'string' ? value : JSON.stringify(value);

function difference(before, after) {
	const old = flat(before);
	const now = flat(after);
	const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
		.filter((name) => JSON.stringify(old[name] ?? null) !==
			JSON.stringify(now[name] ?? null) && name !== 'updated_at');
	if (names.length === 0)
		return h('p', { class: 'none' }, 'No field is different.');
	return h('div', { class: 'wide', tabindex: '0', role: 'region',
		'aria-label': 'Difference' }, h('table', {},
		h('thead', {}, h('tr', {}, ['Field', 'Before', 'After'].map((each) =>
			h('th', { scope: 'col' }, each)))),
		h('tbody', {}, names.map((name) => h('tr', {},
			h('th', { scope: 'row' }, name.split('.').map(word).join(' › ')),
			h('td', {}, said(old[name])), h('td', {}, said(now[name])))))));
}

/* The answer of GET /audit/ID. */
export function auditDetail(entry) {
	const responder = responders[entry.object.type];
	return h('div', {}, h('section', { class: 'part' },
		h('dl', { class: 'facts' }, [['Who', plain(entry.actor.name)],
			['What', responder && entry.object.id ? h('a', {
				href: pageOf(responder, entry.object.id) },
			`${word(entry.object.type)} ${entry.object.name ?? ''}`)
				: plain(entry.object.name)],
			['When', instant(entry.created_at)],
			['From', plain(entry.remote)],
			['Request', plain(entry.request_id)]].map(([name, value]) =>
			[h('dt', {}, name), h('dd', {}, value)]))),
	h('section', { class: 'part' }, h('h2', {}, 'Difference'),
		difference(entry.before, entry.after)));
}
