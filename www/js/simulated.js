/* What a simulated call would do, as lists of steps. */
import { h } from './dom.js';
import { link, responders } from './refers.js';

/* The answer of POST /simulate. */
export const legs = (play) => h('div', {}, play.legs.map((leg, i) => [
	play.legs.length > 1 ? h('h3', {}, leg.sent
		? `Then (${leg.sent})` : `Leg ${i + 1}`) : null,
	h('ol', {}, leg.steps.map((step) => h('li', {}, step.text,
		step.object.id && responders[step.object.type] ? [' (',
			link(responders[step.object.type], step.object.id), ')']
			: null)))]),
h('p', { class: 'none' }, play.ends));
