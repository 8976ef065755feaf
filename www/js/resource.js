/*
 * The page of a resource: its list, its form, one new.  A page describes:
 *	name, title, one: responder, heading, word for one of them
 *	lead: one sentence
 *	columns: [{ name, label?, show?(value, row), sort? }]
 *	empty: [what is missing, what to do next]
 *	parts, fields, hide, when, begin, fixed: of its form (form.js)
 *	facts(data): [[label, element]] beside the form
 *	actions: [{ path, text, if?(data), asks?, done?, run?(data) }], POST
 *		/ID/path or run in its place; asks: what is said first, and whether
 *	aside(data, draw, can): elements below the facts
 *	made(data): what is shown of a new one in place of its form
 *	own(user, data): the fields that the user may change alone, [] for none,
 *		null for all; ownHide: what is left out below those
 *	manages(user, data): whether the user may delete it and act on it; else
 *		of what has a field of the user's own
 *	unseen(user): the names of fields that this user's list does not have
 *	alone: there is no list of them
 *	detail(data, place): in place of a form, for what is only read
 *	above(about): { element, draw } above the list, drawn with it
 */
import { ask } from './api.js';
import { docOf } from './docs.js';
import { h } from './dom.js';
import { list, manages } from './list.js';
import { press } from './press.js';
import { title } from './refers.js';
import { dialog, remove, restore } from './remove.js';
import { resource as can, schema as described } from './schema.js';
import { head, start } from './start.js';
import { toast } from './toast.js';
import { inline, instant } from './words.js';

const facts = (rows) => h('dl', { class: 'facts' }, rows.map(([name, value]) =>
	[h('dt', {}, name), h('dd', {}, value)]));

const flash = 'said';

/* Said by the next page, once; gone: what it can bring back, of which no more
   is kept than what it is called by. */
function sayLater(text, gone) {
	const { id, number, name, email } = gone || {};
	sessionStorage.setItem(flash, JSON.stringify({ text,
		deleted: gone && { id, number, name, email } }));
}

function saySaved(about) {
	const { text, deleted } = JSON.parse(sessionStorage.getItem(flash) ?? '{}');
	sessionStorage.removeItem(flash);
	if (text)
		toast(text, deleted && { text: 'Undo', run: () => restore(about.name,
			deleted, () => location.reload()) });
}

function sideOf(about, data, draw) {
	const mine = manages(about, data);
	const buttons = (about.actions ?? []).filter((each) =>
		mine && about.can.does(each.path) && (!each.if || each.if(data)));
	const act = async (each) => {
		if (each.asks && !await dialog(`${each.text}?`, h('p', {}, each.asks),
			[['Leave it', null, 'plain'], [each.text, true, 'danger']]))
			return;
		if (each.run) {
			await each.run(data);
			return;
		}
		await ask('POST', `${about.name}/${data.id}/${each.path}`);
		toast(each.done ?? `${each.text}: done`);
		await draw();
	};
	return h('aside', { class: 'part' }, h('h2', {}, 'About it'),
		facts([...about.facts?.(data) ?? [],
			...data.created_at ? [['Created',
				instant(data.created_at)]] : [],
			['Changed', instant(data.updated_at)]]),
		about.aside?.(data, draw, about.can) ?? null,
		h('div', { class: 'acts' }, buttons.map((each) =>
			h('button', { type: 'button', class: 'plain',
				onclick: press(() => act(each)) }, each.text)),
		mine && about.can.remove ? h('button', { type: 'button', class: 'plain',
			onclick: press(() => remove({ ...about,
				restore: about.can.restore }, data, (text) => {
				sayLater(text, about.can.restore && data);
				about.form?.forget();
				location.assign(location.pathname);
			}, true)) }, about.does?.act ?? 'Delete') : null));
}

/* What a role may look at and not change. */
const readOnly = async (about, data) =>
	(await import('./given.js')).given(about, data);

/* What a list has no use for. */
const forms = () => import('./form.js');

async function showOne(about, place, id) {
	const path = `${about.name}/${id}`;
	const [{ data, etag }, { form }] = await Promise.all([
		/* What is typed in a form is not left for the sign-in. */
		ask('GET', path, { door: Boolean(about.form) }),
		about.detail ? {} : forms()]);
	const draw = () => showOne(about, place, id);
	const top = head(about.titleOf?.(data) ?? title(data), docOf(about.name),
		about.alone ? null : h('a', { class: 'go plain',
			href: location.pathname }, `All ${inline(about.title)}`));
	const side = sideOf(about, data, draw);
	/* Of a form that somebody works on, only what is around it. */
	if (about.form?.changed()) {
		about.form.keep(data, etag);
		place.querySelector('.head').replaceWith(top);
		place.querySelector('.edit > aside').replaceWith(side);
		return;
	}
	const only = about.own?.(about.user, data) ?? null;
	const schema = only?.length === 0 ? null : about.can.change;
	const hide = only ? Object.keys(schema?.properties ?? {}).filter((each) =>
		!only.includes(each)).concat(about.ownHide) : [];
	about.form = about.detail || !schema ? null : form({ all: about.can.all,
		schema, data, etag, path, describes: about,
		hide, save: 'Save changes', done() {
			toast('Saved');
			return draw();
		} });
	const inside = about.form?.element ?? (about.detail
		? await about.detail(data) : await readOnly(about, data));
	place.replaceChildren(top, h('div', { class: 'edit' }, inside, side));
}

async function showNew(about, place) {
	const { form } = await forms();
	const made = form({ all: about.can.all, schema: about.can.create,
		path: about.name, describes: about, back: location.pathname,
		save: `Create ${inline(about.one)}`, done({ data }) {
			if (about.made) {
				place.replaceChildren(head(title(data)), about.made(data));
				return;
			}
			sayLater(`${title(data)} is created`);
			location.assign(about.after?.(data) ??
				`${location.pathname}?id=${data.id}`);
		} });
	place.replaceChildren(head(`New ${inline(about.one)}`,
		docOf(about.name)), h('div', { class: 'edit' }, made.element));
	made.element.querySelector('input, select, textarea')?.focus();
}

function showList(about, place) {
	place.replaceChildren(head(about.title, docOf(about.name), about.can.create
		? h('a', { class: 'go', href: `${location.pathname}?new` },
			`New ${inline(about.one)}`) : null));
	if (about.lead)
		place.append(h('p', { class: 'lead' }, about.lead));
	about.shown = about.above?.(about) ?? null;
	if (about.shown)
		place.append(about.shown.element);
	return list(about, place);
}

async function draw(about, place, { user, organization }) {
	saySaved(about);
	about.user = user;
	about.zone = organization?.timezone;
	about.can = await can(about.name, user.role);
	const at = new URLSearchParams(location.search);
	if (at.has('new') && about.can.create)
		await showNew(about, place);
	else if (at.has('id'))
		await showOne(about, place, at.get('id'));
	else
		await showList(about, place);
}

export function page(about) {
	/* While it is asked who this is. */
	described();
	if (/[?&](new|id)\b/.test(location.search) && !about.detail)
		forms();
	return start(about.name, about.title, (place, here) =>
		draw(about, place, here));
}
