/* What a call flow says in words, and as Mermaid text. */
import { word } from './words.js';

const ways = { leads: '', always: 'always', busy: 'busy',
	no_answer: 'no answer', unanswered: 'not answered',
	fallback: 'nobody answers', timeout: 'nothing chosen', open: 'open',
	closed: 'closed', exception: 'exception' };
const kinds = { did: 'Number', extension: 'Extension', voicemail: 'Mailbox',
	ring_group: 'Ring group', ivr_menu: 'Menu', business_hours: 'Hours',
	conference_room: 'Conference room', external: 'Outside',
	hangup: 'The call ends', nowhere: 'Not allowed' };

export const kindOf = (node) => kinds[node.kind] ?? word(node.kind);

/* "1001 Ann", "+12125550100"; '' where the kind says it all. */
export const titleOf = (node) => node.kind === 'did' ? node.number
	: [node.number, node.name].filter(Boolean).join(' ');

export const wayOf = (edge) => edge.way !== 'option' ? ways[edge.way] ?? ''
	: [edge.digits, edge.label].filter(Boolean).join(' ');

/* Inside of quotes of Mermaid nothing but this is special. */
const quoted = (text) => `"${text.replaceAll('&', '#amp;')
	.replaceAll('"', '#quot;').replaceAll('<', '#lt;')
	.replaceAll('>', '#gt;').replaceAll(/\s+/g, ' ')}"`;

export function mermaid({ nodes, edges }) {
	const lines = ['flowchart LR'];
	nodes.forEach((node, i) => lines.push(`    n${i}[${quoted(
		[kindOf(node), titleOf(node)].filter(Boolean).join(': '))}]`));
	for (const edge of edges) {
		const says = wayOf(edge);
		lines.push(`    n${edge.from} ${edge.now ? '-->' : '-.->'}${
			says ? `|${quoted(says)}|` : ''} n${edge.to}`);
	}
	return `${lines.join('\n')}\n`;
}
