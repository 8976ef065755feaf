/* What a thing is: the pages www/docs/NAME.html, by the name of its list. */
import { h } from './dom.js';

export const docs = new Map([
	['dids', 'What is a number?'],
	['ring-groups', 'What is a ring group?'],
	['ivr-menus', 'What is a menu?'],
	['business-hours', 'What are business hours?'],
	['outbound-rules', 'What is an outbound rule?'],
]);

export const docHref = (name) => `/docs/${name}.html`;

/* A link to it, or null where there is none. */
export const docOf = (name) => docs.has(name)
	? h('a', { class: 'asks', href: docHref(name) }, docs.get(name)) : null;
