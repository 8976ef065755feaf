/* What a simulated call would do, as lists of steps. */
import { h } from './dom.js';
import { pageOf, responders } from './refers.js';
import { word } from './words.js';

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/* A reason, and where what it is about is configured. */
export const step = ({ text, object }) => h('li', {}, capital(text), ' ',
	object?.id && responders[object.type] ? h('a', {
		href: pageOf(responders[object.type], object.id) },
	object.type === 'voicemail' ? `Extension ${object.name}`
		: `${word(object.type)} ${object.name ?? ''}`.trim()) : null);

/* The answer of POST /simulate, in short. */
export const legs = (play) => h('div', {}, play.legs.map((leg) =>
	h('ol', {}, leg.steps.map(step))),
h('p', { class: 'none' }, capital(play.ends), '.'));
