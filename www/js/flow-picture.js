/* A call flow as a picture: laid out by dagre, drawn here. */
import { Graph, layout } from '/lib/dagre.js';
import { kindOf, titleOf, wayOf } from './flow-words.js';
import { pageOf, responders } from './refers.js';
import { fitting, s, widthOf } from './svg.js';

const FONT = '600 14px system-ui, sans-serif';
const SMALL = '12px system-ui, sans-serif';
const WIDEST = 220;
const PAD = 14;
const LINE = 17;

/* The lines of a node's box. */
function linesOf(node) {
	const title = titleOf(node) || kindOf(node);
	const about = [node.active ? null : 'switched off', node.about]
		.filter(Boolean).join(', ');
	const lines = [[titleOf(node) ? kindOf(node) : '', SMALL, 'kind'],
		[fitting(title, FONT, WIDEST), FONT, 'title'],
		[fitting(about, SMALL, WIDEST), SMALL, 'about']]
		.filter(([text]) => text !== '');
	return { lines, width: Math.max(...lines.map(([text, font]) =>
		widthOf(text, font))) + 2 * PAD,
	height: lines.length * LINE + 2 * PAD - 6 };
}

function nodeOf(node, at, lines) {
	const left = at.x - at.width / 2;
	const top = at.y - at.height / 2;
	const box = s('g', { class: `box ${node.kind}${node.now ? ''
		: ' off'}${node.active ? '' : ' idle'}` },
	s('title', {}, [kindOf(node), titleOf(node), node.about]
		.filter(Boolean).join(' – ')),
	s('rect', { x: left, y: top, width: at.width, height: at.height,
		rx: 8 }),
	s('path', { class: 'mark', d: `M${left + 1.5} ${top + 8}V${top +
		at.height - 8}` }),
	lines.map(([text, , name], i) => s('text', { class: name,
		x: left + PAD, y: top + PAD + LINE * i + 7 }, text)));
	if (!node.id || !responders[node.kind])
		return box;
	return s('a', { href: pageOf(responders[node.kind], node.id) }, box);
}

/* A line through the points that bends softly. */
function path(points) {
	let d = `M${points[0].x} ${points[0].y}`;
	for (let i = 1; i < points.length - 1; i += 1) {
		const to = i === points.length - 2 ? points[i + 1]
			: { x: (points[i].x + points[i + 1].x) / 2,
				y: (points[i].y + points[i + 1].y) / 2 };
		d += `Q${points[i].x} ${points[i].y} ${to.x} ${to.y}`;
	}
	return points.length === 2 ? `${d}L${points[1].x} ${points[1].y}` : d;
}

/* The end of a line, turned as its last piece is. */
function arrow(points) {
	const end = points.at(-1);
	const from = points.at(-2);
	const turn = Math.atan2(end.y - from.y, end.x - from.x) * 180 / Math.PI;
	return s('path', { class: 'head', d: 'M0 0L-8 -4.5L-8 4.5Z',
		transform: `translate(${end.x} ${end.y}) rotate(${turn})` });
}

function edgeOf(edge, at) {
	const says = wayOf(edge);
	const text = fitting(says, SMALL, WIDEST);
	const wide = widthOf(text, SMALL) + 10;
	return s('g', { class: `edge${edge.now ? '' : ' off'}${edge.why
		? ' wrong' : ''}` }, edge.why ? s('title', {}, edge.why) : null,
	s('path', { class: 'line', d: path(at.points) }), arrow(at.points),
	says ? [s('rect', { class: 'label', x: at.x - wide / 2, y: at.y - 9,
		width: wide, height: 18, rx: 4 }), s('text', { class: 'says',
		x: at.x, y: at.y + 4, 'text-anchor': 'middle' }, text)] : null);
}

/* { element, box: [x, y, width, height] of all that is drawn } */
export function picture({ nodes, edges }) {
	const graph = new Graph({ multigraph: true });
	graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 46, edgesep: 16,
		marginx: 16, marginy: 16 });
	const sizes = nodes.map(linesOf);
	sizes.forEach(({ width, height }, i) =>
		graph.setNode(`${i}`, { width, height }));
	edges.forEach((edge, i) => {
		const says = wayOf(edge);
		graph.setEdge(`${edge.from}`, `${edge.to}`, says ? { labelpos: 'c',
			width: widthOf(fitting(says, SMALL, WIDEST), SMALL) + 16,
			height: 20 } : {}, `${i}`);
	});
	layout(graph);
	const whole = graph.graph();
	const element = s('svg', { class: 'flow-picture', role: 'group',
		'aria-label': 'The call flow as a picture' },
	edges.map((edge, i) => edgeOf(edge, graph.edge({ v: `${edge.from}`,
		w: `${edge.to}`, name: `${i}` }))),
	nodes.map((node, i) => nodeOf(node, graph.node(`${i}`),
		sizes[i].lines)));
	return { element, box: [0, 0, Math.ceil(whole.width),
		Math.ceil(whole.height)] };
}
