/* A call and a carrier's record of one, in full. */
import { h } from './dom.js';
import { link } from './refers.js';
import { player } from './player.js';
import { documentOf, flowLink, legLines, pathOf, timeline } from './timeline.js';
import { instant, none, plain, seconds, state, word } from './words.js';

const part = (heading, ...inside) => h('section', { class: 'part' },
	h('h2', {}, heading), ...inside);

const facts = (rows) => h('dl', { class: 'facts beside' }, rows.map(
	([name, value]) => h('div', {}, h('dt', {}, name),
		h('dd', {}, value))));

function table(heading, heads, rows) {
	return h('div', { class: 'wide', tabindex: '0', role: 'region',
		'aria-label': heading }, h('table', {},
		h('thead', {}, h('tr', {}, heads.map((each) => h('th',
			{ scope: 'col' }, each)))),
		h('tbody', {}, rows.map((row) => h('tr', {}, row.map((each) =>
			h('td', {}, each)))))));
}

/* heads: of its columns; make(one): the cells of a row. */
const some = (heading, all, heads, make) => all.length === 0 ? null
	: part(heading, table(heading, heads, all.map(make)));

/* The answer of GET /calls/ID. */
export function callDetail(call) {
	return h('div', {}, part('The call', facts([
		['State', state(call.state)], ['Direction', word(call.direction)],
		['From', plain(call.caller_name ? `${call.from} ${call.caller_name}`
			: call.from)], ['To', plain(call.to)],
		['Number', call.did.id ? link('dids', call.did.id) : none()],
		['Taken by', link('extensions', call.extension_id)],
		['Began', instant(call.started_at)],
		['Answered', instant(call.answered_at)],
		['Ended', instant(call.ended_at)], ['Length', seconds(call.duration)],
	])),
	part('Over time', legLines(call)),
	call.steps.length === 0 ? null : part('The path it took', pathOf(call),
		flowLink(call)),
	part('Timeline', timeline(call)),
	some('Recordings', call.recordings, ['When', 'Length', 'Listen'],
		(each) => [instant(each.recorded_at), seconds(each.seconds),
			player('recordings', each, each.state === 'ready')]),
	some('Messages', call.voicemails, ['When', 'Length', 'Listen'],
		(each) => [instant(each.received_at), seconds(each.seconds),
			player('voicemails', each, each.state === 'ready')]),
	some('Records of the carrier', call.cdrs, ['When', 'Disposition',
		'Length', 'Billed'], (each) => [h('a', {
		href: `/cdrs.html?id=${each.id}` }, instant(each.started_at)),
	state(each.disposition), seconds(each.duration),
	seconds(each.billed)]));
}

/* The answer of GET /cdrs/ID. */
export const cdrDetail = (cdr) => h('div', {}, part('The record', facts([
	['Disposition', state(cdr.disposition)],
	['Direction', word(cdr.direction)], ['From', plain(cdr.from)],
	['To', plain(cdr.to)],
	['Call', cdr.call_id ? h('a', { href: `/calls.html?id=${cdr.call_id}` },
		'As it went here') : none()], ['Trunk', plain(cdr.trunk)],
	['Began', instant(cdr.started_at)], ['Ended', instant(cdr.ended_at)],
	['Length', seconds(cdr.duration)], ['Billed', seconds(cdr.billed)],
	['Cost', plain(cdr.cost)],
]), documentOf(cdr.document)));
