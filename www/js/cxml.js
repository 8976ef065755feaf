/* A document that a carrier is sent, in lines that can be read. */
import { h, iconButton, icons } from './dom.js';
import { copyText } from './secret.js';

/* Tags and the words between them. */
function tokens(text) {
	return text.match(/<[^>]*>|[^<]+/g) ?? [];
}

/* [depth, token] of each line. */
function lines(text) {
	const found = [];
	let depth = 0;
	for (const token of tokens(text.replace(/^<\?xml[^>]*\?>/, ''))) {
		const closes = token.startsWith('</');
		if (closes)
			depth -= 1;
		const last = found.at(-1);
		/* Words stand in the line of their tag. */
		if (last && (!token.startsWith('<') || (closes && last.words)))
			last.parts.push(token);
		else
			found.push({ depth, parts: [token] });
		if (!token.startsWith('<') && last)
			last.words = true;
		if (token.startsWith('<') && !closes && !token.endsWith('/>'))
			depth += 1;
	}
	return found;
}

const coloured = (token) => token.startsWith('<')
	? h('span', { class: 'tag' }, token) : token;

export function cxml(text) {
	const shown = h('pre', { tabindex: '0' }, lines(text).map((line) =>
		['\t'.repeat(line.depth), line.parts.map(coloured), '\n']));
	return h('details', { class: 'cxml' },
		h('summary', {}, 'What the carrier is sent'),
		h('div', {}, shown, iconButton('Copy', icons.copy, () =>
			copyText(text, () => shown))));
}
