/* A change, as the difference between before and after. */
import { h } from './dom.js';
import { link, named, pageOf, responders, target } from './refers.js';
import { instant, label, none, plain, word } from './words.js';

/* A target, or a thing by its kind and id. */
const leads = (value) => value?.type in responders ? 'id' in value
	: value?.type === 'external' || value?.type === 'hangup';

/*
 * { "voicemail.pin": "1234", "members.1": { … } } of an object of any depth: a
 * target is one value, and so is each member of a list.
 */
function flat(value, path = '', found = {}, member = false) {
	const whole = value === null || typeof value !== 'object' || member ||
		(path && leads(value));
	if (whole && path)
		found[path] = value;
	else if (!whole)
		for (const [name, each] of Object.entries(value)) {
			const at = Array.isArray(value) ? Number(name) + 1 : name;
			flat(each, path ? `${path}.${at}` : name, found,
				Array.isArray(value));
		}
	return found;
}

/* Whose id it is: "extension_id", or a member of a rule's "extensions.2". */
function kindOf(path) {
	const name = path.replace(/\.\d+$/, '').split('.').pop();
	return name === path.split('.').pop() ? responders[name.replace(/_id$/,
		'')] : Object.values(responders).find((each) => each === name);
}

const joined = (all, by) => all.flatMap((each, i) => i ? [by, each] : [each]);

function said(value, path) {
	if (value === undefined || value === null || value === '')
		return none();
	if (leads(value))
		return target(value);
	if (typeof value === 'number' && kindOf(path))
		return link(kindOf(path), value);
	if (Array.isArray(value))
		return joined(value.map((each, i) => said(each, `${path}.${i}`)),
			'; ');
	if (typeof value === 'object')
		return joined(Object.entries(value).filter(([, each]) =>
			each !== null && each !== '').map(([name, each]) =>
			[`${label(name)}: `, said(each, name)]), ', ');
	return String(value);
}

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
			h('td', {}, said(old[name], name)),
			h('td', {}, said(now[name], name)))))));
}

/* The answer of GET /audit/ID. */
export async function auditDetail(entry) {
	const responder = responders[entry.object.type];
	const made = h('div', {}, h('section', { class: 'part' },
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
	await named();
	return made;
}
