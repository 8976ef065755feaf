/* A call flow as an indented list: the same for a screen reader and a phone. */
import { h } from './dom.js';
import { kindOf, titleOf, wayOf } from './flow-words.js';
import { pageOf, responders } from './refers.js';

const about = (node) => [node.active ? null : 'switched off', node.about]
	.filter(Boolean).join(', ');

const link = (node) => {
	const text = titleOf(node);
	return [h('span', { class: 'kind' }, kindOf(node)), ' ',
		node.id && responders[node.kind] ? h('a', {
			href: pageOf(responders[node.kind], node.id) }, text)
			: text];
};

/* Each node once in full, and afterwards by name. */
export function flowList({ nodes, edges }) {
	const shown = new Set();

	function one(i, edge) {
		const node = nodes[i];
		const again = shown.has(i);
		shown.add(i);
		const below = again ? [] : edges.filter((each) => each.from === i);
		const says = edge ? wayOf(edge) : '';
		return h('li', { class: edge && !edge.now ? 'off' : null },
			says ? [h('b', { class: 'way' }, says), ' '] : null,
			link(node), about(node) && !again
				? h('span', { class: 'none' }, ` ${about(node)}`) : null,
			edge && !edge.now ? h('span', { class: 'none' },
				' (not at that time)') : null,
			edge?.why ? h('span', { class: 'complaint' }, ` ${edge.why}`)
				: null,
			again && edges.some((each) => each.from === i)
				? h('span', { class: 'none' }, ' (as above)') : null,
			below.length > 0 ? h('ul', {}, below.map((each) =>
				one(each.to, each))) : null);
	}

	return h('ul', { class: 'flow-list' }, one(0, null));
}
