/* What objects are called that others refer to by their ids. */
import { ask, query } from './api.js';
import { h } from './dom.js';
import { inline, none, word } from './words.js';

/* Kinds as targets and references name them. */
export const responders = {
	extension: 'extensions', ring_group: 'ring-groups', ivr_menu: 'ivr-menus',
	business_hours: 'business-hours', conference_room: 'conference-rooms',
	voicemail: 'extensions', did: 'dids', user: 'users', prompt: 'prompts',
	outbound_rule: 'outbound-rules', notification: 'notifications',
	blocked_caller: 'blocked-callers', setting: 'settings',
	settings: 'settings', organization: 'organizations', token: 'tokens', recording: 'recordings',
};

export const pageOf = (responder, id) =>
	responder === 'settings' ? '/settings.html' : `/${responder}.html?id=${id}`;

/* Objects that stand in the way, as links. */
export const used = (references) => h('ul', {}, references.map((each) =>
	h('li', {}, h('a', { href: pageOf(responders[each.type] ?? each.type,
		each.id) }, each.name || `${each.type} ${each.id}`))));

/* "1001 Alice" */
export const title = (object) => object.number && object.name
	? `${object.number} ${object.name}`
	: object.name || object.number || object.email || `${object.id}`;

const pages = new Map();
const singles = new Map();

/* The first hundred of a resource, asked once a page. */
function firsts(responder) {
	if (!pages.has(responder))
		pages.set(responder, ask('GET', `${responder}?per_page=100`,
			{ door: true }).then((answer) => new Map(answer.data.map((each) =>
				[each.id, title(each)])), () => new Map()));
	return pages.get(responder);
}

export async function nameOf(responder, id) {
	const name = (await firsts(responder)).get(id);
	if (name !== undefined)
		return name;
	const key = `${responder}/${id}`;
	if (!singles.has(key))
		singles.set(key, ask('GET', key, { door: true }).then((answer) =>
			title(answer.data), () => `${inline(responder)} ${id}`));
	return singles.get(key);
}

/* What a search finds: [{ id, number, text }]; how: of ask(). */
export async function find(responder, text, more, how) {
	const answer = await ask('GET', responder + query({ q: text, per_page: 20,
		...more }), how);
	return answer.data.map((each) => ({ id: each.id, number: each.number,
		text: title(each) }));
}

const awaited = [];

/* When every link that was made has its name: nothing moves after that. */
export const named = () => Promise.allSettled(awaited.splice(0));

/* A link that gets its name when it is known. */
export function link(responder, id, before = '') {
	if (id === null || id === undefined)
		return none();
	const made = h('a', { href: pageOf(responder, id) }, '…');
	awaited.push(nameOf(responder, id).then((name) => {
		made.textContent = before + name;
	}));
	return made;
}

/* Where a call goes. */
export function target(value) {
	if (!value)
		return none();
	if (value.type === 'hangup')
		return 'Hang up';
	if (value.type === 'external')
		return value.number;
	return link(responders[value.type], value.id,
		value.type === 'extension' ? '' : `${word(value.type)}: `);
}
