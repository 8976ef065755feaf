/* How a call went: its legs over time, the path it took, every event. */
import { bar } from './bar.js';
import { h } from './dom.js';
import { player } from './player.js';
import { link, nameOf, responders } from './refers.js';
import { capital } from './simulated.js';
import { exactly, plain, state, word } from './words.js';

const time = (value) => value ? new Date(value).getTime() : null;

/* "+1:05.2" after its beginning */
function after(at, start) {
	const ms = Math.max(0, at - start);
	const minutes = Math.floor(ms / 60000);
	const seconds = Math.floor(ms / 1000) % 60;
	return `+${minutes}:${String(seconds).padStart(2, '0')}`;
}

/* -- Legs ------------------------------------------------------------------ */

/* Ringing and talking, as parts of the whole call. */
function spans(from, answered, until, start, whole) {
	const at = (value) => Math.min(1, Math.max(0, (value - start) / whole));
	const talks = answered ?? until;
	return [[at(from), at(talks), 'rings'],
		[at(talks), at(until), 'talks']];
}

/* The call and each of its legs as a line. */
export function legLines(call) {
	const start = time(call.started_at);
	const times = [call.ended_at, call.answered_at, ...call.legs.flatMap(
		(leg) => [leg.started_at, leg.ended_at, leg.answered_at])].map(time);
	const end = Math.max(time(call.ended_at) ?? Date.now(), ...times);
	const whole = Math.max(end - start, 1000);
	const row = (name, status, from, answered, until) => h('tr', {},
		h('th', { scope: 'row' }, name), h('td', { class: 'line' }, bar(
			spans(from ?? start, answered, until ?? end, start, whole))),
		h('td', {}, status));
	return h('table', { class: 'legs' }, h('caption', { class: 'sr' },
		'Legs over time'), h('tbody', {}, row('The call', state(call.state),
		start, time(call.answered_at), time(call.ended_at)),
	call.legs.map((leg) => row(plain(leg.to), state(leg.state),
		time(leg.started_at), time(leg.answered_at), time(leg.ended_at)))),
	h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' },
		h('span', { class: 'sr' }, 'From and to')),
	h('td', { class: 'line num' }, h('span', {}, '+0:00'),
		h('span', {}, after(start + whole, start))), h('td', {}))));
}

/* -- Everything in its order ----------------------------------------------- */

const kinds = { voice: 'The carrier asks what to do',
	'call-initiated': 'The call begins', 'call-status': 'The call changes',
	'session-update': 'The session changes', cdr: 'The record of the call',
	recording: 'A recording is ready' };

export const documentOf = (value) => h('details', {},
	h('summary', {}, 'What was sent'), h('pre', { tabindex: '0' },
		typeof value === 'string' ? value : JSON.stringify(value, null, 2)));

/* What a message of the carrier is about, in a word. */
function saidIn(body) {
	const found = body?.status ?? body?.CallStatus ?? body?.disposition ??
		body?.DialCallStatus;
	return typeof found === 'string' ? found : null;
}

function moments(call) {
	const all = call.steps.map((step) => ({ at: time(step.at), rank: 1,
		tone: 'ours', show: () => [h('b', {}, capital(step.text)), step.id &&
			responders[step.type] ? [' ', link(responders[step.type],
			step.id)] : null] }));
	for (const event of call.events)
		all.push({ at: time(event.occurred_at ?? event.created_at), rank: 0,
			tone: 'told', show: () => [kinds[event.kind] ??
				word(event.kind), saidIn(event.body) ? [': ',
				h('b', {}, word(saidIn(event.body)))] : null, event.body
				? documentOf(event.body) : null] });
	for (const each of call.recordings)
		all.push({ at: time(each.recorded_at), rank: 2, tone: 'sound',
			show: () => ['Recorded ', player('recordings', each,
				each.state === 'ready')] });
	for (const each of call.voicemails)
		all.push({ at: time(each.received_at), rank: 2, tone: 'sound',
			show: () => ['A message for ', link('extensions',
				each.extension_id), ' ', player('voicemails', each,
				each.state === 'ready')] });
	if (call.ended_at)
		all.push({ at: time(call.ended_at), rank: 3, tone: 'end',
			show: () => ['The call is over: ', state(call.state)] });
	return all.filter((each) => each.at !== null).sort((a, b) =>
		a.at - b.at || a.rank - b.rank);
}

export function timeline(call) {
	const start = time(call.started_at);
	return h('ol', { class: 'moments' }, moments(call).map((each) =>
		h('li', { class: each.tone }, h('time', { class: 'num none',
			datetime: new Date(each.at).toISOString(),
			title: exactly(each.at) },
		after(each.at, start)), h('div', {}, each.show()))));
}

/* -- The path -------------------------------------------------------------- */

/* The objects that the call came to, one after the other. */
function stations(steps) {
	const found = [];
	for (const step of steps)
		if (step.id && responders[step.type]) {
			const last = found.at(-1);
			if (last?.type === step.type && last.id === step.id)
				last.about = step.text;
			else
				found.push({ type: step.type, id: step.id,
					about: step.text });
		}
	return found;
}

/* A picture of it; null: the call came nowhere. */
export function pathOf(call) {
	const all = stations(call.steps);
	if (all.length === 0)
		return null;
	const place = h('div', { class: 'path', 'aria-busy': 'true' });
	Promise.all([import('./flow-picture.js'), import('./flow-view.js'),
		...all.map((each) => nameOf(responders[each.type], each.id))])
		.then(([{ picture }, { viewer }, ...names]) => {
			const drawn = picture({ nodes: all.map((each, i) => ({
				kind: each.type, id: each.id, name: names[i],
				number: each.type === 'did' ? names[i] : null,
				about: each.about, active: true, now: true })),
			edges: all.slice(1).map((each, i) => ({ from: i, to: i + 1,
				way: 'leads', now: true })) });
			place.replaceChildren(viewer(drawn.element, drawn.box));
			place.removeAttribute('aria-busy');
		}, () => place.replaceChildren('The picture cannot be drawn.'));
	return place;
}

/* To the flow of the number that was called, as it is configured now. */
export const flowLink = (call) => call.did.number ? h('p', {}, h('a', {
	href: `/call-flow.html?number=${encodeURIComponent(call.did.number)}` },
`Every way that calls to ${call.did.number} can take`)) : null;
