/* The calls in progress, each a row that changes where it stands. */
import { ask, Problem } from '../api.js';
import { h } from '../dom.js';
import { watch } from '../live.js';
import { isFor } from '../nav.js';
import { notices } from '../notices.js';
import { link, target } from '../refers.js';
import { dialog } from '../remove.js';
import { resource } from '../schema.js';
import { speaker } from '../speak.js';
import { head, start } from '../start.js';
import { toast } from '../toast.js';
import { hourOf, none, plain, seconds, state } from '../words.js';

const STAYS = 4000;
/* How long the carrier has to end a call before it is asked again. */
const PATIENCE = 15000;
const living = new Set(['initiated', 'ringing', 'answered']);
const heads = ['From', 'To', 'State', 'Since', 'With'];
const ways = { stream: ['good', 'As it happens'],
	poll: ['warn', 'Looked at every 3 seconds'],
	wait: ['bad', 'Connecting again'] };

const since = (call) => call.answered_at ?? call.ringing_at ?? call.started_at;
const who = (call) => call.caller_name || call.from || 'Anonymous';

async function hangUp(call) {
	if (!await dialog(`End the call of ${who(call)}?`, h('p', {}, 'Both ' +
		'sides are cut off. It takes the carrier a moment.'),
	[['Let them talk', null, 'plain'], ['Hang up', true, 'danger']]))
		return false;
	try {
		await ask('POST', `calls/${call.id}/hang-up`);
		toast('The carrier is asked to end the call');
		return true;
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		toast(problem.message);
		return false;
	}
}

/* A row; put(call) changes only what is another now. */
function rowOf(place, may, names) {
	const cells = heads.map((each) => h('td', { 'data-label': each },
		h('span', {})));
	const button = h('button', { type: 'button', class: 'plain' }, 'Hang up');
	const element = h('tr', {}, cells, h('td', { class: 'does' },
		h('span', {}, may ? button : null)));
	const passed = h('span', { class: 'num' });
	let shown = [];
	let at = 0;

	const person = (id) => id && names.has(id) ? h('a', {
		href: `/extensions.html?id=${id}` }, names.get(id))
		: link('extensions', id);
	const one = { element, call: null, leaves: 0, tick() {
		passed.replaceChildren(seconds(Math.max(0,
			Math.floor((Date.now() - at) / 1000))));
	}, put(call) {
		const inside = [
			[`${call.from} ${call.caller_name} ${call.from_extension_id}`,
				() => [h('a', { href: `/calls.html?id=${call.id}` },
					call.from || 'Anonymous'), ' ', call.caller_name
					? h('span', { class: 'none' }, call.caller_name)
					: null]],
			[call.to, () => [plain(call.to)]],
			[`${call.state} ${call.emergency}`, () => [state(call.state),
				call.emergency ? h('b', { class: 'flag' }, 'Emergency')
					: null]],
			[since(call), () => [h('time', { datetime: since(call),
				class: 'num quiet' }, hourOf(since(call))),
			' ', passed]],
			[JSON.stringify([call.extension_id, call.target]), () =>
				[call.extension_id ? person(call.extension_id)
					: call.target ? target(call.target) : none()]]];
		at = new Date(since(call)).getTime();
		inside.forEach(([key, make], i) => {
			if (shown[i] !== key)
				cells[i].firstChild.replaceChildren(...make()
					.filter(Boolean));
		});
		shown = inside.map(([key]) => key);
		button.setAttribute('aria-label', `Hang up: ${who(call)}`);
		element.classList.toggle('over', !living.has(call.state));
		button.hidden = !living.has(call.state);
		one.call = call;
		one.tick();
	} };
	button.addEventListener('click', async () => {
		button.disabled = await hangUp(one.call);
		setTimeout(() => {
			button.disabled = false;
		}, PATIENCE);
	});
	return one;
}

function tile(name) {
	const value = h('b', { class: 'num' }, '…');
	return { element: h('div', { class: 'card tile' }, value, name),
		set: (to) => { value.textContent = to; } };
}

function board(place, may, told) {
	const tiles = { calls: tile('In progress'), waiting: tile('Waiting'),
		answered: tile('Talking'), free: tile('Free phones') };
	const how = h('span', { class: 'state' }, 'Connecting');
	const body = h('tbody', {});
	const table = h('table', { class: 'rows' },
		h('caption', { class: 'sr' }, 'Calls in progress'),
		h('thead', {}, h('tr', {}, heads.map((each) => h('th',
			{ scope: 'col' }, each)), h('th', { scope: 'col' },
			h('span', { class: 'sr' }, 'Actions')))), body);
	const empty = h('div', { class: 'empty' },
		h('h2', {}, 'No call is in progress'),
		h('p', {}, 'A call appears here by itself while it rings. Call ' +
			'one of your numbers, or see first what would happen.'),
		h('a', { class: 'go plain', href: '/simulator.html' },
			'Simulate a call'));
	const card = h('div', { class: 'card live', tabindex: '-1' });
	const say = speaker();
	const names = new Map();
	const presence = new Map();
	const rows = new Map();
	let began = false;

	place.replaceChildren(head('Live calls', how), told.element, h('div', {
		class: 'tiles four' }, Object.values(tiles).map((each) =>
		each.element)), card, say.element);

	function count() {
		const all = [...rows.values()].map((each) => each.call)
			.filter((each) => living.has(each.state));
		const talk = all.filter((each) => each.state === 'answered').length;
		const idle = [...presence.values()].filter((each) =>
			each === 'idle').length;
		tiles.calls.set(all.length);
		tiles.waiting.set(all.length - talk);
		tiles.answered.set(talk);
		tiles.free.set(`${idle} of ${presence.size}`);
		const wanted = rows.size === 0 ? empty : table;
		if (card.firstChild !== wanted)
			card.replaceChildren(wanted);
	}

	function drop(id) {
		const row = rows.get(id);
		clearTimeout(row.leaves);
		rows.delete(id);
		if (row.element.contains(document.activeElement))
			card.focus();
		row.element.remove();
		count();
	}

	/* Newest first, as they come. */
	function put(call) {
		let row = rows.get(call.id);
		if (!row && !living.has(call.state))
			return;
		if (!row) {
			row = rowOf(place, may, names);
			rows.set(call.id, row);
			row.put(call);
			const next = [...body.children].find((each) =>
				each.dataset.since <= call.started_at);
			row.element.dataset.since = call.started_at;
			body.insertBefore(row.element, next ?? null);
			if (began)
				say.came(`Call of ${who(call)} to ${call.to}`, 'new calls');
		} else {
			if (began && call.state !== row.call.state &&
				call.state === 'answered')
				say.came(`Call of ${who(call)} is answered`,
					'answered calls');
			row.put(call);
		}
		if (!living.has(call.state) && row.leaves === 0) {
			say.came(`Call of ${who(call)} is over`, 'ended calls');
			row.leaves = setTimeout(() => drop(call.id), STAYS);
		}
	}

	function present(extensions) {
		for (const each of extensions) {
			names.set(each.id, `${each.number} ${each.name}`);
			if (each.presence === 'none')
				presence.delete(each.id);
			else
				presence.set(each.id, each.presence);
		}
	}

	setInterval(() => rows.forEach((each) => living.has(each.call.state) &&
		each.tick()), 1000);
	count();
	card.replaceChildren(h('div', { class: 'empty', 'aria-hidden': 'true' }));
	watch({ how(kind) {
		const [tone, text] = ways[kind];
		how.className = `state ${tone}`;
		how.textContent = text;
	}, snapshot(all) {
		const now = new Set(all.calls.map((each) => each.id));
		presence.clear();
		present(all.extensions);
		for (const [id, row] of rows)
			if (!now.has(id) && row.leaves === 0)
				put({ ...row.call, state: 'completed' });
		all.calls.forEach(put);
		told.put(all.notices);
		count();
		began = true;
	}, call(call) {
		put(call);
		count();
	}, gone({ id }) {
		if (rows.has(id))
			drop(id);
	}, notice(one) {
		told.put([one]);
	}, presence(changes) {
		present(changes.extensions ?? []);
		count();
	} });
}

start('live-calls', 'Live calls', async (place, { user }) =>
	board(place, (await resource('calls', user.role)).does('hang-up'),
		notices(isFor('audit', user.role))));
