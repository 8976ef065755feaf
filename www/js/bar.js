/* Bars without a style of their own: how long, how many. */
import { s } from './svg.js';

const WIDE = 1000;

/* parts: [[from, to, class]] of a whole from 0 to 1 */
export const bar = (parts) => s('svg', { class: 'bar-line',
	viewBox: `0 0 ${WIDE} 10`, preserveAspectRatio: 'none',
	'aria-hidden': 'true' }, parts.filter(([from, to]) => to > from)
	.map(([from, to, name]) => s('rect', { class: name, x: from * WIDE, y: 0,
		width: Math.max((to - from) * WIDE, 3), height: 10 })));
