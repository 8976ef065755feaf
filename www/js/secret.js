/* Values to copy, and secrets that are shown when asked for. */
import { h, iconButton, icons } from './dom.js';
import { toast } from './toast.js';
import { none } from './words.js';

/* Copies a text; where a browser does not let a page do that (without https),
   it is selected instead in the element that show() gives. */
export const copyText = (text, show) => (navigator.clipboard
	?.writeText(text) ?? Promise.reject()).then(() => toast('Copied'), () => {
	getSelection().selectAllChildren(show());
	toast('Copying is not allowed here: it is selected instead');
});

export function copyable(value, hidden) {
	if (value === null || value === undefined || value === '')
		return none();
	/* Stars are all that this role may see. */
	const masked = value === '***';
	const text = h('code', {}, hidden ? '••••••••' : value);
	const copy = iconButton('Copy', icons.copy, () => copyText(value, () => {
		reveal();
		return text;
	}));
	const show = h('button', { type: 'button', class: 'plain', onclick() {
		reveal();
		copy.focus();
	} }, 'Show');
	function reveal() {
		text.textContent = value;
		show.remove();
	}
	return h('span', { class: 'secret' }, text,
		hidden && !masked ? show : null,
		masked ? null : copy);
}
